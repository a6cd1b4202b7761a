"""A model learns the lines as it learns any features, and keeps what it learned at a speed and a rate it never met."""

import numpy as np
import pandas as pd

from pipelines.bearings import lookup
from pipelines.learn import FeatureTable, SplitConfig, TrainConfig, run_experiment
from pipelines.representations import fault_line_names, fault_lines
from tests.pipelines.representations.defective_machine import ORDERS, run

MACHINES = {"slow": (12_000.0, 1300.0), "fast": (20_000.0, 2400.0)}


def test_training_carries_to_another_speed_and_rate_and_not_to_another_bearing():
    assert accuracy(table(ORDERS, ORDERS)) == 1.0
    assert accuracy(table(ORDERS, lookup("6203").orders())) < 0.9


def accuracy(features: FeatureTable) -> float:
    config = TrainConfig(
        model="svm_rbf", split=SplitConfig(kind="group", groups=("machine",), folds=2), calibrate=False, bootstrap=100
    )
    return run_experiment(features, config).recording.accuracy


def table(orders_of_slow, orders_of_fast) -> FeatureTable:
    rows, about = [], []
    for machine, orders in (("slow", orders_of_slow), ("fast", orders_of_fast)):
        rate, rpm = MACHINES[machine]
        for fault in ("outer_race", "inner_race", "ball"):
            for seed in range(4):
                x = run(fault, rate=rate, rpm=rpm, seconds=3.0, seed=seed, slip=0.004 * seed - 0.006)
                rows.append(fault_lines(x, rate, rpm, orders)[0])
                name = f"{machine} {fault} {seed}"
                about.append({"signal_id": name, "recording": name, "fault": fault, "machine": machine})
    record = np.arange(len(rows))
    return FeatureTable(np.array(rows), fault_line_names(), record, np.zeros_like(record), pd.DataFrame(about))
