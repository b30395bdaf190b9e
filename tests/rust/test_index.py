"""The repository's index, and the repository before the change."""

from __future__ import annotations

from pathlib import Path

from reviewer.pull.base import repository_before
from reviewer.pull.parse import parse_diff
from reviewer.rust.index import Index
from reviewer.rust.repository import Repository, index_text
from tests.support.git_repo import GitRepo

BOOK = """\
pub struct Book { bids: BTreeMap<i64, u64> }
enum Status { New, Filled }
impl Book {
    pub fn apply(&mut self, delta: Delta) -> u64 {
        self.check(delta.px);
        select! { ev = rx.recv() => { Gate::open(ev) } }
        best(delta)
    }
    fn check(&self, px: i64) {}
}
fn best(d: Delta) -> u64 { 0 }
"""
GATE = """\
impl Gate { pub fn open(&self) {} }
impl Other { fn check(&self) {} }
"""


def index() -> Index:
    return Index({"a/src/book.rs": index_text("a/src/book.rs", BOOK),
                  "a/src/gate.rs": index_text("a/src/gate.rs", GATE)})  # fmt: skip


def test_definitions_say_where_and_whose() -> None:
    (apply,) = index().named("apply")
    assert (apply.path, apply.start, apply.end, apply.owner) == ("a/src/book.rs", 4, 8, "Book")
    assert apply.signature == "pub fn apply(&mut self, delta: Delta) -> u64"
    assert index().variants("Status") == ("New", "Filled")
    assert index().field_type("Book", "bids") == "BTreeMap<i64, u64>"


def test_calls_are_resolved_by_owner_file_and_crate() -> None:
    found = index()
    (apply,) = found.named("apply")
    resolved = {call.name: found.resolve(call) for call in found.calls_in(apply)}
    assert [d.owner for d in resolved["check"]] == ["Book"]
    assert [d.path for d in resolved["open"]] == ["a/src/gate.rs"]
    assert [d.name_path for d in resolved["best"]] == ["best"]
    assert resolved["recv"] == ()


def test_what_the_base_was_is_told_apart_from_what_cannot_be_known(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    same = "".join(f"// line {n} of a file that only moves\n" for n in range(20))
    base = repo.commit(
        {"src/old.rs": same + "fn old() {}\n", "src/odd.rs": b"fn odd() {}\n\0",
         "src/large.rs": "x\n",
         "src/swap.rs": same.upper(), "src/kept.rs": "fn kept() {}\n"}
    )  # fmt: skip
    head = repo.commit(
        {"src/old.rs": None, "src/new.rs": same + "fn new() {}\n",
         "src/odd.rs": b"fn odd() { 1 }\n\0",
         "src/large.rs": "y\n", "src/swap.rs": None, "src/swap.txt": same.upper()}
    )  # fmt: skip
    diff = parse_diff(repo.diff(base, head))
    texts = {"src/new.rs": same + "fn new() {}\n", "src/odd.rs": "fn odd() { 1 }\n\0",
             "src/kept.rs": "fn kept() {}\n"}  # fmt: skip
    after = Repository(texts, {}, unread={"src/large.rs": "larger than 1 kB"})
    before = repository_before(diff, after)
    assert before.paths == ("src/kept.rs", "src/old.rs")
    assert before.text("src/old.rs") == same + "fn old() {}\n"
    assert dict(before.unread) == {
        "src/large.rs": "larger than 1 kB",
        "src/odd.rs": "git takes it for binary, so that the diff does not show it",
        "src/swap.rs": "the text of src/swap.txt is not at hand",
    }
    assert before.index.named("kept")
    assert not before.index.named("odd")


def test_a_copy_leaves_what_it_was_copied_from(tmp_path: Path) -> None:
    text = "".join(f"fn f{n}() {{}}\n" for n in range(9))
    repo = GitRepo(tmp_path)
    base = repo.commit({"src/a.rs": text})
    head = repo.commit({"src/b.rs": text})
    shown = repo.git("diff", "--find-copies-harder", base, head).decode()
    assert "copy from src/a.rs" in shown
    before = repository_before(
        parse_diff(shown), Repository({"src/a.rs": text, "src/b.rs": text}, {})
    )
    assert before.paths == ("src/a.rs",)
    assert before.text("src/a.rs") == text
    assert dict(before.unread) == {}


def test_the_base_is_the_head_with_the_hunks_undone(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    base = repo.commit({"src/a.rs": "fn a() {}\n", "src/gone.rs": "fn gone() {}\n"})
    head = repo.commit(
        {"src/a.rs": "fn a() { b() }\n", "src/gone.rs": None, "src/b.rs": "fn b() {}\n"}
    )
    diff = parse_diff(repo.diff(base, head))
    after = Repository({"src/a.rs": "fn a() { b() }\n", "src/b.rs": "fn b() {}\n"}, {})
    before = repository_before(diff, after)
    assert before.paths == ("src/a.rs", "src/gone.rs")
    assert before.text("src/a.rs") == "fn a() {}\n"
    assert before.index.named("gone")
    assert not before.index.calls_of("b")
