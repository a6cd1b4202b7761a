"""Fill a data directory for the demo; what is there already is not made again."""

from collections.abc import Callable

from pfd_panel.services.demo import DemoContents, start_demo, untrained
from pfd_panel.workbench import Workbench


def fill(bench: Workbench, say: Callable[[str], None], contents: DemoContents | None = None) -> None:
    """Import, generate, extract and train, each only if its result is missing; `say` is told what begins."""
    for job in start_demo(bench.context, contents):
        say(job.title)
        bench.wait(job)
    for name, dataset, split in untrained(bench.context, contents):
        say(f"Train a random forest on {dataset}, held out by {split.replace('_', ' ')}")
        bench.train(dataset, split=split, drop_small_classes=True, name=name)


def is_filled(bench: Workbench) -> bool:
    """Whether everything that `fill` makes is there; a model of the demo needs its data to be trained."""
    return not untrained(bench.context)
