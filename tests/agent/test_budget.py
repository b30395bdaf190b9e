from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.agent.budget import Account, Budget, BudgetSpent, Scope, estimate
from reviewer.agent.request import Block, ModelRequest
from reviewer.agent.usage import PRICES, Usage, cost

dollars = st.floats(0, 100, allow_nan=False)


def budget(pull: float, day: float) -> Budget:
    return Budget((Account(Scope.PULL, pull), Account(Scope.REPO_DAY, day)))


def test_what_is_set_aside_cannot_be_set_aside_again() -> None:
    once = budget(5, 25).reserve(3)
    with pytest.raises(BudgetSpent, match=r"pull request is \$5.00; \$2.00 is left"):
        once.reserve(3)


def test_the_tightest_limit_counts_and_is_named() -> None:
    with pytest.raises(BudgetSpent) as refused:
        budget(5, 1).reserve(2)
    assert refused.value.scope is Scope.REPO_DAY


def test_a_call_that_cost_less_gives_the_rest_back() -> None:
    after = budget(5, 25).reserve(3).settle(3, 0.5)
    assert [a.left_usd for a in after.accounts] == [4.5, 24.5]


def test_the_limit_of_a_call_is_fresh_for_the_next_one() -> None:
    one = Budget((Account(Scope.CALL, 1),))
    assert one.reserve(1).settle(1, 0.9).reserve(1).accounts[0].reserved_usd == 1


@given(st.lists(st.tuples(dollars, dollars)), dollars)
def test_no_order_of_calls_overruns_a_limit_that_calls_keep_to(
    calls: list[tuple[float, float]], limit: float
) -> None:
    left = budget(limit, 1e6)
    for reserved, share in calls:
        try:
            left = left.reserve(reserved)
        except BudgetSpent:
            continue
        left = left.settle(reserved, reserved * share / 100)
    assert left.accounts[0].spent_usd <= limit + 1e-6


def test_an_estimate_is_never_below_what_a_call_can_cost() -> None:
    text = "fn main() {}\n" * 1000
    request = ModelRequest(
        model="claude-sonnet-5-5",
        system=(Block(text, cache="1h"),),
        user=(Block(text),),
        schema={},
        effort="high",
        max_tokens=16_000,
    )
    price = PRICES["claude-sonnet-5-5"]
    tokens = round(2 * len(text) / 2.6)
    worst = Usage(cache_write_1h=tokens, output_tokens=16_000)
    assert estimate(request, price) >= cost(worst, price)
