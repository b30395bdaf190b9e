"""Changes to a small order book, as the agent room gets them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewer.agent.agent_file import parse_agent_file
from reviewer.agent.items import Item
from reviewer.agent.material import Material, PullText
from reviewer.evidence import EvidenceReport
from reviewer.pull.base import repository_before
from reviewer.pull.diff import Diff
from reviewer.pull.parse import parse_diff
from reviewer.rust.file import RustFile
from reviewer.rust.lookup import lookup
from reviewer.rust.repository import Repository
from reviewer.scope.rooms import FileScope, Room, Scope

BOOK_PATH = "src/book.rs"
BASE = """\
use std::collections::BTreeMap;

pub struct Book {
    bids: BTreeMap<u64, u64>,
}

impl Book {
    pub fn apply_delta(&mut self, price: u64, qty: u64) {
        if qty == 0 {
            self.bids.remove(&price);
            return;
        }
        self.bids.insert(price, qty);
    }

    pub fn best(&self) -> Option<u64> {
        self.bids.keys().next_back().copied()
    }
}
"""
HEAD = """\
use std::collections::BTreeMap;

pub struct Book {
    bids: BTreeMap<u64, u64>,
}

impl Book {
    pub fn apply_delta(&mut self, price: u64, qty: u64) {
        self.bids.insert(price, qty);
    }

    pub fn best(&self) -> Option<u64> {
        self.bids.keys().next().copied()
    }
}
"""


@dataclass(frozen=True, slots=True)
class SampleItem:
    kind: str
    name_path: str
    start: int
    end: int


APPLY = SampleItem("fn", "impl Book::apply_delta", 8, 10)
BEST = SampleItem("fn", "impl Book::best", 12, 14)


def book_items(path: str, line: int, /) -> Item | None:
    """What encloses the lines of `HEAD`."""
    found = (i for i in (APPLY, BEST) if path == BOOK_PATH and i.start <= line <= i.end)
    return next(found, None)


def no_items(_path: str, _line: int, /) -> Item | None:
    return None


def change(files: Mapping[str, tuple[str | None, str | None]]) -> Diff:
    """The diff between base and head texts, as GitHub would show it."""
    parts: list[str] = []
    for path, (base, head) in files.items():
        old = [] if base is None else base.splitlines(keepends=True)
        new = [] if head is None else head.splitlines(keepends=True)
        body = "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in difflib.unified_diff(
                old,
                new,
                "/dev/null" if base is None else f"a/{path}",
                "/dev/null" if head is None else f"b/{path}",
            )
        )
        mode = "new file mode 100644\n" if base is None else ""
        mode = "deleted file mode 100644\n" if head is None else mode
        parts.append(f"diff --git a/{path} b/{path}\n{mode}{body}")
    return parse_diff("".join(parts))


def book_change() -> Diff:
    return change({BOOK_PATH: (BASE, HEAD)})


def scope_of(*paths: str) -> Scope:
    return Scope(tuple(FileScope(path, (Room.ORDER_BOOK,), "its name") for path in paths))


NONCE = "00112233445566778899aabbccddeeff"
AGENT = parse_agent_file("---\nname: a\nmodel: opus\n---\n\nYou review exchanges.\n")


def material_of(
    files: Mapping[str, tuple[str | None, str | None]], *, scope: Scope | None = None, **more: Any
) -> Material:
    """A change with nothing around it but what `others` holds: further files, by path."""
    diff = change(files)
    heads = {path: head for path, (_, head) in files.items() if head is not None}
    head = Repository({**more.pop("others", {}), **heads}, {"Cargo.toml": "[package]\n"})
    fields: dict[str, Any] = {
        "agent": AGENT,
        "pull": PullText("Faster book", "It was slow."),
        "diff": diff,
        "heads": heads,
        "scope": scope or scope_of(*files),
        "evidence": EvidenceReport(()),
        "item_at": lookup({path: RustFile.parse(path, text) for path, text in heads.items()}),
        "head": head,
        "base": repository_before(diff, head),
        "nonce": NONCE,
        **more,
    }
    return Material(**fields)


def book_material(**more: Any) -> Material:
    return material_of({BOOK_PATH: (BASE, HEAD)}, **more)


def verdict(id: str, **fields: Any) -> dict[str, Any]:
    """The claim of this id, confirmed; fields change it."""
    return {
        "id": id,
        "against": "Nothing shown.",
        "run": "Bids at 99 and 101: the first key is 99.",
        "verdict": "confirmed",
        "severity": "critical",
        "assumption": "",
        "evidence": [],
        "replacement": None,
        "references": ["OB-2"],
        **fields,
    }


def claim(**fields: Any) -> dict[str, Any]:
    """A true claim about `HEAD`; fields change it."""
    return {
        "path": BOOK_PATH,
        "side": "RIGHT",
        "line": 13,
        "start_line": None,
        "quote": "self.bids.keys().next().copied()",
        "category": "book_integrity",
        "severity": "critical",
        "title": "`best` gives the worst bid",
        "scenario": "With bids at 99 and 101 it answers 99, and an order is sent there.",
        "evidence": [],
        "assumption": "",
        "confidence": "certain",
        **fields,
    }


EMPTY: dict[str, Any] = {
    "summary": "Nothing.",
    "findings": [],
    "verdicts": [],
    "not_checked": [],
    "questions": [],
}


def envelope_text(*claims: dict[str, Any], **fields: Any) -> str:
    return json.dumps(
        {
            "summary": "It reads the best bid.",
            "findings": claims,
            "verdicts": [],
            "not_checked": [],
            "questions": [],
            **fields,
        }
    )
