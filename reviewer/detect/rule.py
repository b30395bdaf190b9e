"""What a rule is, and what it reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from reviewer.finding import Category, Finding, Severity
from reviewer.rust.file import RustFile
from reviewer.rust.repository import Repository
from reviewer.scope.rooms import Room

TITLE_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule's pattern stands. `line` is the last of the range, 1-based."""

    line: int
    start_line: int | None
    title: str
    scenario: str
    """Concrete events -> wrong state -> loss, with the names at hand."""
    quote: str
    """Exact text of `line`."""
    also: tuple[int, ...] = ()
    """Other lines that the mistake needs: where a guard is taken, if `line` is the await."""
    replacement: tuple[str, ...] | None = None
    at_most: Severity = Severity.CRITICAL
    """The worst that this place can be, whatever the room says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What people read about a rule or a hint, however it searches."""

    id: str
    title: str
    category: Category
    why: str
    example: str
    counter_example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained(Described):
    """A rule that speaks for itself. Written for those at the desk."""

    severity: Severity
    """In code of no known room."""
    raised: tuple[tuple[Room, Severity], ...] = field(default=())
    """Severity by room where it is worse than elsewhere."""
    lowered: bool = False
    """Whether some places are less severe than their room says; `why` tells which."""

    def severity_in(self, rooms: Iterable[Room]) -> Severity:
        """The worst severity of the rooms that the file belongs to."""
        raised = dict(self.raised)
        found = [self.severity, *(raised[room] for room in rooms if room in raised)]
        return min(found, key=lambda severity: severity.rank)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Explained):
    """One mistake that a syntax tree can show."""

    needs: tuple[str, ...]
    """The file is searched only if its text holds one of these: most files hold none."""
    find: Callable[[RustFile], Iterator[Hit]]
    stands: Callable[[Finding, Repository], bool] | None = None
    """Whether the other files leave a finding standing; None where one file says it all."""

    def hits(self, file: RustFile) -> Iterator[Hit]:
        """All places in the file, tests included."""
        if any(need in file.text for need in self.needs):
            yield from self.find(file)


def in_rooms(severity: Severity, *rooms: Room) -> tuple[tuple[Room, Severity], ...]:
    """The severity in these rooms; in all of them when none is named."""
    return tuple((room, severity) for room in rooms or Room)


def inside(file: RustFile, node: Node, otherwise: str = "this code") -> str:
    """The name of the function around a node, as a text has it."""
    place = file.function_of(node)
    return f"`{place.item.name}`" if place else otherwise


def hit(
    file: RustFile,
    node: Node,
    title: str,
    scenario: str,
    *,
    start: Node | None = None,
    also: tuple[int, ...] = (),
    replacement: tuple[str, ...] | None = None,
    at_most: Severity = Severity.CRITICAL,
) -> Hit:
    """A hit that ends where the node ends and begins where `start` begins."""
    line = node.end_point.row + 1
    first = (start or node).start_point.row + 1
    return Hit(
        line=line,
        start_line=first if first < line else None,
        title=title,
        scenario=scenario,
        quote=file.line(line),
        also=also,
        replacement=replacement,
        at_most=at_most,
    )
