"""How long nobody may try a password again: nothing for a few slips, then twice as long each time, up to a limit.

Failures are counted under the name that was typed, whether it exists or not, so that a lock-out tells nothing. An
address from which that user has signed in before is counted apart: strangers can slow each other down, but cannot keep
someone from signing in where he always does. The limit sees to it that no lock lasts.
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from data_catalog.accounts import failures, sessions
from data_catalog.catalog import Catalog

FREE = 4
"""Failures that cost nothing."""

FIRST = timedelta(seconds=30)
LONGEST = timedelta(minutes=15)


def wait_after(failed: int) -> timedelta:
    """How long nobody may try after so many failures in a row."""
    if failed <= FREE:
        return timedelta(0)
    doublings = min(failed - FREE - 1, 30)  # beyond that the limit holds anyway, and powers grow too large
    return min(LONGEST, FIRST * 2**doublings)


class Attempt:
    """One attempt to sign in, counted as failed until it is said to be otherwise.

    Attributes
    ----------
    locked_s
        How long this attempt must wait; above 0 it was not counted and nothing may be looked at.
    next_s
        How long the next one must wait, should this one fail.
    """

    def __init__(self, catalog: Catalog, name: str, address: str) -> None:
        self.name = name
        with catalog.write() as session:
            failures.lock(session, name)
            self.address = address if sessions.knows_address(session, name, address) else ""
            self.locked_s = failures.seconds_locked(session, name, self.address)
            self.next_s = 0.0
            if not self.locked_s:
                failed = failures.count(session, name, self.address, wait_after).failed
                self.next_s = wait_after(failed).total_seconds()

    def succeeded(self, session: Session) -> None:
        """It was right: earlier failures are forgotten."""
        failures.clear(session, self.name, self.address)

    def was_none(self, session: Session) -> None:
        """Nothing was guessed, so nothing is counted and nothing forgotten."""
        failures.take_back(session, self.name, self.address)
