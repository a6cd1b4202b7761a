"""Settling which model a training begins with, before anything is queued."""

from dask_cluster.train_params import TrainParams
from data_catalog import models
from pfd_panel.services.context import Context
from pipelines.training.declaring import TRAINABLE
from pipelines.training.starting import refuse_unlike


def settled(context: Context, params: TrainParams) -> TrainParams:
    """The same training with the exact version that it begins with.

    Raises
    ------
    NotFoundError, InputError
        There is no such model that this user may see; its architecture or representation is another.
    """
    context.require("work")
    asked = params.config.params.get("start_from")
    declared = TRAINABLE.network(params.config.model)
    if not asked or declared is None:
        return params
    with context.read() as session:
        # by number: under the same name there may be a newer one that this user may not see
        found = models.get(session, str(asked))
    reference = f"{found.name}:{found.number}"
    trained = found.metrics["trained_on"]
    refuse_unlike(
        declared,
        declared.validate(params.config.params),
        reference,
        found.model,
        trained["params"],
        trained.get("rate_hz", 1.0),
    )
    config = params.config.model_copy(update={"params": {**params.config.params, "start_from": reference}})
    return params.model_copy(update={"config": config})
