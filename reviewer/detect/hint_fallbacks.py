"""A9, A13, A15: something else stands in for a missing or impossible amount."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.detect.fallback import FALLBACKS, gives_zero, parses, source_names, target_name
from reviewer.detect.hint_rule import HintRule, Spot, brief, spot
from reviewer.detect.money import is_money, money_name
from reviewer.finding import Category
from reviewer.rust.chain import arguments_of, chain_of, inner_expression, last_name, name_of_call
from reviewer.rust.file import RustFile
from reviewer.scope.words import split

_CHECKED = re.compile(r"checked_(?:add|sub|mul|div|rem|pow|neg)\Z")
_NEVER_ZERO = frozenset({"price", "px", "bid", "ask", "mid", "mark", "strike", "fee", "margin"})
"""What is missing when it is zero; a position or a level that is missing is zero."""


def _clamped_state(file: RustFile) -> Iterator[Spot]:
    for call in file.method_calls.get("saturating_sub", ()):
        stored = next(file.around(call, "assignment_expression"), None)
        left = stored.child_by_field_name("left") if stored is not None else None
        right = stored.child_by_field_name("right") if stored is not None else None
        if left is None or right is None or right.id != call.id:
            continue
        name = last_name(file, left)
        local = left.type == "identifier"
        if is_money(name) and not local and last_name(file, chain_of(file, call).root) == name:
            yield spot(
                name_of_call(call),
                f"`{name}` stays at 0 when more is taken than there is: a loss if a fill or a "
                "release can come twice, for the error is swallowed and the next limit too wide.",
            )


def _missing_is_zero(file: RustFile) -> Iterator[Spot]:
    for fallback in FALLBACKS:
        for call in file.method_calls.get(fallback, ()):
            if not gives_zero(file, call):
                continue
            chain = chain_of(file, call)
            if parses(file, chain) or any(_CHECKED.match(name) for name in chain.names):
                continue
            names = [*source_names(file, chain), target_name(file, call)]
            name = next((n for n in names if is_money(n) and _NEVER_ZERO & set(split(n))), "")
            if name:
                yield spot(
                    name_of_call(call),
                    f"`{name}` is 0 where there is none: a loss if the 0 reaches a price, an order "
                    "size or a limit instead of meaning that nothing is known.",
                )


def _overflow_is_answered(file: RustFile) -> Iterator[Spot]:
    for fallback in FALLBACKS:
        for call in file.method_calls.get(fallback, ()):
            chain = chain_of(file, call)
            step = chain.names[-2] if len(chain.names) > 1 else ""
            if not _CHECKED.match(step):
                continue
            operands = [chain.root, *arguments_of(chain.links[-2].call)]
            name = money_name([*(last_name(file, o) for o in operands), target_name(file, call)])
            if name:
                given = arguments_of(call)
                value = brief(file, inner_expression(given[0]) or given[0]) if given else "0"
                yield spot(
                    name_of_call(call),
                    f"When `{step}` on `{name}` fails, {value} takes its place: a loss if that "
                    "passes the next check of a limit, or is booked as the amount.",
                )


HINTS = (
    HintRule(
        id="A9",
        title="An amount is clamped at zero and kept",
        category=Category.MONEY_ARITHMETIC,
        chance=0.33,
        why=(
            "`saturating_sub` hides that two books disagree. Kept as state, the open quantity or "
            "the used margin is too small from then on, and nobody hears of it."
        ),
        needs=("saturating_sub",),
        example="""\
fn on_fill(&mut self, fill: &Fill) {
    self.open_qty = self.open_qty.saturating_sub(fill.qty);
}
""",
        counter_example="""\
fn on_fill(&mut self, fill: &Fill) -> Result<(), Overfill> {
    self.open_qty = self.open_qty.checked_sub(fill.qty).ok_or(Overfill)?;
    Ok(())
}
""",
        find=_clamped_state,
    ),
    HintRule(
        id="A13",
        title="A missing price, fee or margin becomes 0",
        category=Category.MONEY_ARITHMETIC,
        chance=0.33,
        why=(
            "A book without asks has no best ask, and 0 is not one. Whether the 0 is caught "
            "stands in the code that uses it."
        ),
        needs=FALLBACKS,
        example="""\
fn spread(&self) -> i64 {
    let best_ask = self.asks.keys().next().copied().unwrap_or(0);
    best_ask - self.best_bid
}
""",
        counter_example="""\
fn spread(&self) -> Option<i64> {
    let best_ask = self.asks.keys().next().copied()?;
    Some(best_ask - self.best_bid)
}
""",
        find=_missing_is_zero,
    ),
    HintRule(
        id="A15",
        title="An overflow is answered with another amount",
        category=Category.MONEY_ARITHMETIC,
        chance=0.6,
        why=(
            "The check found that the amount cannot be right, and the fallback makes one up. "
            "Zero passes every upper limit; the largest number passes every lower one."
        ),
        needs=("checked_",),
        example="""\
fn notional(price: u64, qty: u64) -> u64 {
    price.checked_mul(qty).unwrap_or(0)
}
""",
        counter_example="""\
fn notional(price: u64, qty: u64) -> Result<u64, Overflow> {
    price.checked_mul(qty).ok_or(Overflow)
}
""",
        find=_overflow_is_answered,
    ),
)
