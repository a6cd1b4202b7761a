"""Test a model version again beyond what its training stored: with noise, and against what is unlike its data."""

from collections.abc import Sequence

from dask_cluster.kinds.sweep_noise import LEVELS_DB, SweepParams
from dask_cluster.learned_from import feature_table, learned_from
from data_catalog import jobs
from data_catalog.schema import Job
from pfd_panel.services import held_answers, training, work
from pfd_panel.services.context import Context
from pfd_panel.services.judged import Bounds, Distance, NoiseScore, NoiseSweep, Unfamiliar, finite
from pipelines.learn import Split
from pipelines.learn.held_out import check_familiarity
from pipelines.learn.intervals import exact_binomial

SWEEP = "sweep_noise"
_LOOKED_AT = 500


def start_noise_sweep(context: Context, reference: str, *, snr_db: Sequence[float] = LEVELS_DB, seed: int = 0) -> Job:
    """Queue a test of the held-out recordings with added noise, by the models of the folds.

    These were not stored: the job fits them again with their seeds, which for a network takes as long as its training,
    and says how many answers without noise are as they were.
    """
    found = training.get(context, reference)
    # by number: under the same name there may be a newer one that this user may not see
    params = SweepParams(
        dataset=found.config["dataset"], model=f"{found.name}:{found.number}", snr_db=tuple(snr_db), seed=seed
    )
    return work.start(context, SWEEP, params.model_dump(mode="json"))


def noise_sweep(context: Context, reference: str) -> NoiseSweep | None:
    """The last test with noise of a model version: under way, or with its scores; None where there was none."""
    found = training.get(context, reference)
    known = {found.id, f"{found.name}:{found.number}"}
    with context.read() as session:
        asked = jobs.page(session, kinds=(SWEEP,), limit=_LOOKED_AT).rows
    mine = [job for job in asked if job.params.get("model") in known]
    # a finished one tells more than one that failed after it
    last = next((job for job in mine if job.state == "done" or job.state not in jobs.FINISHED), None)
    if last is None:
        last = next(iter(mine), None)
    if last is None:
        return None
    told = last.result if last.state == "done" else {}
    return NoiseSweep(
        job_id=last.id,
        state=last.state,
        finished_at=last.finished_at,
        levels=[
            NoiseScore(
                snr_db=one["snr_db"],
                tested=one["tested"],
                right=one["right"],
                accuracy=Bounds(one["accuracy"], finite(one["low"]), finite(one["high"])),
                balanced_accuracy=finite(one["balanced_accuracy"]),
            )
            for one in told.get("levels", ())
        ],
        tested=told.get("tested", 0),
        left_out=told.get("left_out", 0),
        as_before=told.get("as_before", 0),
        words=told.get("words", ""),
    )


def unfamiliar(context: Context, reference: str) -> Unfamiliar:
    """How often the model would say "I don't know" of held-out recordings because they are unlike its training data.

    The gate is calibrated on the training side of each fold and asked of the test side, from the stored features.

    Raises
    ------
    NotFoundError
        Features that the model learned from are not stored any more.
    """
    model, held = held_answers.answers(context, reference)
    with context.read() as session:
        found = learned_from(session, model)
    table = feature_table(context.catalog.feature_store, found)
    told = check_familiarity(table, Split.from_json(model.metrics["split"]), model.metrics["config"]["seed"])
    place = {name: row for row, name in enumerate(held.names)}
    right = held.right
    rows = [
        Distance(
            recording=name,
            true=held.classes[held.label[place[name]]],
            right=bool(right[place[name]]),
            novelty=finite(float(told.novelty[at])),
            refused=bool(told.refused[at]),
            reason=told.reason[at],
        )
        for at, name in enumerate(told.recording)
        if name in place
    ]
    refused = [one for one in rows if one.refused]
    answered = [one for one in rows if not one.refused]
    return Unfamiliar(
        recordings=sorted(rows, key=lambda one: -(one.novelty or 0.0)),
        refused=_share(len(refused), len(rows)),
        answered_right=_share(sum(one.right for one in answered), len(answered)),
        refused_right=_share(sum(one.right for one in refused), len(refused)),
        threshold=told.threshold,
        thresholds=list(told.thresholds),
        words=_words(refused, answered),
    )


def _share(part: int, whole: int) -> Bounds:
    return Bounds.of(exact_binomial(part, whole)) if whole else Bounds(None, None, None)


def _words(refused: Sequence[Distance], answered: Sequence[Distance]) -> str:
    total = len(refused) + len(answered)
    if not refused:
        return f"None of {total} held-out recordings is farther from the training side than that is from itself."
    spared = sum(not one.right for one in refused)
    missed = sum(not one.right for one in answered)
    return (
        f"Of {total} held-out recordings {len(refused)} would be refused; {spared} of these were wrong. Of the "
        f"{len(answered)} that are answered {missed} are wrong."
    )
