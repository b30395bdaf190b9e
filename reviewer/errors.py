"""The errors of this program, by what is to be done about them.

Two audiences: `str(error)` is for the operator and may say everything but secrets;
what the pull request is told is chosen by class in `publish/markdown.py`.
"""

from __future__ import annotations


class ReviewerError(Exception):
    """Any error this program raises on purpose."""


class Misconfigured(ReviewerError):
    """The operator has to change something; the message says what."""


class Refused(ReviewerError):
    """The other side said no and will say no again (401, 403, 404, 422): do not retry.

    `status` is the answer's, where there was one.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Suspended(Refused):
    """The installation is suspended: nothing can be read or said until it is not."""


class Moved(Refused):
    """The repository is called `name` now."""

    def __init__(self, message: str, *, name: str = "") -> None:
        super().__init__(message, status=301)
        self.name = name


class Transient(ReviewerError):
    """May work later: a timeout, a 5xx, a rate limit.

    `retry_after` is the other side's wish in seconds, when it gave one. `answered` says that the
    other side is done with what was asked; without an answer it may still be at it.
    """

    def __init__(
        self, message: str, *, retry_after: float | None = None, answered: bool = False
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.answered = answered


class Defect(ReviewerError):
    """A promise between our own parts is broken: a bug here."""
