"""Rust files of a realistic shape, and ugly ones, made up on the spot."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

SEED = 7
WORST_BYTES = 700_000
"""The size above which the App does not read a file, unless told otherwise."""

_HEAD = """\
//! Keeps {noun} of one venue.

use std::collections::{{BTreeMap, HashMap}};

use tracing::{{debug, info, warn}};

use crate::types::{{Event, Fill, Order, OrderId, Side, Venue}};

/// What is known of {noun}.
#[derive(Debug, Clone, Default)]
pub struct {name} {{
    bids: BTreeMap<i64, f64>,
    asks: BTreeMap<i64, f64>,
    open: HashMap<OrderId, Order>,
    last_seq: u64,
    position: i64,
    tick_size: f64,
}}

"""
_METHODS = (
    """\
    /// Applies one level of a delta; a size of zero removes it.
    pub fn apply_{noun}_{n}(&mut self, side: Side, price: i64, qty: f64) -> Option<f64> {{
        let levels = match side {{
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }};
        if qty == 0.0 {{
            return levels.remove(&price);
        }}
        levels.insert(price, qty)
    }}

""",
    """\
    pub fn on_fill_{n}(&mut self, fill: &Fill) -> Result<(), UnknownOrder> {{
        let order = self.open.get_mut(&fill.order_id).ok_or(UnknownOrder(fill.order_id))?;
        order.filled += fill.qty;
        // What is left decides whether the order stays.
        if order.filled >= order.qty {{
            self.open.remove(&fill.order_id);
        }}
        debug!(order = %fill.order_id, qty = fill.qty, "filled");
        Ok(())
    }}

""",
    """\
    async fn resync_{n}(&mut self, venue: &Venue) -> Result<(), VenueError> {{
        let snapshot = venue.snapshot(&self.symbol).await?;
        if snapshot.seq < self.last_seq {{
            warn!("stale snapshot {{}} after {{}}", snapshot.seq, self.last_seq);
            return Ok(());
        }}
        self.bids = snapshot.bids.iter().map(|level| (level.price, level.qty)).collect();
        self.asks = snapshot.asks.iter().map(|level| (level.price, level.qty)).collect();
        self.last_seq = snapshot.seq;
        Ok(())
    }}

""",
    """\
    fn within_limits_{n}(&self, order: &Order) -> bool {{
        let notional = order.price as f64 * self.tick_size * order.qty as f64;
        let after = match order.side {{
            Side::Buy => self.position + order.qty as i64,
            Side::Sell => self.position - order.qty as i64,
        }};
        notional <= self.limits.notional && after.abs() <= self.limits.position
    }}

""",
    """\
    pub async fn run_{n}(mut self, mut events: Receiver<Event>) {{
        loop {{
            tokio::select! {{
                Some(event) = events.recv() => {{
                    let text = event.payload.clone();
                    self.handle_event_{n}(event, &text);
                }}
                _ = self.stop.recv() => break,
            }}
        }}
        info!(open = self.open.len(), "stopped");
    }}

""",
)
_TESTS = """\
#[cfg(test)]
mod tests {{
    use super::*;

    #[test]
    fn a_level_of_zero_is_removed() {{
        let mut book = {name}::default();
        assert_eq!(book.apply_{noun}_0(Side::Buy, 100, 1.0), None);
        assert_eq!(book.apply_{noun}_0(Side::Buy, 100, 0.0), Some(1.0));
    }}
}}
"""
_NOUNS = ("depth", "quotes", "orders", "margin", "trades", "session", "routes", "ledger")


def tree(count: int) -> dict[str, str]:
    """So many files; most are small, a few are long, as in public trading crates."""
    chance = random.Random(SEED)
    return {f"src/{_NOUNS[n % 8]}_{n}.rs": _file(n, chance) for n in range(count)}


def _file(number: int, chance: random.Random) -> str:
    noun = _NOUNS[number % len(_NOUNS)]
    names = {"noun": noun, "name": f"{noun.title()}{number}"}
    methods = min(80, 1 + int(chance.lognormvariate(1.6, 1.0)))
    body = "".join(chance.choice(_METHODS).format(n=n, **names) for n in range(methods))
    return f"{_HEAD.format(**names)}impl {names['name']} {{\n{body}}}\n\n{_TESTS.format(**names)}"


def _repeated(head: str, part: str, tail: str) -> Callable[[int], str]:
    def made(size: int) -> str:
        return head + part * ((size - len(head) - len(tail)) // len(part)) + tail

    return made


def _plain(size: int) -> str:
    methods = "".join(_METHODS).format(n=0, noun="depth")
    return _repeated(_HEAD.format(noun="depth", name="Depth") + "impl Depth {\n", methods, "}\n")(
        size
    )


WORST: Mapping[str, Callable[[int], str]] = {
    "plain methods": _plain,
    "unwraps in one function": _repeated(
        "fn on_fill(m: &Fill) {\n", "    m.qty.unwrap(); self.bids.get(&m.price).unwrap();\n", "}"
    ),
    "amounts in one function": _repeated(
        "fn on_fill(qty: u64, open_qty: u64) {\n", "    let left_qty = qty * qty - open_qty;\n", "}"
    ),
    "one name stated anew": _repeated(
        "fn f(m: &Fill) {\n", "    let qty: u64 = m.qty; self.qty -= qty / qty;\n", "}"
    ),
    "one long line": _repeated("fn f() { ", "let _ = self.venue.cancel_order(m.id); ", "}"),
    "chains": _repeated("fn f() {\n", "    x" + ".unwrap_or(0).parse()" * 30 + ";\n", "}"),
    "nested ifs": _repeated("", "fn f() {" + " if a.price > b {" * 100 + "}" * 100 + "}\n", ""),
    "loops over maps": _repeated(
        "struct S { m: HashMap<A, B> }\nfn f(s: &S) {\n",
        "    for a in s.m.keys() { b.send(a); }\n",
        "}",
    ),
    "atomics": _repeated(
        "fn f(s: &S) {\n", "    s.bid.store(1, Relaxed); s.ask.load(Relaxed);\n", "}"
    ),
    "table of numbers": _repeated("const TABLE: [u8; N] = [", "0, 17, 255,\n", "];\n"),
    "comments that allow": _repeated("", "// reviewer: allow(A16) so it is\nfn f() {}\n", ""),
}
