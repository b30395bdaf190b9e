"""The part of a change that is read in this round; the rest was read before, as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewer.agent.sections import Section


@dataclass(frozen=True, slots=True)
class Focus:
    """What changed since the last round, and what nobody read in it."""

    lines: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Head lines by path."""
    items: frozenset[tuple[str, str]] = frozenset()
    """Path and scope path of items."""
    whole: frozenset[str] = frozenset()
    """Paths that are read whole."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to read."""
        return not (any(self.lines.values()) or self.items or self.whole)

    def wants(self, section: Section) -> bool:
        """Whether a section of the change is read."""
        return (
            section.path in self.whole
            or not section.lines.isdisjoint(self.lines.get(section.path, frozenset()))
            or (section.item is not None and self._holds_item(section.path, section.item.name_path))
        )

    def holds(self, path: str, scope_path: str, line: int) -> bool:
        """Whether a line of the change is read."""
        return (
            path in self.whole
            or line in self.lines.get(path, frozenset())
            or (path, scope_path) in self.items
        )

    def _holds_item(self, path: str, name_path: str) -> bool:
        """Whether the item, or one inside it, is read."""
        return any(
            item == name_path or item.startswith(f"{name_path}::")
            for there, item in self.items
            if there == path
        )
