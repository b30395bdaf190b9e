"""H1 to H3: what people read about the rules on hidden text."""

from __future__ import annotations

from reviewer.detect.rule import Explained
from reviewer.finding import Category, Severity
from reviewer.scope.rooms import Room

BIDI_RULE = Explained(
    id="H1",
    title="A control character shows the line in another order than it is read",
    category=Category.SECURITY,
    severity=Severity.IMPORTANT,
    raised=tuple((room, Severity.CRITICAL) for room in Room),
    why=(
        "Bidirectional controls (U+202A to U+202E, U+2066 to U+2069) tell an editor to show text "
        "from right to left. With one in a comment or a string, what a reviewer takes for a check "
        "is part of the comment, and the order that the check would have stopped goes out. rustc "
        "refuses them until an `allow` tells it not to; what reads scripts and manifests does not."
    ),
    example="""\
fn may_send(&self, order: &Order) -> bool {
    /* limits first \u202e } if self.within_limits(order) \u2066{ \u2069 */
    true
}
""",
    counter_example="""\
fn may_send(&self, order: &Order) -> bool {
    // Hebrew needs no controls: \u05d1\u05d3\u05d9\u05e7\u05ea \u05de\u05d2\u05d1\u05dc\u05d5\u05ea
    self.within_limits(order)
}
""",
)

ZERO_WIDTH_RULE = Explained(
    id="H2",
    title="A character that nobody sees stands in a name or a string",
    category=Category.SECURITY,
    severity=Severity.IMPORTANT,
    why=(
        "Zero-width characters take no room, yet two strings that differ by one are not equal: a "
        "symbol is not found in its table, an account is not found among the limits, and the "
        "default applies. Runs of tag characters and variation selectors can carry whole "
        "sentences past a reviewer, to a program or a model that reads them."
    ),
    example="""\
fn tick_size(symbol: &str) -> Option<i64> {
    match symbol {
        "BTC\u200b-USD" => Some(10),
        _ => None,
    }
}
""",
    counter_example="""\
fn tick_size(symbol: &str) -> Option<i64> {
    match symbol {
        "BTC-USD" => Some(10),
        "\\u{200b}" => None,
        _ => None,
    }
}
""",
)

HOMOGLYPH_RULE = Explained(
    id="H3",
    title="A name is spelled with letters that only look Latin",
    category=Category.SECURITY,
    severity=Severity.IMPORTANT,
    why=(
        "A Cyrillic or Greek letter that looks like a Latin one makes a second name that nobody "
        "can tell from the first. A position is written to the one and read from the other, and "
        "the limit check sees the one that never moves. Names that show their script, such as "
        "`\u0394t` or `\u03c3`, are left alone."
    ),
    example="""\
fn on_fill(&mut self, fill: &Fill) {
    let p\u043esition = self.position + fill.qty;
    self.check(self.position);
}
""",
    counter_example="""\
fn on_fill(&mut self, fill: &Fill) {
    let \u0394position = fill.qty;
    self.check(self.position + \u0394position);
}
""",
)
