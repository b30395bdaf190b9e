"""A person resolved one of our threads, or opened it again."""

from __future__ import annotations

from reviewer.edges.ports import Shared
from reviewer.intake.job import EventJob
from reviewer.ports import Checkpoint


def refresh(_shared: Shared, _job: EventJob, _checkpoint: Checkpoint) -> str:
    """Let the summary and the verdict follow people's resolutions; the ending."""
    return "not followed: the next review reads the threads"
