"""The whole change as the facts look at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reviewer.pull.diff import Diff
from reviewer.rust.repository import Repository
from reviewer.scope.rooms import Scope


@dataclass(frozen=True, slots=True)
class Profile:
    """What the repository's configuration says of the system; defaults say nothing."""

    is_hot: Callable[[str, str], bool] = lambda _name_path, _file: False
    """Whether a function, by its name path and file, was named as hot."""
    order_sending: tuple[str, ...] = ()
    balance_moving: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    status_enums: tuple[str, ...] = ()
    max_price: int | None = None
    """In the raw unit of its type, as are the others."""
    max_quantity: int | None = None
    max_notional: int | None = None
    overflow_checks: bool | None = None
    """What the release build does; None to ask the manifests."""


@dataclass(frozen=True, slots=True)
class Change:
    """The diff with the repositories before and after it."""

    diff: Diff
    base: Repository
    head: Repository
    scope: Scope
    profile: Profile = Profile()
