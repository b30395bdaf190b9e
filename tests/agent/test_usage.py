from __future__ import annotations

import pytest

from reviewer.agent.usage import PRICES, Price, Usage, cost, parse_prices, price_of


def test_each_class_of_tokens_has_its_price() -> None:
    usage = Usage(1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000)
    assert cost(usage, PRICES["claude-sonnet-5-5"]) == pytest.approx(2 + 2.5 + 4 + 0.2 + 10)


def test_usages_add_up() -> None:
    assert Usage(1, 2, 3, 4, 5) + Usage(10, 20, 30, 40, 50) == Usage(11, 22, 33, 44, 55)
    assert Usage(1, 2, 3, 4, 5).prompt_tokens == 10


def test_a_model_that_nobody_knows_is_booked_at_the_dearest_price() -> None:
    assert price_of("claude-unheard-of") == PRICES["claude-fable-5-2"]


def test_a_dated_name_costs_what_the_model_costs() -> None:
    assert price_of("claude-opus-5-5-20260901") == PRICES["claude-opus-5-5"]


def test_the_operator_can_set_prices() -> None:
    mine = {"claude-opus-5-5": Price.usual(1, 2)}
    assert price_of("claude-opus-5-5", mine).output_tokens == 2


@pytest.mark.parametrize(
    "name",
    [
        "anthropic.claude-opus-5-5-v1:0",
        "eu.anthropic.claude-opus-5-5-20260901-v1:0",
        "claude-opus-5-5@20260901",
        "anthropic.claude-opus-5-5",
    ],
)
def test_a_cloud_names_the_same_model_in_its_own_way(name: str) -> None:
    assert price_of(name) == PRICES["claude-opus-5-5"]


def test_prices_are_read_from_a_line() -> None:
    prices = parse_prices("mine=1/5, claude-opus-5-5=4/20/5/8/0.2,")
    assert prices["mine"] == Price.usual(1, 5)
    assert prices["claude-opus-5-5"] == Price(4, 5, 8, 0.2, 20)
    assert prices["claude-haiku-5-5"] == PRICES["claude-haiku-5-5"]


@pytest.mark.parametrize(
    "text", ["mine", "mine=1", "mine=1/2/3", "=1/2", "mine=1/-2", "mine=1/nan", "mine=x/y"]
)
def test_a_price_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="MODEL=IN/OUT"):
        parse_prices(text)
