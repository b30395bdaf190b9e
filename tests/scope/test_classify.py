"""Which rooms a changed file belongs to, and the words that say why."""

from __future__ import annotations

import pytest

from reviewer.pull.diff import FileDiff, FileStatus, Hunk, Line, LineKind
from reviewer.rust.file import RustFile
from reviewer.scope.classify import classify
from reviewer.scope.rooms import FileScope, Room
from reviewer.scope.words import plain_name, split

PLAIN = "pub fn run() {\n    start();\n}\n"


def diff(path: str, *added: int, status: FileStatus = FileStatus.MODIFIED) -> FileDiff:
    hunks = tuple(Hunk(n, 0, n, 1, (Line(LineKind.ADDED, None, n, "x"),)) for n in added)
    return FileDiff(path, path, status, hunks)


def scope_of(path: str, text: str = PLAIN, *added: int) -> FileScope:
    (scope,) = classify([(diff(path, *added), text, RustFile.parse(path, text))]).files
    return scope


@pytest.mark.parametrize(
    ("path", "rooms"),
    [
        ("src/order_book.rs", {Room.ORDER_BOOK}),
        ("crates/orderbook/src/side.rs", {Room.ORDER_BOOK}),
        ("src/book/mod.rs", {Room.ORDER_BOOK}),
        ("engine/src/matching/engine.rs", {Room.ORDER_BOOK}),
        ("src/oms/cancel.rs", {Room.ORDER_BOOK}),
        ("src/depth/btreemarketdepth.rs", {Room.ORDER_BOOK, Room.MARKET_DATA}),
        ("src/risk/check.rs", {Room.RISK}),
        ("src/risk_manager.rs", {Room.RISK}),
        ("src/position.rs", {Room.RISK}),
        ("src/margin/mod.rs", {Room.RISK}),
        ("src/feed/handler.rs", {Room.MARKET_DATA}),
        ("connector/src/market_data_stream.rs", {Room.MARKET_DATA}),
        ("src/itch/decoder.rs", {Room.MARKET_DATA}),
        ("src/candles.rs", {Room.MARKET_DATA}),
        ("src/user_data_stream.rs", {Room.ORDER_BOOK}),
        ("src/main.rs", set()),
        ("src/config.rs", set()),
        ("src/facebook.rs", set()),
        ("src/reorder.rs", set()),
        ("src/generated/python/order_factories.rs", set()),
        ("src/order/error.rs", set()),
        ("src/threads/queue.rs", set()),
        ("src/logging.rs", set()),
    ],
)
def test_the_path_tells_the_room(path: str, rooms: set[Room]) -> None:
    assert set(scope_of(path).rooms) == rooms


BOT = """\
pub struct Bot { url: String }

impl Bot {
    pub fn connect(&self) {
        dial(&self.url);
    }

    pub fn cancel_order(&mut self, id: u64) {
        self.orders.remove(&id);
    }
}

impl RiskLimits for Bot {
    fn check_exposure(&self) -> bool {
        self.exposure < self.cap
    }
}
"""


def test_a_file_of_many_trades_is_placed_by_the_items_that_changed() -> None:
    assert scope_of("src/live.rs", BOT, 5).rooms == ()
    assert scope_of("src/live.rs", BOT, 14).rooms == (Room.RISK,)


def test_the_reason_names_what_was_seen() -> None:
    assert scope_of("src/book.rs", BOT, 14).reason == (
        'path has "book"; impl RiskLimits for Bot, fn check_exposure'
    )
    assert scope_of("src/live.rs", BOT, 5).reason == (
        "no trading name in the path or the changed items"
    )


def test_names_in_plain_files_count_without_type_arguments() -> None:
    text = "impl<K> Apply<OrderBook> for Cache<K, Margin> {\n    fn apply(&self) {}\n}\n"
    assert scope_of("src/cache.rs", text, 2).rooms == ()


def test_a_change_outside_all_items_is_placed_by_the_whole_file() -> None:
    text = "use a::b;\n\nstruct OrderBook;\nimpl OrderBook {\n    fn best_bid(&self) {}\n}\n"
    assert scope_of("src/core.rs", text, 1).rooms == (Room.ORDER_BOOK,)


def test_a_removed_line_counts_for_the_item_it_was_taken_from() -> None:
    hunk = Hunk(
        14,
        2,
        14,
        1,
        (
            Line(LineKind.CONTEXT, 14, 14, "    fn check_exposure(&self) -> bool {"),
            Line(LineKind.REMOVED, 15, None, "        self.log();"),
        ),
    )
    changed = FileDiff("src/live.rs", "src/live.rs", FileStatus.MODIFIED, (hunk,))
    scope = classify([(changed, BOT, RustFile.parse("src/live.rs", BOT))])
    assert scope.rooms == (Room.RISK,)


def test_a_deleted_file_is_placed_by_its_path() -> None:
    gone = diff("src/risk/limits.rs", status=FileStatus.REMOVED)
    scope = classify([(gone, None, None)])
    assert scope.of("src/risk/limits.rs") == (Room.RISK,)
    assert scope.files[0].reason == 'path has "risk"'


def test_files_of_other_languages_have_no_scope() -> None:
    scope = classify([(diff("src/order_book.py"), "x", None), (diff("book/README.md"), None, None)])
    assert scope.files == ()
    assert scope.rooms == ()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("BidLevels", ("bid", "level")),
        ("apply_l2_delta", ("apply", "l2", "delta")),
        ("OrderBookL2Manager", ("order", "book", "l2", "manager")),
        ("FIXSession", ("fix", "session")),
        ("best-bid", ("best", "bid")),
        ("GROSS_PNL", ("gross", "pnl")),
        ("x86", ("x",)),
        ("", ()),
    ],
)
def test_names_fall_into_their_words(name: str, words: tuple[str, ...]) -> None:
    assert split(name) == words


def test_type_arguments_are_left_out_of_a_name() -> None:
    assert plain_name("impl Depth<P> for Book<P, Vec<Q>>") == "impl Depth for Book"
    assert plain_name("impl From<Vec<A>> for B") == "impl From for B"
    assert plain_name("apply_delta") == "apply_delta"
