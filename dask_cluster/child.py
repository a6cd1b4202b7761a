"""One supervised process: started, restarted with growing pauses, ended."""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from dask_cluster.lifeline import PARENT_VARIABLE, death_signal

logger = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 60.0


class Child:
    """A command that is kept running.

    Parameters
    ----------
    name : str
        Shown in logs and on the health page; its output goes to ``<logs>/<name>.log``.
    command : sequence of str
        Program and arguments.
    environment : mapping
        Variables added to ours.
    logs : Path
        Folder of the log.
    clock : callable
        Seconds, monotonic.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        logs: Path,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.restarts = 0
        self._command = list(command)
        self._environment = dict(environment)
        self._log_path = logs / f"{name}.log"
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None
        self._pause_s = FIRST_PAUSE_S
        self._started_at = 0.0
        self._start_at = float("-inf")

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def tend(self) -> bool:
        """Start it if it does not run and its pause is over; return whether anything changed."""
        now = self._clock()
        if self._process is not None:
            status = self._process.poll()
            if status is None:
                if now - self._started_at > STEADY_AFTER_S:
                    self._pause_s = FIRST_PAUSE_S
                return False
            logger.warning("%s ended with status %d; it starts again in %.1f s", self.name, status, self._pause_s)
            self._process = None
            self._start_at = now + self._pause_s
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
            self.restarts += 1
            return True
        if now < self._start_at:
            return False
        self._start()
        return True

    def ask_to_end(self) -> None:
        """Send SIGTERM."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGTERM)

    def end(self, grace_s: float) -> None:
        """Wait for it to end; after `grace_s` seconds it is killed."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, grace_s))
        except subprocess.TimeoutExpired:
            logger.warning("%s did not end in time and is killed", self.name)
            self._process.kill()
            self._process.wait()

    def _start(self) -> None:
        self._log_path.parent.mkdir(parents=True, exist_ok=True)
        with self._log_path.open("ab") as log:
            self._process = self._open(log)
        self._started_at = self._clock()
        logger.info("%s runs (pid %d), log %s", self.name, self._process.pid, self._log_path)

    def _open(self, log: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 - the command comes from our own code, no shell
            self._command,
            env=os.environ | self._environment | {PARENT_VARIABLE: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # safe: the supervisor has one thread, and what runs in the child is a single system call
            preexec_fn=death_signal(),
        )
