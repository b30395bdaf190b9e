"""The index of what nobody would write."""

from __future__ import annotations

import threading

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reviewer.rust.file_index import FileIndex
from reviewer.rust.index_cache import IndexCache, weight
from reviewer.rust.repository import Repository, index_text

WORDS = """
fn impl trait struct enum mod use const static type for let if match self Self x Book é r#fn
( ) { } [ ] < > :: : . , ; = => -> & * ! # ? | " ' // /* */ 1 1.5 u64 'a dyn where as
assert!( select!{ ours!( x.y( a::b( #[cfg(test)] Some( macro_rules!
"""
TOKENS = st.lists(st.sampled_from([*WORDS.split(), "\n", "\r\n"]), max_size=80)


@settings(max_examples=300, deadline=None)
@given(TOKENS, st.sampled_from([" ", "", "\n"]))
@example([":: fn assert!("], " ")
@example(["::", "assert!("], "\n")
def test_any_tokens_give_an_index_that_fits_them(tokens: list[str], glue: str) -> None:
    text = glue.join(tokens)
    lines = text.split("\n")
    found = Repository({"src/a.rs": text}, {}).index
    file = found.file("src/a.rs")
    assert file is not None
    for definition in file.definitions:
        assert 1 <= definition.start <= definition.end <= len(lines)
        assert definition.name in "\n".join(lines[definition.start - 1 : definition.end])
    for call in file.calls:
        assert call.name in lines[call.line - 1]
        caller = found.caller_of(call)
        assert (caller is not None) == bool(call.caller)
        found.resolve(call)


@pytest.mark.parametrize(
    "text",
    [
        "fn f() { " + "(" * 50_000,
        "fn f() { x" + ".a(1)" * 20_000 + "; }",
        "ours! { " + "a.b(" * 20_000 + "}",
        "use a::{" * 5_000,
        "use a::{" * 300 + "b" + "}" * 300 + ";",
        "impl " + "A<" * 900 + ">" * 900 + " { fn f() {} }",
        "type A = " + "Vec<" * 400 + "u8" + ">" * 400 + ";\nfn f(a: A) { a[0].b(); }",
        "fn f() { let x = x; x.go(); } impl A { fn go(&self) -> Self { self.go() } }",
        "// x\n" * 400_000,
    ],
    ids=["brackets", "chain", "tokens", "open use", "use", "generics", "alias", "itself", "2 MB"],
)
def test_what_is_made_to_hurt_costs_its_own_file_at_most(text: str) -> None:
    found = Repository({"src/bad.rs": text, "src/good.rs": "fn good() { best() } fn best() {}"}, {})
    for name in ("bad", "good"):
        file = found.index.file(f"src/{name}.rs")
        assert file is not None
        for call in file.calls:
            found.index.resolve(call)
    (good,) = found.index.named("good")
    (call,) = found.index.calls_in(good)
    assert [d.name for d in found.index.resolve(call)] == ["best"]


def test_many_small_files_are_all_there() -> None:
    found = Repository({f"src/f{n}.rs": f"fn f{n}() {{ f0() }}" for n in range(10_000)}, {}).index
    assert len(found.calls_of("f0")) == 10_000
    (last,) = found.named("f9999")
    assert [d.path for d in found.resolve(found.calls_in(last)[0])] == ["src/f0.rs"]


def test_an_index_is_made_once_for_a_content_and_the_oldest_goes() -> None:
    made: list[str] = []

    def make(name: str) -> FileIndex:
        made.append(name)
        return index_text(name, "fn a() {}")

    size = weight(index_text("a", "fn a() {}"))
    cache = IndexCache(max_bytes=2 * size)
    for name in ("a", "b", "a", "c", "a", "b"):
        assert cache.get(name, "1", lambda name=name: make(name)).path == name  # type: ignore[misc]
    assert made == ["a", "b", "c", "b"]
    assert cache.get("b", "2", lambda: make("b")).path == "b"
    assert made[-1] == "b"


def test_threads_share_what_one_has_read() -> None:
    texts = {f"src/f{n}.rs": f"fn f{n}() {{}}" for n in range(50)}
    cache = IndexCache()
    seen: list[int] = []

    def look() -> None:
        index = Repository(texts, {}, indexes=cache).index
        seen.append(sum(bool(index.named(f"f{n}")) for n in range(50)))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [50] * 4
    one, other = (Repository(texts, {}, indexes=cache).index.file("src/f1.rs") for _ in "ab")
    assert one is other
