"""CPU time of one training step of every network: forward, backward and optimiser step of 32 records, one thread.

The records have 102,400 samples (5 s at 20,480 Hz), whole: no windows, no resampling. The network on order spectra is
given what such a record becomes, 300 revolutions up to order 32: 9,600 lines. Printed is the median of some steps after
a first one, beside what a plain convolutional network cost on such a batch in an existing application (13.6
CPU-seconds), and the time of one record alone in evaluation mode.

    python -m benchmarks.bench_networks [--networks cnn_1d,wdcnn] [--steps 3] [--json]
"""

import os

# before numpy and torch load
os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import json
import statistics
import time

import torch

from benchmarks.conditions import say_conditions
from pipelines.networks import NETWORKS, build, sizes

BATCH = 32
CLASSES = 11
LENGTHS = {"waveform": 102_400, "order_spectrum": 9_600}
REFERENCE_S = 13.6
TARGET_RATIO = 5.0


def step_seconds(name: str, steps: int) -> dict[str, float | str]:
    """CPU seconds of a training step and of one record in evaluation mode, with the sizes."""
    length = LENGTHS[NETWORKS[name].input]
    network = build(name, length=length, classes=CLASSES)
    records = torch.randn(BATCH, 1, length, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(BATCH) % CLASSES
    targets = {task: torch.rand(BATCH) for task in NETWORKS[name].tasks[1:]}
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3)
    taken = []
    for _ in range(steps + 1):
        begin = time.process_time()
        optimiser.zero_grad()
        embedding = network.embed(records)
        loss = torch.nn.functional.cross_entropy(network.head(embedding), labels)
        (loss + network.extra_loss(records, embedding, targets)).backward()
        optimiser.step()
        taken.append(time.process_time() - begin)
    network.eval()
    alone = []
    with torch.no_grad():
        for record in records[: steps + 1]:
            begin = time.process_time()
            network(record.unsqueeze(0))
            alone.append(time.process_time() - begin)
    counted = sizes(network, length)
    return {
        "name": name,
        "step_s": statistics.median(taken[1:]),
        "one_record_ms": 1e3 * statistics.median(alone[1:]),
        "parameters": counted.parameters,
        "multiply_adds": counted.multiply_adds,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", default=",".join(NETWORKS.names))
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if not options.json:
        say_conditions()
        print(f"torch {torch.__version__}; {BATCH} records a step, median of {options.steps} steps, CPU seconds\n")
        print(
            f"{'network':<20} {'step s':>7} {'times faster':>13} {'one record ms':>14} {'parameters':>11} "
            f"{'M mult-adds':>12}"
        )
    slow = []
    for name in options.networks.split(","):
        row = step_seconds(name, options.steps)
        ratio = REFERENCE_S / float(row["step_s"])
        if ratio < TARGET_RATIO:
            slow.append(name)
        if options.json:
            print(json.dumps({**row, "times_faster": ratio}))
            continue
        print(
            f"{name:<20} {row['step_s']:7.3f} {ratio:13.1f} {row['one_record_ms']:14.1f} {row['parameters']:11,} "
            f"{float(row['multiply_adds']) / 1e6:12.1f}",
            flush=True,
        )
    if not options.json:
        verdict = f"missed by {', '.join(slow)}" if slow else "met by all"
        print(f"\nat least {TARGET_RATIO:g} times the rate of {REFERENCE_S} CPU-s a step: {verdict}")


if __name__ == "__main__":
    main()
