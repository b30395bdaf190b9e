"""U1 and U2: what people read about the rules on units and ranges."""

from __future__ import annotations

from reviewer.detect.rule import Explained, in_rooms
from reviewer.finding import Category, Severity

UNITS_RULE = Explained(
    id="U1",
    title="Two unlike units are taken for one",
    category=Category.MONEY_ARITHMETIC,
    severity=Severity.IMPORTANT,
    raised=in_rooms(Severity.CRITICAL),
    why=(
        "Nanoseconds and milliseconds, basis points and percent are all bare numbers to the "
        "compiler. Where one is compared with, added to or passed as the other, the result is off "
        "by a factor of a hundred to a billion: a limit that never trips, an order that never "
        "expires, a fee a hundred times too high. Only units that a suffix or a type spells out "
        "on both sides are told; conversions such as `* 1_000_000`, `to_ns(..)` and "
        "`NANOS_PER_MILLI` are followed."
    ),
    example="""\
fn is_stale(now_ns: u64, quote_ns: u64, max_age_ms: u64) -> bool {
    now_ns - quote_ns > max_age_ms
}
""",
    counter_example="""\
fn is_stale(now_ns: u64, quote_ns: u64, max_age_ms: u64) -> bool {
    now_ns - quote_ns > max_age_ms * 1_000_000
}
""",
)

RANGE_RULE = Explained(
    id="U2",
    title="The largest price times the largest quantity leaves its type",
    category=Category.MONEY_ARITHMETIC,
    severity=Severity.CRITICAL,
    why=(
        "The repository's own limits say how large a price and a quantity may be. Where their "
        "product is more than the integer type holds, a release build without overflow checks "
        "wraps it: the notional of the largest orders comes out small or negative and passes "
        "every limit. The product needs a wider type, such as `i128`, before it is made, or "
        "`checked_mul`. This rule speaks only where both maxima are configured, or the largest "
        "notional."
    ),
    example="""\
// limits: a price up to 10^11, a quantity up to 10^9
fn notional(price: i64, qty: i64) -> i64 {
    price * qty
}
""",
    counter_example="""\
// limits: a price up to 10^11, a quantity up to 10^9
fn notional(price: i64, qty: i64) -> i128 {
    i128::from(price) * i128::from(qty)
}
""",
)
