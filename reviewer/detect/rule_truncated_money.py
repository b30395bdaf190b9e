"""A10: a float price or quantity cut to an integer without rounding."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.money import is_money
from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.finding import Category, Severity
from reviewer.rust.chain import bare, walk
from reviewer.rust.file import RustFile
from reviewer.rust.typed import INTEGERS
from reviewer.scope.rooms import Room
from reviewer.scope.words import split

_AMOUNTS = INTEGERS - {"usize", "isize"}
"""What counts ticks or lots. `usize` counts places: to cut is what a bucket means."""
_ROUNDED = re.compile(r"round|floor|ceil|trunc|rint|quantize|to_int|\+\s*0\.5\b|\b0\.5\s*\+|\bsnap")
_FLOAT = re.compile(r"(?:&\s*(?:mut\s+)?)?f(?:32|64)\b")
_FLOAT_LITERAL = re.compile(r"[\d_]+\.[\d_]*(?:[eE][-+]?\d+)?(?:f32|f64)?\Z|[\d_.]+_?f(?:32|64)\Z")
_SHOWN = re.compile(r"(?:\A|[/_-])(?:metrics?|charts?|plots?|graphs?|gui|tui|ui)(?:[/_.-]|\Z)")
"""Paths of what is drawn or counted: it is cut to the pixel on purpose."""
_TEXT = frozenset({"text", "font", "icon", "label", "cell", "row", "bar"})
"""Words beside which `size` is one on the screen."""
_STEP = re.compile(r"tick|lot|step|increment|unit|scale|precision|multiplier|min_")
_SCALE = re.compile(
    r"[\d_]+(?:\.[\d_]*)?(?:[eE]\d+)?(?:_?f\d\d)?\Z|(?:\w+::)*[A-Z][A-Z0-9_]*\b"
    r"|\(?10_?(?:\.0*)?(?:_?[fiu]\d\d)?\.?\.pow|.*(?:scale|precision|multiplier|factor|decimals)"
)
"""What turns a price into its smallest units."""
_ARITHMETIC = re.compile(r"[\w)\]]\s*[*/]")
_PRICE = frozenset({"price", "px", "bid", "ask", "strike"})
_LONGEST = 400
_LOOK_BACK = 8_000
_ELSEWHERE = frozenset({"closure_expression", "block", "arguments", "match_expression"})


def _find(file: RustFile) -> Iterator[Hit]:
    if _SHOWN.search(file.path):
        return
    for cast in file.nodes("type_cast_expression"):
        target, value = cast.child_by_field_name("type"), cast.child_by_field_name("value")
        if target is None or value is None or file.code(target) not in _AMOUNTS:
            continue
        for cut in (bare(value), _kept(file, bare(value))):
            money = _cut_money(file, cut)
            if cut is not None and money:
                coarse = _on_a_grid(file, cut) or not _ARITHMETIC.search(file.code(cut))
                at_most = Severity.CRITICAL if coarse else Severity.SUGGESTION
                yield _hit(file, cast, money, file.code(target), at_most)
                break


def _cut_money(file: RustFile, value: Node | None) -> str:
    """The money in a value that is known to be a float; empty if it is none, or rounded."""
    if value is None or value.end_byte - value.start_byte > _LONGEST:
        return ""
    if _ROUNDED.search(file.code(value)):
        return ""
    names, is_float = _read(file, value)
    return next((name for name in names if is_float and _is_traded(name)), "")


def _is_traded(name: str) -> bool:
    return is_money(name) and _TEXT.isdisjoint(split(name))


def _kept(file: RustFile, name: Node) -> Node | None:
    """The arithmetic that a local was made of, where that is all that became of it."""
    place = file.function_of(name) if name.type == "identifier" else None
    if place is None or name.start_byte - place.start > _LOOK_BACK:
        return None
    local = file.code(name)
    made = file.once(_locals).get((place.start, local), [])
    if len(made) != 1 or made[0].type != "binary_expression" or made[0].end_byte > name.start_byte:
        return None
    between = file.source[made[0].end_byte : name.start_byte].decode("utf-8", "replace")
    looked_at = rf"\b{re.escape(local)}\s*(?:[-+*/]?=(?!=)|\.|%|-)"
    return None if re.search(looked_at, between) else made[0]


def _locals(file: RustFile) -> dict[tuple[int, str], list[Node]]:
    """The first two values of each local, by the function's first byte and its name."""
    found: dict[tuple[int, str], list[Node]] = {}
    for statement in file.nodes("let_declaration"):
        pattern, value = (statement.child_by_field_name(part) for part in ("pattern", "value"))
        place = file.function_of(statement)
        if pattern is not None and value is not None and place is not None:
            values = found.setdefault((place.start, file.code(pattern, 100)), [])
            if len(values) < 2:
                values.append(bare(value))
    return found


