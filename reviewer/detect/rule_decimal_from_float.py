"""A11: an exact decimal made from a float."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.hot import is_hot_item
from reviewer.detect.money import money_name
from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.finding import Category, Severity
from reviewer.rust.chain import arguments_of, called, last_name, walk
from reviewer.rust.file import RustFile
from reviewer.scope.rooms import Room

_EXACT = re.compile(r"(?:\w+::)*(?:Decimal|BigDecimal)::(from_f(?:32|64)(?:_retain)?)\Z")
_NEXT = re.compile(r"(?:\s|//[^\n]*)*\.\s*(unwrap|expect|unwrap_or_default|unwrap_or)\s*\(")
_ROUNDED = re.compile(r"\.\s*(?:round\w*|trunc\w*|rescale|quantize|with_scale)\s*\(")
_OFF_PATH = re.compile(r"stat|metric|report|summary|display|analy|chart|plot|sharpe|rand|config")
"""Files that show numbers, make them up, or read them from the operator."""
_KEEPS = {"let_declaration": "pattern", "field_initializer": "field", "function_item": "name"}
_NEAR = 300


def _find(file: RustFile) -> Iterator[Hit]:
    if _OFF_PATH.search(file.path.rpartition("/")[2]):
        return
    for call in file.nodes("call_expression"):
        exact = _EXACT.match(called(file, call))
        arguments = arguments_of(call) if exact else []
        if exact is None or len(arguments) != 1 or arguments[0].type == "float_literal":
            continue
        if arguments[0].end_byte - arguments[0].start_byte > _NEAR:
            continue
        after = file.source[call.end_byte : call.end_byte + _NEAR].split(b";")[0]
        following = after.decode("utf-8", "replace")
        loss = _loss(exact[1], _NEXT.match(following))
        if loss == "panic" and (place := file.function_of(call)) and is_hot_item(file, place.item):
            continue  # said of every `unwrap` there
        name = money_name(_names(file, call, arguments[0])) if loss else ""
        if name and not _ROUNDED.search(following):
            yield _hit(file, call, exact[1], name, loss)


def _loss(function: str, following: re.Match[str] | None) -> str:
    """What a float does that the conversion lets through; empty if a failure is handled."""
    if function.endswith("_retain"):
        return "digits"
    if following is None:
        return ""
    return "panic" if following[1] in ("unwrap", "expect") else "default"


def _names(file: RustFile, call: Node, argument: Node) -> Iterator[str]:
    """What is converted, and what it becomes."""
    for node in walk(argument):
        if node.type in ("identifier", "field_expression"):
            yield last_name(file, node)
    for place in file.around(call, *_KEEPS):
        named = place.child_by_field_name(_KEEPS[place.type])
        if named is not None:
            yield file.code(named, 100)
        return


def _hit(file: RustFile, call: Node, function: str, name: str, loss: str) -> Hit:
    title, scenario = {
        "digits": (
            f"`{name}` keeps the noise of its float as exact digits",
            f"`{function}` makes 0.1 the decimal 0.1000000000000000055511151231: `{name}` no "
            "longer equals the price or size that the venue sent, so a lookup by it misses, the "
            "venue rejects the order for its precision, and sums drift.",
        ),
        "panic": (
            f"`{name}` panics here when it is not finite",
            f"`{function}` gives `None` for NaN, infinity and what is too large. The first such "
            f"`{name}` (a ratio by 0, a field of the venue) panics this task, and its open "
            "orders stay in the market; others keep about 16 digits only.",
        ),
        "default": (
            f"`{name}` becomes another value when it is not finite",
            f"`{function}` gives `None` for NaN, infinity and what is too large. The first such "
            f"`{name}` becomes the fallback without an error, and whatever is priced, sized or "
            "checked with it goes out wrong.",
        ),
    }[loss]
    at_most = Severity.CRITICAL if loss == "digits" else Severity.SUGGESTION
    return hit(file, call, title, scenario, at_most=at_most)


RULE = Rule(
    id="A11",
    title="An exact decimal is made from a float",
    category=Category.MONEY_ARITHMETIC,
    severity=Severity.SUGGESTION,
    raised=in_rooms(Severity.IMPORTANT, Room.ORDER_BOOK, Room.RISK),
    lowered=True,
    why=(
        "A decimal is exact from where it begins. Made from a float it keeps the error of the "
        "float, or has no value at all for NaN; made from the text of the venue it is what the "
        "venue said. Where only NaN or infinity does harm it is a suggestion: of fifteen such "
        "places that were read, none could be shown to get one."
    ),
    needs=("Decimal::from_f",),
    example="""\
fn level(price: f64) -> Decimal {
    Decimal::from_f64_retain(price).unwrap_or_default()
}
""",
    counter_example="""\
fn level(price: &str) -> Result<Decimal, Error> {
    Decimal::from_str_exact(price)
}
""",
    find=_find,
)
