"""What speaks for a room: weak signs together, and code around trading that only looks like it."""

from __future__ import annotations

import pytest

from reviewer.scope.rooms import Room
from tests.scope.changes import change

HUB = """\
pub fn handle(ctx: Context, params: Params) -> Result<u64> {
    let maker_price = params.limit_price;
    let taker_order_size = ctx.order_size_left;
    let fill_size = taker_order_size.min(ctx.maker_size);
    Ok(fill_size * maker_price)
}

pub fn greet(name: &str) -> String {
    let mut first_line = name.to_string();
    first_line.push('!');
    first_line
}
"""


def test_a_function_of_a_hub_without_a_telling_name_is_placed_by_what_it_works_on() -> None:
    after = HUB.replace("fill_size * maker_price", "fill_size * (maker_price + 1)")
    scope = change("src/lib.rs", HUB, after)
    assert scope.rooms == (Room.ORDER_BOOK,)
    assert scope.reason == "uses fill_size, maker_price, limit_price"


def test_its_neighbour_is_not() -> None:
    after = HUB.replace("'!'", "'?'")
    assert change("src/lib.rs", HUB, after).rooms == ()


def test_one_name_of_a_room_among_others_is_no_sign() -> None:
    before = (
        "fn start(a: A) {\n    let first_run = a.run_count;\n    let limit_order = a.next_run;\n}\n"
    )
    after = before.replace("a.run_count", "a.run_count + a.run_offset")
    assert change("src/lib.rs", before, after).rooms == ()


SCREEN = """\
fn view_of(state: &State) -> Element {
    let price_chart = OrderBookChart::new(state.tooltip_position);
    price_chart.draw_canvas(PositionTooltip::default())
}
"""


def test_names_of_things_on_a_screen_are_not_of_trading() -> None:
    after = SCREEN.replace("tooltip_position", "modal_position")
    assert change("src/view.rs", SCREEN, after).rooms == ()


@pytest.mark.parametrize(
    "path",
    [
        "py-book/src/order.rs",
        "crates/cli/src/cmd/order.rs",
        "src/gui/position.rs",
        "src/idl/order.rs",
    ],
)
def test_bindings_command_lines_and_screens_are_support_all_the_way_down(path: str) -> None:
    after = HUB.replace("fill_size * maker_price", "fill_size")
    assert change(path, HUB, after).rooms == ()


@pytest.mark.parametrize("path", ["crates/risk/src/a/b/state.rs", "matching-engine/src/a/b/run.rs"])
def test_the_name_of_a_crate_counts_for_all_of_it(path: str) -> None:
    before = "pub fn step(x: u64) -> u64 {\n    x + 1\n}\n"
    assert change(path, before, before.replace("x + 1", "x + 2")).rooms != ()


@pytest.mark.parametrize(
    ("name", "room"),
    [
        ("settle_fills", Room.RISK),
        ("read_open_interest", Room.MARKET_DATA),
        ("try_get_mmoracle", Room.MARKET_DATA),
        ("borrowing_rate", Room.RISK),
        ("limit_order_crosses", Room.ORDER_BOOK),
        ("close_liquidation", Room.RISK),
    ],
)
def test_a_function_is_placed_by_its_name(name: str, room: Room) -> None:
    before = f"pub fn {name}(x: u64) -> u64 {{\n    x + 1\n}}\n"
    assert room in change("src/lib.rs", before, before.replace("x + 1", "x + 2")).rooms


def test_an_account_alone_is_none_of_risk() -> None:
    before = "pub fn create_account(x: u64) -> u64 {\n    x + 1\n}\n"
    assert change("src/lib.rs", before, before.replace("x + 1", "x + 2")).rooms == ()


def test_a_borrow_of_the_language_is_none_of_lending() -> None:
    before = "fn apply(cell: &Cell) {\n    let inner_part = cell.part.borrow_mut();\n}\n"
    after = before.replace("cell.part.borrow_mut()", "BorrowMut::<Part>::try_borrow_mut(cell)")
    assert change("src/lib.rs", before, after, trades=True).rooms == ()


LIMITS = """\
impl Default for Settings {
    fn default() -> Self {
        Self { max_position: 100, log_level: 3 }
    }
}
"""


@pytest.mark.parametrize("path", ["src/config.rs", "src/settings/mod.rs", "src/risk/config.rs"])
def test_a_limit_that_is_set_among_the_settings_is_of_risk(path: str) -> None:
    scope = change(path, LIMITS, LIMITS.replace("max_position: 100", "max_position: 100_000"))
    assert scope.rooms == (Room.RISK,)
    assert "max_position" in scope.reason


def test_another_setting_is_of_no_room() -> None:
    before = LIMITS.replace("max_position: 100, ", "").replace("Settings", "Logs")
    after = before.replace("log_level: 3", "log_level: 4")
    assert change("src/config.rs", before, after).rooms == ()
