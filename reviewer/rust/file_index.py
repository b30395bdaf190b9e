"""What one Rust file defines and calls, kept when its tree is dropped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Definition:
    """A named item of the repository. Lines are 1-based, both inclusive, attributes included."""

    path: str
    kind: str
    """`fn`, `trait`, `mod`, `struct`, `enum`, `union`, `macro`, `const`, `static` or `type`;
    impls define nothing."""
    name: str
    name_path: str
    """Enclosing items, outermost first: `impl Book::apply_delta`."""
    owner: str
    """The type that an impl or trait around it is about; empty for what stands alone."""
    start: int
    end: int
    signature: str
    """One line, without attributes, comments and body."""
    test: bool
    trait: str = ""
    """The trait that the impl around it implements, or the trait that it stands in."""
    parameters: tuple[tuple[str, str], ...] = ()
    """Name and type of each parameter of a function, without `self`."""
    takes: int = -1
    """How many arguments a function is given, `self` among them; -1 where that is not known."""
    takes_self: bool = False
    value: str = ""
    """A function's return type; the value of a constant or static; what a type alias stands for."""


class Call(NamedTuple):
    """A place that calls something of that name. A tuple: there are tens of thousands."""

    path: str
    line: int
    name: str
    """Last segment: `new` of `Book::new(..)`."""
    kind: str
    """`function`, `method` or `macro`; `token` for what looks like a call in the body of a macro
    that is not known to hold code."""
    owner: str
    """What stands before the name: `Book` of `Book::new`, `self.book` of `self.book.apply`;
    cut with `…` where it is long."""
    caller: str
    """`name_path` of the innermost function around it; empty outside all functions."""
    given: int = -1
    """How many arguments stand in its brackets; -1 where that is not known."""


@dataclass(frozen=True, slots=True)
class Impl:
    """One `impl Trait for Type`, by bare names."""

    trait: str
    type: str


@dataclass(frozen=True, slots=True)
class FileIndex:
    """What one file defines, calls, states and imports, in source order."""

    path: str
    definitions: tuple[Definition, ...]
    calls: tuple[Call, ...]
    fields: dict[tuple[str, str], str]
    """Stated types by struct and field; a type alias stands under an empty field."""
    variants: dict[str, tuple[str, ...]]
    """Variants by enum."""
    impls: tuple[Impl, ...] = ()
    imports: dict[str, str] = field(default_factory=dict)
    """Paths by the name that they have here: `Book` is `crate::book::Book`."""
    locals: dict[tuple[str, str], tuple[tuple[int, str], ...]] = field(default_factory=dict)
    """What a function says of a local, by its name path and the local's name: the line, and `: u64`
    for a stated type, `= Book::new()` for a value, `in self.levels` for what a loop runs over."""


def owner_of(name_path: str) -> str:
    """`Book` of `impl Depth for Book<P>::apply`; empty where no impl or trait is around."""
    outer, _, _ = name_path.rpartition("::")
    head = outer[outer.rfind("impl ") :] if "impl " in outer else ""
    if not head:
        return ""
    target = head.removeprefix("impl ").rpartition(" for ")[2]
    return target.partition("<")[0].strip().rpartition("::")[2].lstrip("&").strip()
