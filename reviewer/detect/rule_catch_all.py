"""B5s: whatever is not known becomes a buy, a sell, an order type or a time in force."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.rule import Hit, Rule, hit
from reviewer.finding import Category, Severity
from reviewer.rust.chain import arguments_of, bare, called
from reviewer.rust.file import RustFile
from reviewer.rust.typed import owner_of

_KINDS = re.compile(
    r"(?:\w*(?:Side|TimeInForce|Tif|OrdType|OrderType|OrderKind|Liquidity))\Z"
    r"|(?:Trade|Order|Position|Trading)Direction\Z"
)
_CONCRETE = re.compile(
    r"(?:Buy|Sell|Bid|Ask|Long|Short|Gtc|Ioc|Fok|Gtx|Gtd|Day|GoodTil\w*|ImmediateOrCancel"
    r"|FillOrKill|Limit|Market|Stop\w*|Maker|Taker|PostOnly|LimitMaker)\Z",
    re.IGNORECASE,
)
_LITERAL = re.compile(r"\A(?:Some\(|Ok\()?\s*(?:b?\"|b?'|-?\d)")
_WRAPPERS = ("Ok", "Some")
_LONGEST = 200


def _find(file: RustFile) -> Iterator[Hit]:
    for block in file.nodes("match_block"):
        arms = [node for node in block.named_children if node.type == "match_arm"]
        made = _made_of_the_rest(file, arms[-1]) if len(arms) > 1 else ""
        match = next(file.around(block, "match_expression"), None) if made else None
        if match is not None and _reads_from_outside(file, arms[:-1], made):
            yield _hit(file, arms[-1], match, made)


def _made_of_the_rest(file: RustFile, arm: Node) -> str:
    """What the last arm makes of all that no other arm names; empty if it names something too."""
    pattern, value = arm.child_by_field_name("pattern"), arm.child_by_field_name("value")
    if pattern is None or value is None or not _catches_all(file, pattern):
        return ""
    return _made(file, value)


def _catches_all(file: RustFile, pattern: Node) -> bool:
    text = file.code(pattern, _LONGEST)
    return text == "_" or bool(re.fullmatch(r"_?[a-z]\w*", text))


def _made(file: RustFile, value: Node) -> str:
    """`Side::Buy` of `Ok(Side::Buy)`; empty if the value is nothing that an order can have."""
    value = bare(value)
    for _ in range(2):
        inner = arguments_of(value) if called(file, value) in _WRAPPERS else []
        value = bare(inner[0]) if len(inner) == 1 else value
    if value.type != "scoped_identifier":
        return ""
    path, _, name = file.code(value, _LONGEST).rpartition("::")
    kind = path.rpartition("::")[2]
    owner = owner_of(file, value) if kind == "Self" else kind
    return f"{owner}::{name}" if _KINDS.match(owner) and _CONCRETE.match(name) else ""


def _reads_from_outside(file: RustFile, others: list[Node], made: str) -> bool:
    """Whether all other arms read text or codes and give values of the same kind."""
    patterns = [arm.child_by_field_name("pattern") for arm in others]
    if not patterns or not all(
        pattern is not None and _LITERAL.match(file.code(pattern, _LONGEST)) for pattern in patterns
    ):
        return False
    values = (arm.child_by_field_name("value") for arm in others)
    kinds = {_made(file, value).rpartition("::")[0] for value in values if value is not None}
    return made.rpartition("::")[0] in kinds


def _hit(file: RustFile, arm: Node, match: Node, made: str) -> Hit:
    value = match.child_by_field_name("value")
    read = file.code(value, 60) if value is not None else "the value"
    return hit(
        file,
        arm,
        f"Whatever else comes in becomes `{made}`",
        f"A code that nobody listed here (a new one of the venue, another case, an empty field) "
        f"in `{read}` becomes `{made}` without an error: the order or fill is booked as that, and "
        "position and orders at the venue differ from what this process believes.",
    )


RULE = Rule(
    id="B5s",
    title="An unknown code becomes a concrete side or order type",
    category=Category.ORDER_LOGIC,
    severity=Severity.IMPORTANT,
    why=(
        "Venues add codes. A catch-all arm that answers with a real side, type or time in force "
        "turns the first unknown one into a trade that nobody meant, and no log line tells."
    ),
    needs=("=>",),
    example="""\
fn side(code: &str) -> Side {
    match code {
        "BUY" => Side::Buy,
        _ => Side::Sell,
    }
}
""",
    counter_example="""\
fn side(code: &str) -> Result<Side, UnknownSide> {
    match code {
        "BUY" => Ok(Side::Buy),
        "SELL" => Ok(Side::Sell),
        _ => Err(UnknownSide),
    }
}
""",
    find=_find,
)
