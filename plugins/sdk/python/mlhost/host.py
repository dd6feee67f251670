"""What a plugin can say while it works.

Outside of a component there is no host to hear it: log lines go to standard error, the rest
nowhere.
"""

from __future__ import annotations

import sys
from typing import Literal

Level = Literal["trace", "debug", "info", "warn", "error"]


class Host:
    """Who listens; `component` puts the real one in its place."""

    def log(self, level: Level, message: str) -> None:
        print(f"{level}: {message}", file=sys.stderr)

    def progress(self, done: int, total: int | None) -> None:
        pass

    def metric(self, name: str, step: int, value: float) -> None:
        pass


listener = Host()


def log(level: Level, message: str) -> None:
    """Says something to whoever runs the pipeline."""
    listener.log(level, message)


def progress(done: int, total: int | None = None) -> None:
    """Says how far a long call has come."""
    listener.progress(done, total)


def record_metric(name: str, step: int, value: float) -> None:
    """Records one point of a training curve."""
    listener.metric(name, step, value)
