"""What a saved model says of signals: from samples to answers, whatever it learned from."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.bearings import lookup
from pipelines.errors import UnknownNameError
from pipelines.features import FeatureConfig, HasFaultOrders, extract_record, feature_names


def orders_of(bearing: str | None) -> HasFaultOrders | None:
    """Fault orders of a bearing by its designation; None without one, and for one of unknown geometry."""
    try:
        return lookup(bearing).orders() if bearing else None
    except UnknownNameError:
        return None


class Listener:
    """Collects signals of recordings, then answers for all of them.

    Parameters
    ----------
    model : TrainedModel or NetworkModel
    features : FeatureConfig
        The feature set that the model was trained with.
    """

    def __init__(self, model: Any, features: FeatureConfig) -> None:
        self._model, self._features = model, features
        self._recordings: dict[str, int] = {}
        self._values: list[NDArray[np.float64]] = []
        self._record: list[int] = []
        self._heard: list[NDArray[np.float64]] = []
        self._heard_record: list[int] = []
        self._estimated: dict[str, list[dict[str, float]]] = defaultdict(list)

    def add(
        self,
        recording: str,
        samples: NDArray[np.floating],
        rate_hz: float,
        speed_rpm: float | None = None,
        bearing: str | None = None,
    ) -> None:
        """Hear one signal (L,) of a recording.

        Raises
        ------
        InputError
            It cannot be judged; the others still can.
        """
        found = extract_record(samples, rate_hz, speed_rpm, orders_of(bearing), self._features)
        hears = self._model.learns_from == "samples"
        heard = self._model.hear(samples, rate_hz, speed_rpm) if hears else None
        beyond = self._model.estimate(samples, rate_hz, speed_rpm) if hears else {}
        place = self._recordings.setdefault(recording, len(self._recordings))
        rows = found.windows if len(found.windows) else found.whole[None, :]
        self._values.append(rows)
        self._record += [place] * len(rows)
        if beyond:
            self._estimated[recording].append(beyond)
        if heard is not None:
            self._heard.append(heard)
            self._heard_record += [place] * len(heard)

    def answers(self) -> Mapping[str, dict[str, Any]]:
        """The answer for each recording that was heard, as `Prediction.to_records` tells it.

        `estimates` has what is told beyond the class, by task the mean over the recording's signals.
        """
        if not self._values:
            return {}
        names = list(feature_names(self._features.domains))
        given = np.concatenate(self._values), names, np.asarray(self._record)
        if self._heard:
            said = self._model.predict(*given, np.concatenate(self._heard), np.asarray(self._heard_record))
        else:
            said = self._model.predict(*given)
        told = zip(self._recordings, said.to_records(), strict=True)
        return {recording: answer | self._beyond(recording) for recording, answer in told}

    def _beyond(self, recording: str) -> dict[str, Any]:
        of = self._estimated.get(recording)
        return {"estimates": {task: sum(one[task] for one in of) / len(of) for task in of[0]}} if of else {}
