"""Answers to tasks about the sample book."""

from __future__ import annotations

from typing import Any

from reviewer.agent.named_items import item_named
from reviewer.agent.task import Subject
from reviewer.finding import Category, Finding, Severity
from reviewer.pull.diff import Side
from tests.agent.samples import BOOK_PATH, HEAD, book_material, material_of

WRONG_BID = Finding(
    path=BOOK_PATH,
    side=Side.RIGHT,
    line=13,
    start_line=None,
    quote="        self.bids.keys().next().copied()",
    category=Category.BOOK_INTEGRITY,
    severity=Severity.CRITICAL,
    title="`best` gives the worst bid",
    scenario="With bids at 99 and 101 it answers 99, and an order is sent there.",
    source="model",
    scope_path="impl Book::best",
)
RIGHT_BID = "        self.bids.keys().next_back().copied()"
GATE_PATH = "src/gate.rs"
GATE = """\
use crate::book::Book;

pub struct Gate {
    limit: u64,
}

impl Gate {
    pub fn allows(&self, book: &Book, price: u64) -> bool {
        book.best().is_none_or(|best| price <= best + self.limit)
    }
}
"""
QUOTE = "self.bids.keys().next().copied()"
PROOF = {"path": BOOK_PATH, "line": 13, "quote": QUOTE}
NOWHERE = {"path": BOOK_PATH, "line": 13, "quote": "self.bids.last().copied()"}


def block(text: str, kind: str = "text", **fields: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("language", "path", "start", "end"))
    return {"kind": kind, "title": "", "text": text, **empty, **fields}


def code(text: str, **fields: Any) -> dict[str, Any]:
    return block(text, "code", **{"language": "rust", **fields})


def said(*blocks: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A whole answer."""
    none: dict[str, Any] = {"evidence": [], "replacement": None, "questions": []}
    return {"blocks": list(blocks), **none, **fields}


def with_gate(**more: Any) -> Any:
    """The sample change, with a file beside it that it leaves alone."""
    return book_material(others={GATE_PATH: GATE}, **more)


def about_item(name: str, material: Any = None) -> Subject:
    return Subject(item=item_named((material or with_gate()).head, name))


def unchanged() -> Any:
    """The repository as it stands, with no change at all."""
    return material_of({}, others={BOOK_PATH: HEAD, GATE_PATH: GATE})
