"""The enums that hold a status: of an order, an execution, a session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from reviewer.policy.names import name_fits
from reviewer.rust.index import Index, crate_of
from reviewer.scope.words import split

_KINDS = frozenset({"status", "statu", "state", "phase", "lifecycle"})
_PAIRS = (("exec", "type"), ("execution", "type"), ("ord", "stat"))
_STATES = frozenset(
    {"new", "pending", "open", "filled", "canceled", "cancelled", "rejected", "expired", "accepted"}
    | {"working", "live", "resting", "triggered", "replaced", "suspended", "done", "closed", "none"}
    | {"connected", "connecting", "disconnected", "reconnecting", "active", "inactive", "enabled"}
    | {"disabled", "healthy", "unhealthy", "running", "stopped", "halted", "trading", "logged"}
    | {"partially", "partial", "fully", "untriggered", "deactivated", "calculated", "syncing"}
    | {"synced", "stale", "auction", "idle", "ready", "submitted", "sent", "acked", "acknowledged"}
    | {"settled", "failed", "cleared", "amended", "liquidated", "bankrupt", "paused", "stopping"}
)
_CHORES = frozenset(
    {"job", "task", "health", "backfill", "backup", "migration", "conversion", "compaction"}
    | {"download", "upload", "import", "export", "archive", "deployment", "build", "thread"}
)
"""Words beside which a status is of something that no order waits for."""
_FEWEST = 2
"""Variants that must be words of a status: `Status { Ok, Err }` has none."""
_MOST_ENUMS = 300


@dataclass(frozen=True, slots=True)
class StatusEnum:
    """One enum of the repository."""

    path: str
    name: str
    variants: tuple[str, ...]


class StatusEnums:
    """The status enums of one commit, found by their names and those of their variants."""

    def __init__(self, index: Index, named: tuple[str, ...]) -> None:
        self._by_name: dict[str, list[StatusEnum]] = {}
        count = 0
        for path in index.paths:
            file = index.file(path)
            for name, variants in file.variants.items() if file else ():
                is_named = any(name_fits(glob, name, path) for glob in named)
                if (is_named or _is_status(name, variants)) and not _in_test(index, path, name):
                    if count < _MOST_ENUMS:
                        self._by_name.setdefault(name, []).append(StatusEnum(path, name, variants))
                    count += 1
        self.is_cut = count > _MOST_ENUMS

    @property
    def all(self) -> tuple[StatusEnum, ...]:
        """Every one of them."""
        return tuple(enum for enums in self._by_name.values() for enum in enums)

    @property
    def names(self) -> frozenset[str]:
        """Their names; two venues may each have an `OrderStatus`."""
        return frozenset(self._by_name)

    def nearest(self, path: str, name: str, variant: str) -> StatusEnum | None:
        """The one that a file means by a name; None where that cannot be said."""
        found = [enum for enum in self._by_name.get(name, ()) if variant in enum.variants]
        folder, crate = path.rpartition("/")[0], crate_of(path)
        for near in (
            [enum for enum in found if enum.path == path],
            [enum for enum in found if enum.path.rpartition("/")[0] == folder],
            [enum for enum in found if crate_of(enum.path) == crate],
            found,
        ):
            if near:
                return near[0] if len(near) == 1 else None
        return None


def same_enums(
    before: Iterable[StatusEnum], after: Iterable[StatusEnum], moved: Mapping[str, str]
) -> dict[StatusEnum, StatusEnum]:
    """What each enum of the base is called at the head; `moved` are the renamed files."""
    left, right = list(before), list(after)
    same: dict[StatusEnum, StatusEnum] = {}

    def pair(alike: str) -> None:
        for old in [enum for enum in left if enum not in same]:
            taken = set(same.values())
            found = [new for new in right if new not in taken and _key(alike, old, new, moved)]
            if len(found) == 1:
                same[old] = found[0]

    for alike in ("place", "name", "variants"):
        pair(alike)
    return same


def renamed_variants(before: StatusEnum, after: StatusEnum) -> dict[str, str]:
    """Head names of variants that stand where they stood under another name."""
    if len(before.variants) != len(after.variants):
        return {}
    changed = {
        old: new for old, new in zip(before.variants, after.variants, strict=True) if old != new
    }
    fresh = set(changed.values()).isdisjoint(before.variants)
    gone = set(changed).isdisjoint(after.variants)
    return changed if fresh and gone else {}


def _key(alike: str, old: StatusEnum, new: StatusEnum, moved: Mapping[str, str]) -> bool:
    if alike == "place":
        return (moved.get(old.path, old.path), old.name) == (new.path, new.name)
    return old.name == new.name if alike == "name" else old.variants == new.variants


def _is_status(name: str, variants: tuple[str, ...]) -> bool:
    words = split(name)
    pairs = tuple(pairwise(words))
    if _KINDS.isdisjoint(words) and not any(pair in pairs for pair in _PAIRS):
        return False
    if not _CHORES.isdisjoint(words):
        return False
    return sum(not _STATES.isdisjoint(split(variant)) for variant in variants) >= _FEWEST


def _in_test(index: Index, path: str, name: str) -> bool:
    places = [d for d in index.named(name, kind="enum") if d.path == path]
    return bool(places) and all(d.test for d in places)
