"""A training that was stopped or killed ends with the weights of one that was left alone, to the bit."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from pipelines.training.checkpoint import Checkpoint
from pipelines.training.errors import CheckpointMismatchError, UnreadableWeightsError
from tests.pipelines.training.small import same, settings, small_net, tones, trainer

AUGMENTED = {"epochs": 5, "noise_snr_db": 10.0, "shift": True, "mixup": 0.3, "schedule": "plateau"}


class Stopped(BaseException):
    """As a job's interruption is: no `Exception`."""


class StopAt:
    """Raises at the given poll."""

    def __init__(self, poll: int) -> None:
        self.left = poll

    def __call__(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Stopped


def undisturbed() -> object:
    one = trainer(settings=settings(**AUGMENTED))
    one.fit(tones(), tones(seed=2))
    return one


@pytest.mark.parametrize("stops", [[1], [13], [8, 9, 10], [9, 30], [41]])
def test_stopped_at_any_batch_and_continued_it_gives_equal_weights(tmp_path: Path, stops: list[int]) -> None:
    file = Checkpoint(tmp_path / "state.pt")
    for poll in stops:
        with pytest.raises(Stopped):
            trainer(settings=settings(**AUGMENTED), checkpoint=file, poll=StopAt(poll)).fit(tones(), tones(seed=2))
        assert file.path.exists()
    torch.manual_seed(77)  # what another thread of the process does must not matter
    resumed = trainer(settings=settings(**AUGMENTED), checkpoint=file)
    resumed.fit(tones(), tones(seed=2))
    alone = undisturbed()
    assert same(resumed.model, alone.model)
    timed = {"seconds", "samples_per_s", "stall_share"}
    told = [[{k: v for k, v in row.items() if k not in timed} for row in one.history] for one in (resumed, alone)]
    assert told[0] == told[1]


def test_a_state_of_other_data_settings_or_layers_is_refused_in_words(tmp_path: Path) -> None:
    file = Checkpoint(tmp_path / "state.pt")
    trainer(checkpoint=file, data="a").fit(tones())
    with pytest.raises(CheckpointMismatchError, match="on other data: a, this is b"):
        trainer(checkpoint=file, data="b").fit(tones())
    with pytest.raises(CheckpointMismatchError, match="for another configuration"):
        trainer(checkpoint=file, data="a", settings=settings(epochs=9)).fit(tones())
    wider = small_net()
    wider.drop = torch.nn.Dropout(0.9)
    with pytest.raises(CheckpointMismatchError, match="by other code"):
        trainer(checkpoint=file, data="a", model=wider).fit(tones())


class Hostile:
    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_a_hostile_file_is_refused_and_its_code_does_not_run(tmp_path: Path) -> None:
    file = Checkpoint(tmp_path / "state.pt")
    torch.save({"identity": Hostile(str(tmp_path / "owned"))}, file.path)
    with pytest.raises(UnreadableWeightsError, match="more than numbers"):
        trainer(checkpoint=file).fit(tones())
    assert not (tmp_path / "owned").exists()


def test_a_torn_file_is_refused_in_words(tmp_path: Path) -> None:
    file = Checkpoint(tmp_path / "state.pt")
    trainer(checkpoint=file).fit(tones())
    file.path.write_bytes(file.path.read_bytes()[:-500])
    with pytest.raises(UnreadableWeightsError, match="damaged"):
        trainer(checkpoint=file).fit(tones())


CHILD = """
import sys, time
from pathlib import Path
import torch
torch.set_num_threads(1)
from pipelines.training.checkpoint import Checkpoint
from tests.pipelines.training.small import settings, tones, trainer
from tests.pipelines.training.test_resuming import AUGMENTED
trainer(settings=settings(**AUGMENTED | {"epochs": 40}), checkpoint=Checkpoint(Path(sys.argv[1]), every_s=0.0),
        poll=lambda: time.sleep(0.01)).fit(tones(), tones(seed=2))
print("ended", flush=True)
"""


@pytest.mark.slow
def test_killed_three_times_and_continued_it_gives_equal_weights(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    kills = 0
    for wait in (0.4, 0.9, 0.6):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE)
        changed = path.stat().st_mtime_ns if path.exists() else 0
        while not path.exists() or path.stat().st_mtime_ns == changed:
            assert child.poll() is None
        try:
            child.wait(wait)
        except subprocess.TimeoutExpired:
            child.kill()
            kills += 1
        child.communicate()
    assert kills == 3, "it must be killed under way for this test"
    subprocess.run([sys.executable, "-c", CHILD, str(path)], check=True, timeout=120)
    resumed = trainer(settings=settings(**AUGMENTED | {"epochs": 40}), checkpoint=Checkpoint(path))
    resumed.fit(tones(), tones(seed=2))
    alone = trainer(settings=settings(**AUGMENTED | {"epochs": 40}))
    alone.fit(tones(), tones(seed=2))
    assert len(resumed.history) == 40
    assert same(resumed.model, alone.model)
