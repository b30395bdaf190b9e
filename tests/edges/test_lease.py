"""A worker that was away must look again before it speaks."""

from __future__ import annotations

from reviewer.edges.lease import Lease
from reviewer.errors import Transient


class Clock:
    """A clock in a test's hands."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_with_heartbeats_it_may_write() -> None:
    clock = Clock()
    lease = Lease(renewed=True, clock=clock)
    may_write = lease.taken()
    for _ in range(10):
        clock.now += 5
        lease.renew()
        assert refusal(may_write) is None


def test_without_a_heartbeat_for_long_it_may_not() -> None:
    clock = Clock()
    may_write = Lease(renewed=True, clock=clock).taken()
    clock.now += 16
    assert "away" in str(refusal(may_write))


def test_a_heartbeat_after_the_gap_does_not_hide_it() -> None:
    clock = Clock()
    lease = Lease(renewed=True, clock=clock)
    may_write = lease.taken()
    clock.now += 60
    lease.renew()
    assert "away" in str(refusal(may_write))
    # The next try begins with a look at what stands, so it may go on.
    clock.now += 1
    assert refusal(lease.taken()) is None


def test_the_only_process_of_a_store_is_never_away() -> None:
    clock = Clock()
    may_write = Lease(renewed=False, clock=clock).taken()
    clock.now += 3600
    assert refusal(may_write) is None


def refusal(may_write: object) -> Transient | None:
    """What the check raised, if it did."""
    assert callable(may_write)
    try:
        may_write()
    except Transient as error:
        return error
    return None
