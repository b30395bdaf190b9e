"""Whether a repository trades, by its paths and by what it defines."""

from __future__ import annotations

from reviewer.scope.repository import trades
from reviewer.scope.signs import ROOMS

PLAIN = {f"src/part{n}.rs": f"pub fn step{n}() {{}}\npub struct Tool{n};\n" for n in range(30)}


def test_a_repository_with_plain_paths_trades_by_what_it_defines() -> None:
    texts = {**PLAIN, "src/core.rs": "fn cancel_order() {}\nstruct Margin;\nfn fill() {}\n" * 2}
    texts["src/run.rs"] = "enum OrderSide {}\nfn best_bid() {}\nstruct Position;\ntrait Feed {}\n"
    assert not trades(texts, lambda _path: None, ROOMS)
    assert trades(texts, texts.get, ROOMS)


def test_one_that_defines_other_things_does_not() -> None:
    assert not trades(PLAIN, PLAIN.get, ROOMS)


def test_its_tests_do_not_count() -> None:
    texts = {**PLAIN, "tests/a.rs": "fn cancel_order() {}\nstruct Margin;\nfn fill() {}\n" * 9}
    assert not trades(texts, texts.get, ROOMS)


def test_a_large_repository_is_read_in_part() -> None:
    read: list[str] = []

    def text(path: str) -> str:
        read.append(path)
        return "fn order() {}"

    trades([f"src/part{n}.rs" for n in range(5000)], text, ROOMS)
    assert 0 < len(read) <= 40
