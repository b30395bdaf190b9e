"""A16: a price or quantity that does not parse becomes zero."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.fallback import (
    FALLBACKS,
    gives_zero,
    is_parsed,
    is_zero,
    parses,
    source_names,
    target_name,
)
from reviewer.detect.money import money_name
from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.detect.settings import is_setting
from reviewer.detect.sure_parse import is_sure, printed_integer
from reviewer.finding import Category, Severity
from reviewer.rust.chain import Chain, arguments_of, chain_of, name_of
from reviewer.rust.file import RustFile

_BOTH_WAYS = ("map_or", "map_or_else")
"""Fallbacks that also say what becomes of a value that was read."""
_FAILED = re.compile(r"(?:Err\((?:_?\w*|\.\.)\)|None|_)\Z")
_READ = re.compile(r"(?:Ok|Some)\((?:mut\s+)?(\w+)\)\Z")
_OUTSIDE_TRADING = re.compile(r"\benv\b|\bargs?\b|option_env|\bquery\b|\bheaders?\b")


def _find(file: RustFile) -> Iterator[Hit]:
    for fallback in (*FALLBACKS, *_BOTH_WAYS):
        for call in file.method_calls.get(fallback, ()):
            chain = chain_of(file, call)
            if not _gives_zero(file, call, fallback) or not parses(file, chain):
                continue
            if is_sure(file, chain):
                continue
            name = _money(file, chain, call)
            if name:
                first = name_of(chain.links[-2]) if len(chain.links) > 1 else chain.root
                yield _hit(file, name_of(chain.links[-1]), first, name, chain)
    for block in file.nodes("match_block"):
        yield from _matched(file, block)


def _gives_zero(file: RustFile, call: Node, fallback: str) -> bool:
    if fallback not in _BOTH_WAYS:
        return gives_zero(file, call)
    arguments = arguments_of(call)
    return len(arguments) == 2 and is_zero(file, arguments[0])


def _matched(file: RustFile, block: Node) -> Iterator[Hit]:
    """`match text.parse() { Ok(value) => value, Err(_) => 0.0 }`."""
    arms = [node for node in block.named_children if node.type == "match_arm"]
    match = next(file.around(block, "match_expression"), None) if len(arms) == 2 else None
    read = match.child_by_field_name("value") if match is not None else None
    if match is None or read is None:
        return
    failed = [arm for arm in arms if _FAILED.match(_pattern(file, arm))]
    chain = chain_of(file, read)
    if len(failed) != 1 or not is_zero(file, failed[0].child_by_field_name("value")):
        return
    (good,) = (arm for arm in arms if arm.id != failed[0].id)
    value, found = good.child_by_field_name("value"), _READ.match(_pattern(file, good))
    if value is None or found is None or file.code(value, 100) != found[1]:
        return
    name = _money(file, chain, match) if is_parsed(file, chain) else ""
    if name:
        pattern = failed[0].child_by_field_name("pattern") or failed[0]
        yield _hit(file, pattern, pattern, name, chain)


def _pattern(file: RustFile, arm: Node) -> str:
    pattern = arm.child_by_field_name("pattern")
    return file.code(pattern, 100) if pattern is not None else ""


def _money(file: RustFile, chain: Chain, whole: Node) -> str:
    """What is read, by its own name or the one it gets; empty if it is no money, or an argument."""
    if _OUTSIDE_TRADING.search(file.code(chain.root)):
        return ""
    return money_name([*source_names(file, chain), target_name(file, whole)])


def _hit(file: RustFile, node: Node, start: Node, name: str, chain: Chain) -> Hit:
    title = f"`{name}` becomes 0 when it does not parse"
    integer = printed_integer(file, chain)
    if integer:
        text = (
            f"`{name}` is printed and read back as `{integer}`: one with a fraction, below the "
            f"least or above the most that `{integer}` holds is not read, no error is raised, and "
            "whatever is priced, sized or checked with it next runs at 0."
        )
        title = f"`{name}` becomes 0 when `{integer}` cannot hold it"
        return hit(file, node, title, text, start=start)
    if is_setting(file, chain.root):
        text = (
            f"The settings hold `{name}` in a form this parse rejects (a comma, a unit, an empty "
            f"text): nothing fails at the start, `{name}` is 0, and whatever is priced, sized or "
            "limited with it runs at 0 until somebody notices."
        )
        return hit(file, node, title, text, start=start, at_most=Severity.IMPORTANT)
    text = (
        f"The venue sends `{name}` in a form this parse rejects (empty, an exponent, a new "
        f"precision): no error is raised, `{name}` is 0, and whatever is priced, sized or checked "
        "with it next goes out at the wrong value."
    )
    return hit(file, node, title, text, start=start)


RULE = Rule(
    id="A16",
    title="A value that does not parse becomes 0",
    category=Category.MONEY_ARITHMETIC,
    severity=Severity.IMPORTANT,
    raised=in_rooms(Severity.CRITICAL),
    why=(
        "Zero is a price, a quantity and a balance. When a field cannot be read, zero does not "
        "say so: an ask of 0 crosses the book, a size of 0 deletes a level, a fee of 0 makes a "
        "losing trade look good, a position of 0 passes every limit. What the desk's own "
        "settings hold is important at most."
    ),
    lowered=True,
    needs=(*FALLBACKS, "map_or", "match "),
    example="""\
fn on_quote(msg: &Quote) -> Level {
    Level { price: msg.price.parse().unwrap_or(0.0), size: msg.size.parse().unwrap_or_default() }
}
""",
    counter_example="""\
fn on_quote(msg: &Quote) -> Result<Level, ParseFloatError> {
    Ok(Level { price: msg.price.parse()?, size: msg.size.parse()? })
}
""",
    find=_find,
)
