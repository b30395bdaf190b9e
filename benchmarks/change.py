"""Changes of a wanted size on a made-up order-book crate."""

from __future__ import annotations

_HEAD = """\
use std::collections::BTreeMap;

pub struct Book {
    bids: BTreeMap<u64, u64>,
    asks: BTreeMap<u64, u64>,
}

"""
_FUNCTION = """\
    pub fn apply_level_{n}(&mut self, price: u64, qty: u64) -> Option<u64> {{
        let tick = price / {d} * {d};
        if qty == 0 {{
            return self.bids.remove(&tick);
        }}
        let before = self.bids.insert(tick, qty);
        if let Some((best, _)) = self.asks.first_key_value() {{
            if tick >= *best {{
                self.bids.remove(&tick);
            }}
        }}
        before
    }}

"""
LINES_OF_ONE = _FUNCTION.count("\n")
FUNCTIONS_A_FILE = 12


def files(functions: int, *, divisor: int) -> dict[str, str]:
    """Files that hold so many functions between them."""
    found: dict[str, str] = {}
    for start in range(0, functions, FUNCTIONS_A_FILE):
        numbers = range(start, min(functions, start + FUNCTIONS_A_FILE))
        body = "".join(_FUNCTION.format(n=n, d=divisor) for n in numbers)
        text = f"{_HEAD}impl Book {{\n{body.rstrip()}\n}}\n"
        found[f"src/book/levels_{start // FUNCTIONS_A_FILE}.rs"] = text
    return found


def change(added_lines: int) -> tuple[dict[str, str], dict[str, str]]:
    """Base files, and the files of a change that adds about so many lines to them."""
    functions = max(1, round(added_lines / LINES_OF_ONE))
    base = files(FUNCTIONS_A_FILE, divisor=5) | {"Cargo.toml": "[package]\n"}
    grown = {
        name.replace("levels", "changed"): text
        for name, text in files(functions, divisor=10).items()
    }
    return base, grown
