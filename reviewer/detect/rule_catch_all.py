"""B5s: whatever is not known becomes a buy, a sell, an order type or a time in force."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.rule import Hit, Rule, hit
from reviewer.detect.settings import is_setting
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
_CAREFUL = re.compile(r"::Taker\Z", re.IGNORECASE)
"""Who is not known as a maker is charged the dearer fee: that loses nothing."""
_LITERAL = re.compile(r"\A(?:Some\(|Ok\()?\s*(?:b?\"|b?'|-?\d)")
_ALL = re.compile(r"_|(?:Some|Ok)\((?:_\w*|[a-z]\w*)\)|_?[a-z]\w*")
_TWO_VALUES = re.compile(r"b?[\"'](?:true|false|yes|no|y|n|t|f|on|off|)[\"']", re.IGNORECASE)
"""A flag in text: there is nothing that could be added."""
_WRAPPERS = ("Ok", "Some")
_LONGEST = 200


def _find(file: RustFile) -> Iterator[Hit]:
    for block in file.nodes("match_block"):
        arms = [node for node in block.named_children if node.type == "match_arm"]
        rest = next((arm for arm in reversed(arms) if _catches_all(file, arm)), None)
        made = _made_of(file, rest) if rest is not None and len(arms) > 1 else ""
        match = next(file.around(block, "match_expression"), None) if made else None
        if rest is None or match is None or _CAREFUL.search(made):
            continue
        others = [arm for arm in arms if arm.id != rest.id]
        if _reads_from_outside(file, others, made):
            yield _hit(file, rest, match.child_by_field_name("value"), made)
    for test in file.nodes("if_expression"):
        yield from _either(file, test)


def _either(file: RustFile, test: Node) -> Iterator[Hit]:
    """`if code == "BUY" { Side::Buy } else { Side::Sell }`."""
    condition, taken, other = (
        test.child_by_field_name(part) for part in ("condition", "consequence", "alternative")
    )
    if condition is None or taken is None or other is None:
        return
    read = _compared(file, condition)
    rest = other.named_children[-1] if other.named_children else None
    if read is None or rest is None or rest.type != "block":
        return
    one, made = _made_of_block(file, taken), _made_of_block(file, rest)
    if _CAREFUL.search(made):
        return
    if one and made and one != made and one.rpartition("::")[0] == made.rpartition("::")[0]:
        yield _hit(file, _only(rest) or rest, read, made)


def _compared(file: RustFile, condition: Node) -> Node | None:
    """What is compared with a text or letter that has more than two values."""
    operator, read = (
        condition.child_by_field_name("operator"),
        condition.child_by_field_name("left"),
    )
    with_what = condition.child_by_field_name("right")
    if condition.type != "binary_expression" or operator is None or operator.type != "==":
        return None
    if with_what is None or with_what.type not in ("string_literal", "char_literal"):
        return None
    return None if _TWO_VALUES.fullmatch(file.code(with_what, _LONGEST)) else read


def _made_of_block(file: RustFile, block: Node) -> str:
    value = _only(block)
    return _made(file, value) if value is not None else ""


def _only(block: Node) -> Node | None:
    """What a block holds if that is one thing."""
    inner = [node for node in block.named_children if not node.type.endswith("_comment")]
    return inner[0] if len(inner) == 1 else None


def _made_of(file: RustFile, arm: Node) -> str:
    value = arm.child_by_field_name("value")
    return _made(file, value) if value is not None else ""


def _catches_all(file: RustFile, arm: Node) -> bool:
    """Whether an arm takes whatever no other arm names, or whatever is there."""
    pattern = arm.child_by_field_name("pattern")
    text = file.code(pattern, _LONGEST) if pattern is not None else ""
    return bool(_ALL.fullmatch(text))


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
    """Whether all other arms read text or codes, and give values of the same kind.

    Where the only other arm is that of nothing, both must give the same: then nothing is read.
    """
    patterns = [arm.child_by_field_name("pattern") for arm in others]
    texts = [file.code(pattern, _LONGEST) for pattern in patterns if pattern is not None]
    values = [_made_of(file, arm) for arm in others]
    if texts == ["None"]:
        return values == [made]
    if not texts or not all(_LITERAL.match(text) or text == "None" for text in texts):
        return False
    return made.rpartition("::")[0] in {value.rpartition("::")[0] for value in values}


def _hit(file: RustFile, node: Node, value: Node | None, made: str) -> Hit:
    read = file.code(value, 60) if value is not None else "the value"
    if value is not None and is_setting(file, value):
        return hit(
            file,
            node,
            f"Whatever else is set becomes `{made}`",
            f"Whoever sets `{read}` to anything that is not listed here (other case, a slip) gets "
            f"`{made}` without an error at the start: orders go out as that, against what the "
            "settings say.",
            at_most=Severity.SUGGESTION,
        )
    return hit(
        file,
        node,
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
        "turns the first unknown one into a trade that nobody meant, and no log line tells. "
        "For a setting of the desk it is a suggestion: the default may be meant."
    ),
    lowered=True,
    needs=("=>", "else"),
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
