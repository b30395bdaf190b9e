"""What people let go on other pull requests is not raised again while its item is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from reviewer.finding import Category, Finding
from reviewer.publish.fingerprint import scope_key
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
    let_go = [new for new in plan.new if _is_let_go(new.finding, past, digest_of)]
    kept = tuple(new for new in plan.new if new not in let_go)
    return replace(plan, new=kept, let_go=tuple(new.finding for new in let_go))


def _is_let_go(
    finding: Finding, past: Iterable[PastDismissal], digest_of: Callable[[Finding], str]
) -> bool:
    digest = digest_of(finding)
    return any(dismissal.covers(finding, digest) for dismissal in past)
