"""A model that fails is left alone for a while, and then tried by one caller."""

from __future__ import annotations

from reviewer.edges.breaker import (
    EVERY_MODEL,
    FAILURES,
    NO_REST_SECONDS,
    REST_SECONDS,
    WITHIN_SECONDS,
    Breaker,
)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def tripped() -> tuple[Breaker, Clock]:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        assert breaker.closed("m") is None
        breaker.failed("m")
    return breaker, clock


def test_five_failures_in_a_minute_close_the_way_to_that_model_alone() -> None:
    breaker, _ = tripped()
    closed = breaker.closed("m")
    assert closed is not None
    assert (closed.no, closed.seconds) == ("", REST_SECONDS)
    assert breaker.closed("other") is None


def test_failures_far_apart_close_nothing() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(3 * FAILURES):
        breaker.failed("m")
        clock.now += WITHIN_SECONDS / (FAILURES - 1)
    assert breaker.closed("m") is None


def test_after_the_rest_one_caller_tries_and_the_others_wait() -> None:
    breaker, clock = tripped()
    clock.now += REST_SECONDS
    assert breaker.closed("m") is None
    assert breaker.closed("m") is not None
    breaker.failed("m")
    assert breaker.closed("m") is not None
    clock.now += REST_SECONDS
    assert breaker.closed("m") is None
    breaker.succeeded("m")
    assert breaker.closed("m") is None
    breaker.failed("m")
    assert breaker.closed("m") is None


def test_a_trial_that_nobody_told_the_end_of_does_not_close_the_way_for_good() -> None:
    breaker, clock = tripped()
    clock.now += REST_SECONDS
    assert breaker.closed("m") is None
    clock.now += REST_SECONDS
    assert breaker.closed("m") is None


def test_a_no_stands_for_every_model_until_one_answers() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    breaker.said_no(EVERY_MODEL, "401")
    closed = breaker.closed("m")
    assert closed is not None
    assert closed.no == breaker.no() == "401"
    clock.now += NO_REST_SECONDS
    assert breaker.closed("m") is None
    assert breaker.closed("other") is not None
    breaker.succeeded("m")
    assert breaker.no() == ""
    assert breaker.closed("other") is None