def _read(file: RustFile, value: Node) -> tuple[list[str], bool]:
    """The names in what is cast, and whether it is known to be a float."""
    names: list[str] = []
    is_float = False
    for node in walk(value, _ELSEWHERE):
        if node.type in ("identifier", "field_identifier"):
            name = file.code(node)
            names.append(name)
            stated = file.stated_types(name, value)
            is_float = is_float or (
                bool(stated)
                and all(_FLOAT.match(text) or _FLOAT_LITERAL.match(text) for text in stated)
            )
        elif node.type == "float_literal" or (
            node.type == "type_cast_expression" and _FLOAT.match(file.code(node.named_children[-1]))
        ):
            is_float = True
        elif node.type == "type_cast_expression" and node.id != value.id:
            return names, False  # an integer cast inside decides the type
    return names, is_float


def _on_a_grid(file: RustFile, value: Node) -> bool:
    """Whether what is cut counts ticks, lots or a price's smallest units: one off is another price.

    Of an amount in smallest units one is lost, and of a product with a price no more than that.
    """
    sides = [bare(side) for side in (value.child_by_field_name("left"),
             value.child_by_field_name("right")) if side is not None]  # fmt: skip
    operator = value.child_by_field_name("operator")
    if len(sides) != 2 or operator is None:
        return False
    texts = [file.code(side, 100) for side in sides]
    if file.code(operator) == "/":
        return bool(_STEP.search(texts[1])) or _is_price(texts[0])
    return file.code(operator) == "*" and any(
        _SCALE.match(scale) and _is_price(price) and "*" not in price
        for scale, price in (texts, reversed(texts))
    )


def _is_price(text: str) -> bool:
    return not _PRICE.isdisjoint(split(text))


def _hit(file: RustFile, cast: Node, money: str, target: str, at_most: Severity) -> Hit:
    return hit(
        file,
        cast,
        f"`{money}` is cut to `{target}`, not rounded",
        f"`as {target}` drops the fraction, and floats sit just below the number meant: 0.29 * "
        f"100.0 is 28.999999999999996 and becomes 28. Some values of `{money}` come out one unit "
        "short, so the order goes out a tick or a lot off, or the books no longer add up.",
        at_most=at_most,
    )


RULE = Rule(
    id="A10",
    title="A float price or quantity is cut, not rounded",
    category=Category.MONEY_ARITHMETIC,
    severity=Severity.IMPORTANT,
    lowered=True,
    raised=in_rooms(Severity.CRITICAL, Room.ORDER_BOOK, Room.RISK),
    why=(
        "`as` from float to integer cuts towards zero, and most decimal prices have no exact "
        "float: 0.29 * 100.0 is 28.999999999999996. The same price then lands on two ticks, "
        "depending on how it was computed. An amount in its smallest units, or a price times an "
        "amount, loses one of them at most: that is a suggestion."
    ),
    needs=(" as ",),
    example="""\
fn to_ticks(price: f64, tick_size: f64) -> i64 {
    (price / tick_size) as i64
}
""",
    counter_example="""\
fn to_ticks(price: f64, tick_size: f64) -> i64 {
    (price / tick_size).round() as i64
}
""",
    find=_find,
)
