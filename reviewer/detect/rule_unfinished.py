"""B2: code that is not written yet but can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.finding import Category, Severity
from reviewer.rust.file import RustFile
from reviewer.scope.rooms import Room

_MACROS = frozenset({"todo", "unimplemented"})


def _find(file: RustFile) -> Iterator[Hit]:
    for call in file.nodes("macro_invocation"):
        name_node = call.child_by_field_name("macro")
        name = file.code(name_node).rpartition("::")[2] if name_node is not None else ""
        if name not in _MACROS:
            continue
        place = file.function_of(call)
        inside = f"`{place.item.name}`" if place else "this code"
        yield hit(
            file,
            call,
            f"{inside} stops at `{name}!`" if place else f"`{name}!` is left in",
            f"Whatever reaches this branch of {inside} gets a panic instead of an answer: a live "
            "task ends there with the state it held, while its open orders stay at the venue with "
            "nobody to manage them.",
        )


RULE = Rule(
    id="B2",
    title="Unfinished code can be reached",
    category=Category.ERROR_HANDLING,
    severity=Severity.IMPORTANT,
    raised=in_rooms(Severity.CRITICAL, Room.ORDER_BOOK, Room.RISK),
    why=(
        "`todo!` and `unimplemented!` compile and panic when reached. An order type, a venue or "
        "a status that nobody tested takes the process down with orders in the market."
    ),
    needs=("todo!", "unimplemented!"),
    example="""\
fn fee(&self, kind: OrderType) -> Decimal {
    match kind {
        OrderType::Limit => self.maker,
        OrderType::Market => todo!(),
    }
}
""",
    counter_example="""\
fn fee(&self, kind: OrderType) -> Result<Decimal, Unsupported> {
    match kind {
        OrderType::Limit => Ok(self.maker),
        OrderType::Market => Err(Unsupported(kind)),
    }
}
""",
    find=_find,
)
