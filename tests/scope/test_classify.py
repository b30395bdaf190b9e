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
    hunks = tuple(Hunk(n, 0, n, 1, (Line(LineKind.ADDED, None, n, "x = 1;"),)) for n in added)
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
    text = (
        "static MOST: u8 = 8;\nstruct OrderBook;\nimpl OrderBook {\n    fn best_bid(&self) {}\n}\n"
    )
    assert scope_of("src/core.rs", text, 1).rooms == (Room.ORDER_BOOK,)


INERT = """\
use a::{
    OrderBook,
    Side,
};
/// Keeps the book sorted.
pub mod book;

pub fn submit_order() { // sends
    send();
}
"""


@pytest.mark.parametrize("line", [1, 2, 4, 5, 6])
def test_imports_comments_and_module_lines_are_no_trading_code(line: int) -> None:
    hunk = Hunk(line, 0, line, 1, (Line(LineKind.ADDED, None, line, INERT.split("\n")[line - 1]),))
    changed = FileDiff("src/order_book.rs", "src/order_book.rs", FileStatus.MODIFIED, (hunk,))
    (scope,) = classify([(changed, INERT, RustFile.parse("src/order_book.rs", INERT))]).files
    assert scope.rooms == ()
    assert scope.reason == "only comments, imports, module or log lines change"


@pytest.mark.parametrize("line", [8, 9])
def test_code_beside_them_is(line: int) -> None:
    assert scope_of("src/order_book.rs", INERT, line).rooms == (Room.ORDER_BOOK,)


def test_a_removed_import_of_many_lines_is_none() -> None:
    removed = ("use crate::orders::{", "    submit_order,", "    cancel_order,", "};")
    lines = tuple(Line(LineKind.REMOVED, n, None, text) for n, text in enumerate(removed, 7))
    changed = FileDiff(
        "src/book.rs", "src/book.rs", FileStatus.MODIFIED, (Hunk(7, 4, 7, 0, lines),)
    )
    assert classify([(changed, BOT, RustFile.parse("src/book.rs", BOT))]).rooms == ()


def test_the_names_that_a_changed_line_uses_tell_the_room() -> None:
    text = (
        "fn go(h: Handle) {\n    let b = OrderBook::new();\n    b.submit_order(fill_order(h));\n}\n"
    )
    changed = FileDiff(
        "src/main.rs",
        "src/main.rs",
        FileStatus.MODIFIED,
        (
            Hunk(
                2,
                0,
                2,
                2,
                tuple(
                    Line(LineKind.ADDED, None, number, text.split("\n")[number - 1])
                    for number in (2, 3)
                ),
            ),
        ),
    )
    scope = classify([(changed, text, RustFile.parse("src/main.rs", text))])
    assert scope.rooms == (Room.ORDER_BOOK,)
    assert scope.files[0].reason == "uses OrderBook, submit_order, fill_order"


def test_each_part_of_a_file_has_its_own_rooms() -> None:
    file = RustFile.parse("src/live.rs", BOT)
    scope = classify([(diff("src/live.rs", 5, 14), BOT, file)])
    assert scope.at("src/live.rs", 14) == (Room.RISK,)
    assert scope.at("src/live.rs", 5) == ()
    assert scope.of("src/live.rs") == (Room.RISK,)


def test_the_configuration_stands_above_the_names() -> None:
    scope = classify(
        [(diff("src/book.rs", 14), BOT, RustFile.parse("src/book.rs", BOT))],
        lambda path: (Room.MARKET_DATA,) if path == "src/book.rs" else None,
    )
    assert scope.rooms == (Room.MARKET_DATA,)


TREE = ["src/order_book.rs", "src/risk.rs", "src/engine.rs", "src/util.rs", "src/config.rs"]


def nearby(path: str, *, tree: list[str], text: str = PLAIN, line: int = 2) -> FileScope:
    (scope,) = classify([(diff(path, line), text, RustFile.parse(path, text))], paths=tree).files
    return scope


def test_production_code_of_a_trading_system_is_in_scope_without_a_telling_name() -> None:
    scope = nearby("src/util.rs", tree=TREE)
    assert scope.in_scope
    assert scope.rooms == ()
    assert scope.reason == "production code of a trading system"


@pytest.mark.parametrize("path", ["tests/util.rs", "src/python/util.rs", "src/tui/util.rs"])
def test_its_tests_and_its_screens_are_not(path: str) -> None:
    assert not nearby(path, tree=TREE).in_scope


@pytest.mark.parametrize("path", ["src/config.rs", "src/error.rs", "src/venue/auth.rs"])
def test_its_settings_errors_and_signatures_are(path: str) -> None:
    assert nearby(path, tree=TREE).in_scope


def test_comments_and_test_modules_of_it_are_not() -> None:
    assert not nearby("src/util.rs", tree=TREE, text="// a\n// b\n", line=1).in_scope
    tests = "#[cfg(test)]\nmod tests {\n    fn a() {}\n}\n"
    assert not nearby("src/util.rs", tree=TREE, text=tests, line=3).in_scope


def test_a_repository_that_does_not_trade_lends_no_scope() -> None:
    tree = ["src/matcher.rs", "src/order.rs", *(f"src/search{n}.rs" for n in range(30))]
    assert not nearby("src/util.rs", tree=tree).in_scope


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


def test_a_file_that_cannot_be_placed_is_in_scope_and_named() -> None:
    def mapped(path: str) -> None:
        if path == "src/tools.rs":
            raise RecursionError(path)

    files = [(diff(path), None, None) for path in ("src/tools.rs", "src/order_book.rs")]
    scope = classify(files, mapped)
    assert scope.paths == {"src/tools.rs", "src/order_book.rs"}
    assert scope.of("src/order_book.rs") == (Room.ORDER_BOOK,)
    (missed,) = scope.missed
    assert missed.told("it") == "scope could not look at it"


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


def test_one_good_name_makes_no_trading_system() -> None:
    assert not nearby("src/util.rs", tree=["src/order_book.rs", "src/util.rs"]).in_scope
