"""What people let go on other pull requests is not raised again while its item is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from reviewer.finding import Category, Finding
from reviewer.publish.fingerprint import scope_key
from reviewer.publish.let_go_before import LetGoBefore
from reviewer.publish.likeness import REWORDED, likeness
from reviewer.publish.reconcile import Reconciled


@dataclass(frozen=True, slots=True)
class PastDismissal:
    """A claim about an item that somebody let go."""

    scope_key: str
    category: Category
    item_digest: str
    """Of the item as it was then; empty where there was none, and then it binds nobody."""
    title: str
    person: str = ""
    number: int = 0
    """Of the pull request."""

    def covers(self, finding: Finding, digest: str) -> bool:
        """Whether the finding is the same claim about the same item."""
        return (
            bool(digest)
            and self.item_digest == digest
            and self.scope_key == scope_key(finding.scope_path)
            and self.category is finding.category
            and likeness(self.title, finding.title) >= REWORDED
        )


def scopes_of(plan: Reconciled) -> frozenset[str]:
    """The scope keys of what would be raised."""
    return frozenset(scope_key(new.finding.scope_path) for new in plan.new)


def without_let_go(
    plan: Reconciled, past: Sequence[PastDismissal], digest_of: Callable[[Finding], str]
) -> Reconciled:
    """The plan without what was let go before."""
    if not past:
        return plan
    kept, let_go = [], []
    for new in plan.new:
        by = _let_go_by(new.finding, past, digest_of)
        if by is None:
            kept.append(new)
        else:
            let_go.append(LetGoBefore(new.finding, by.person, by.number))
    return replace(plan, new=tuple(kept), let_go=tuple(let_go))


def _let_go_by(
    finding: Finding, past: Iterable[PastDismissal], digest_of: Callable[[Finding], str]
) -> PastDismissal | None:
    digest = digest_of(finding)
    return next((dismissal for dismissal in past if dismissal.covers(finding, digest)), None)
