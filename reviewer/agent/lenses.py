"""What a reader looks for: one lens at a time in a large change, all at once in a small one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from reviewer.agent.pack import ReviewUnit
from reviewer.agent.prompts_dir import read_prompt
from reviewer.errors import Misconfigured
from reviewer.scope.rooms import Room, Scope

LENSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "book and money": ("state", "order_book", "money"),
        "risk": ("state", "risk"),
        "market data": ("market_data", "concurrency"),
        "latent": ("removed", "latent"),
    }
)
"""By the name of a pass, the sections of `prompts/lenses.md` that it is given."""
SECTIONS = (
    "state",
    "money",
    "order_book",
    "risk",
    "market_data",
    "concurrency",
    "removed",
    "latent",
)
_WHERE: Mapping[Room, str] = MappingProxyType(
    {
        Room.ORDER_BOOK: "book and money",
        Room.RISK: "risk",
        Room.MARKET_DATA: "market data",
    }
)
_CONCURRENT = re.compile(r"\b(?:async|await|spawn|Mutex|RwLock|Atomic\w+|mpsc|select!|unsafe)\b")


@dataclass(frozen=True, slots=True)
class Lens:
    """One pass over a unit."""

    name: str
    sections: tuple[str, ...]

    @property
    def focus(self) -> str:
        """The text for the hole `focus`."""
        texts = lens_texts()
        return "\n\n".join(texts[name] for name in self.sections)

    def turned(self, order: int) -> Lens:
        """The same told in another order, so that a unit of one section is read anew too."""
        if order == 1:
            return Lens(self.name, self.sections[::-1])
        at = order % len(self.sections)
        return Lens(self.name, self.sections[at:] + self.sections[:at])


def lenses_for(unit: ReviewUnit, scope: Scope) -> tuple[Lens, ...]:
    """The lenses that a unit deserves: those of its rooms, the first of them if it has none."""
    rooms = {room for path in unit.paths for room in scope.of(path)}
    names = [_WHERE[room] for room in Room if room in rooms]
    concurrent = "market data"
    if concurrent not in names and _CONCURRENT.search(unit.diff_view):
        names.append(concurrent)
    names = names or ["book and money"]
    return tuple(Lens(name, LENSES[name]) for name in (*names, "latent"))


def combined(unit: ReviewUnit, scope: Scope) -> Lens:
    """All that a unit deserves, in one pass."""
    wanted = {name for lens in lenses_for(unit, scope) for name in lens.sections}
    return Lens("all", tuple(name for name in SECTIONS if name in wanted))


@cache
def lens_texts() -> Mapping[str, str]:
    """The sections of `prompts/lenses.md` by name. Raises Misconfigured when one is missing."""
    parts = re.split(r"^## (\w+)[ \t]*$", read_prompt("lenses.md"), flags=re.MULTILINE)
    texts = dict(zip(parts[1::2], (text.strip() for text in parts[2::2]), strict=True))
    missing = [name for name in SECTIONS if not texts.get(name)]
    if missing:
        raise Misconfigured(f"prompts/lenses.md lacks the sections {', '.join(missing)}")
    return MappingProxyType(texts)
