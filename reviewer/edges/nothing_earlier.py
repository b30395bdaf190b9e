"""The doors to earlier rounds, for a review that has none and tells nobody that it works."""

from __future__ import annotations

from reviewer.agent.recheck import RecheckReport
from reviewer.earlier import Earlier
from reviewer.publish.let_go import PastDismissal
from reviewer.refs import CommitSha


class NothingEarlier:
    """A part of `Ports`."""

    def is_overtaken(self, *_about: object) -> bool:
        """Never: a commit is asked for by name."""
        return False

    def is_published(self, *_about: object) -> bool:
        """Never: nothing is remembered."""
        return False

    def earlier(self, *_about: object) -> Earlier:
        """Nothing was said before."""
        return Earlier()

    def let_go(self, *_about: object) -> tuple[PastDismissal, ...]:
        """Nobody let anything go."""
        return ()

    def texts_at(self, *_about: object) -> dict[tuple[CommitSha, str], str]:
        """None: there is no earlier head."""
        return {}

    def announce(self, *_about: object) -> None:
        """Nobody is told."""

    def say_not_reviewed(self, *_about: object) -> None:
        """Nobody is told."""

    def check_so_far(self, *_about: object) -> None:
        """There is none."""

    def look_again(self, *_about: object) -> RecheckReport:
        """Nothing was said before."""
        return RecheckReport(())
