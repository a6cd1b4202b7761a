"""Where a model version comes from and what it has said: from file to prediction, each step with its id and hash."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from data_catalog import artifacts, experiments, features, jobs, model_exports, models
from data_catalog.errors import NotFoundError
from data_catalog.models import PredictionPage
from data_catalog.schema import ModelVersion
from data_catalog.sources import Sources, sources
from pfd_panel.errors import RequestError
from pfd_panel.services.context import Context

MOST = 20
"""Files, recordings and signals that are named; all are counted, and the hash of the dataset version covers them."""


@dataclass(frozen=True)
class LineageItem:
    """One thing of a step.

    `id` is how it is asked for, `hash` names its content where that has a name; `note` is what else is worth saying.
    """

    title: str
    id: str = ""
    hash: str = ""
    note: str = ""


@dataclass(frozen=True)
class LineageStep:
    """A step of the way: what there is of it, in all and by name (the first ones), and the steps it was made from."""

    kind: str
    title: str
    count: int
    items: list[LineageItem]
    made_from: list[str]


def lineage(context: Context, reference: str, *, signal: str | None = None) -> list[LineageStep]:
    """The steps from source files to predictions, each after those it was made from.

    Parameters
    ----------
    reference : str
        The model version.
    signal : str, optional
        Only the way of this signal: its file, its recording, and what was said of it.

    Raises
    ------
    RequestError
        The signal is neither in the version that the model was trained on nor in a prediction of it.
    """
    context.require("read")
    with context.read() as session:
        model = models.get(session, reference)
        found = sources(session, model.dataset_id, model.dataset_version, signal_id=signal, most=MOST)
        said = None
        if signal is not None:
            said = models.predictions(session, model.id, signal_id=signal, limit=MOST)
            if not found.signals and not said.rows:
                raise RequestError(
                    f"{model.name}:{model.number} has neither learned from the signal {signal!r} nor been asked of it",
                    hint="Name a signal of its dataset or of one of its predictions.",
                )
        return [*_data(session, model, found), *_learning(session, model), *_made(session, model, said)]


def _data(session: Session, model: ModelVersion, found: Sources) -> list[LineageStep]:
    version = found.version
    dataset = str(model.config.get("dataset", ""))
    generated = LineageItem("generated, not read from files", note="simulated signals")
    return [
        LineageStep(
            "files",
            "Source files",
            found.file_count,
            [LineageItem(path.rpartition("/")[2], path, note=member) for path, member in found.files]
            or ([generated] if model.config.get("synthetic") else []),
            [],
        ),
        LineageStep(
            "recordings",
            "Recordings",
            found.recording_count,
            [LineageItem(one.name, one.id) for one in found.recordings],
            ["files"],
        ),
        LineageStep(
            "signals",
            "Signals",
            found.signal_count,
            [
                LineageItem(f"{one.recording} / {one.channel}", one.signal_id, one.signal_id, one.fault or "")
                for one in found.signals
            ],
            ["recordings"],
        ),
        LineageStep(
            "dataset",
            "Dataset version",
            1,
            [
                LineageItem(
                    f"{dataset} version {version.number}",
                    model.dataset_id,
                    version.manifest_hash,
                    f"{version.recording_count} recordings, {version.signal_count} signals",
                )
            ],
            ["signals"],
        ),
    ]


def _learning(session: Session, model: ModelVersion) -> list[LineageStep]:
    stored = features.get(session, model.feature_set_id)
    split = model.metrics["split"]
    steps = [
        LineageStep(
            "features",
            "Feature set",
            1,
            [LineageItem(f"{len(stored.names)} features", stored.id, stored.config_key)],
            ["dataset"],
        ),
        LineageStep(
            "split",
            "Split",
            1,
            [LineageItem(str(split["description"]).partition(".")[0], model.split_id, str(split["hash"]))],
            ["dataset"],
        ),
    ]
    made_of = ["features", "split"]
    start = model.config.get("start_from")
    if start:
        begun = LineageItem(start["reference"], start["model_id"], note="its weights, not its result")
        steps.append(LineageStep("start", "Model it began with", 1, [begun], []))
        made_of.append("start")
    ran = experiments.run_of_model(session, model.id)
    if ran is not None:
        experiment, run = ran
        steps += [
            LineageStep(
                "experiment",
                "Experiment",
                1,
                [
                    LineageItem(
                        experiment.name,
                        experiment.id,
                        note=f"{experiment.seeds} seed{'' if experiment.seeds == 1 else 's'}",
                    )
                ],
                made_of,
            ),
            LineageStep(
                "run", "Run", 1, [LineageItem(f"run {run.number}", run.id, note=f"seed {run.seed}")], ["experiment"]
            ),
        ]
    if model.job_id:
        try:
            job = jobs.get(session, model.job_id)
            worked = LineageItem(job.title, job.id, note=f"by {job.owner}, seed {model.seed}")
        except NotFoundError:
            worked = LineageItem("a job that is not kept any more", model.job_id, note=f"seed {model.seed}")
        steps.append(LineageStep("job", "Training job", 1, [worked], ["run"] if ran is not None else made_of))
    return steps


def _made(session: Session, model: ModelVersion, said: PredictionPage | None) -> list[LineageStep]:
    artifact = artifacts.get(session, model.artifact_id)
    files = model_exports.newest(session, model.id).values()
    words = {"held_out": "held out in its test", "predict": "asked afterwards"}
    if said is None:
        counts = models.count_predictions(session, model.id)
        total = sum(counts.values())
        told = [LineageItem(f"{count} {words.get(kind, kind)}") for kind, count in sorted(counts.items())]
    else:
        total = said.total
        told = [
            LineageItem(
                f"{one.recording} / {one.channel}" if one.channel else one.recording,
                str(one.id),
                note=f"{words.get(one.kind, one.kind)}: {one.label or 'does not know'}",
            )
            for one in said.rows
        ]
    made_by = ["job"] if model.job_id else ["features", "split"]
    return [
        LineageStep(
            "model",
            "Model version",
            1,
            [LineageItem(f"{model.name}:{model.number}", model.id, note=model.model.replace("_", " "))],
            made_by,
        ),
        LineageStep(
            "artifact",
            "Stored model",
            1,
            [LineageItem(f"{artifact.bytes} bytes", artifact.id, artifact.id)],
            ["model"],
        ),
        LineageStep(
            "exports",
            "Exported files",
            len(files),
            [LineageItem(one.format, one.id, one.artifact_id, f"{one.bytes} bytes") for one in files],
            ["artifact"],
        ),
        LineageStep("predictions", "Predictions", total, told, ["artifact"]),
    ]
