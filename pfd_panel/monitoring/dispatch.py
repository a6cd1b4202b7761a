"""The coordinator's chore that sends what is due, and again with growing pauses until it arrives or is given up."""

import logging
from datetime import timedelta

from dask_cluster.chores import Duty
from data_catalog import jobs, leases
from data_catalog.alerts import deliveries, inbox
from data_catalog.schema import Delivery, utc_now
from pfd_panel.monitoring.sending import NotDeliveredError, Outgoing, send
from pfd_panel.monitoring.settings import MonitoringSettings

log = logging.getLogger(__name__)

PERIOD_S = 1.0
FIRST_PAUSE_S = 10.0
MOST_ATTEMPTS = 8
"""With pauses of 10 s, 20 s, 40 s … the last attempt comes after about twenty minutes."""


class Dispatch:
    """Sends one delivery after the other; what was under way when a coordinator died is sent again by the next one."""

    period_s = PERIOD_S

    def __init__(self, duty: Duty) -> None:
        self._duty = duty
        self._settings = MonitoringSettings.read()

    def turn(self) -> None:
        """Send what is due."""
        with self._duty.catalog.read() as session:
            leases.require(session, jobs.COORDINATOR, self._duty.fence)
            due = [(delivery, inbox.get(session, delivery.event_id)) for delivery in deliveries.due(session)]
        for delivery, event in due:
            state, answer, pause_s = self._attempt(Outgoing(self._duty.catalog, self._settings, delivery, event))
            with self._duty.catalog.write() as session:
                leases.require(session, jobs.COORDINATOR, self._duty.fence)
                next_at = utc_now() + timedelta(seconds=pause_s) if pause_s else None
                deliveries.note(session, delivery.id, state, answer, next_at=next_at)

    def _attempt(self, outgoing: Outgoing) -> tuple[str, str, float]:
        """State, answer and pause before the next attempt."""
        delivery = outgoing.delivery
        try:
            answer = send(outgoing)
        except NotDeliveredError as error:
            pause_s = pause(delivery, error)
            state = "queued" if pause_s else "failed"
            log.warning("%s to %s: %s, %s", delivery.channel, delivery.label, error, state)
            return state, " ".join((str(error), error.hint)).strip(), pause_s
        log.info("%s to %s: %s", delivery.channel, delivery.label, answer)
        return "sent", answer, 0.0


def pause(delivery: Delivery, error: NotDeliveredError) -> float:
    """Seconds until the next attempt after one that failed; 0 gives up."""
    attempt = delivery.attempts + 1
    return 0.0 if error.final or attempt >= MOST_ATTEMPTS else FIRST_PAUSE_S * 2.0 ** (attempt - 1)
