"""When a job is put off, how often, and what it finds done when it goes on."""

from __future__ import annotations

import time
from typing import Any

import pytest

from reviewer.agent.request import ModelUnavailable
from reviewer.edges.put_off import (
    LONGEST_SECONDS,
    MOST_PUT_OFFS,
    DoneBefore,
    PutOff,
    id_of_last,
    id_of_next,
    may_be_put_off,
    raise_if_put_off,
    tried,
)
from reviewer.errors import Transient
from reviewer.review import VERSION

GUID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
KEEPS = 20.0
"""Seconds of a wait that a job keeps its place for."""


def step(wish: float | None, *, job: str = GUID, wanted: bool = True, by_model: bool = True) -> Any:
    kind = ModelUnavailable if by_model else Transient

    def run() -> None:
        raise kind("later", retry_after=wish)

    output = tried(run, job, KEEPS, lambda: not wanted)
    raise_if_put_off(output)


def test_each_goes_on_from_the_one_before() -> None:
    ids = [GUID]
    while may_be_put_off(ids[-1]):
        ids.append(id_of_next(ids[-1]))
    assert ids[1:3] == [f"{GUID}.later-1", f"{GUID}.later-2"]
    assert len(ids) == MOST_PUT_OFFS + 1
    assert [id_of_last(one) for one in ids] == ["", *ids[:-1]]
    # Begun anew by another version, it has nothing before it.
    assert id_of_last(f"{ids[2]}.{VERSION}") == ""
    assert id_of_next(f"{GUID}.retry-1") == f"{GUID}.retry-1.later-1"


@pytest.mark.parametrize("by_model", [True, False])
def test_a_long_wait_puts_the_job_off_for_an_hour_at_most(by_model: bool) -> None:
    for wish, seconds in ((KEEPS + 1, KEEPS + 1), (86_400.0, LONGEST_SECONDS)):
        before = time.time()
        with pytest.raises(PutOff) as off:
            step(wish, by_model=by_model)
        assert before + seconds <= off.value.until <= time.time() + seconds
        assert off.value.by_model is by_model


@pytest.mark.parametrize("wish", [None, 0.0, KEEPS])
def test_a_short_wait_keeps_its_place(wish: float | None) -> None:
    with pytest.raises(ModelUnavailable):
        step(wish)


def test_nobody_is_put_off_for_ever_or_for_what_nobody_wants() -> None:
    with pytest.raises(ModelUnavailable):
        step(60.0, job=f"{GUID}.later-{MOST_PUT_OFFS}")
    with pytest.raises(ModelUnavailable):
        step(60.0, wanted=False)


class Store:
    """What a job asks DBOS about the one before it, answered from a list."""

    def __init__(self, version: str, *steps: tuple[str, Any, Exception | None]) -> None:
        self._version = version
        self._steps = steps

    def list_workflows(self, **asked: Any) -> list[Any]:
        assert asked["workflow_ids"] == [GUID]
        return [type("Found", (), {"app_version": self._version})]

    def list_workflow_steps(self, workflow_id: str) -> list[dict[str, Any]]:
        assert workflow_id == GUID
        return [
            {"function_name": name, "output": output, "error": error}
            for name, output, error in self._steps
        ]


def done(version: str = VERSION) -> DoneBefore:
    mark = tried(step_raises, GUID, KEEPS, lambda: False)
    store = Store(
        version,
        ("snapshot", {"head": "a"}, None),
        ("look", 1, None),
        ("look", None, None),
        ("plan", None, ValueError("no")),
        ("agent", mark, None),
    )
    return DoneBefore.of(store, f"{GUID}.later-1")  # type: ignore[arg-type]


def step_raises() -> None:
    raise Transient("later", retry_after=60.0)


def test_what_is_done_is_not_done_again_and_the_rest_is() -> None:
    found = done()
    names = ("snapshot", "look", "look", "look", "plan", "agent", "publication")
    outputs = [found.or_run(name, lambda: "run")() for name in names]
    assert outputs == [{"head": "a"}, 1, None, "run", "run", "run", "run"]


def test_what_another_version_has_done_is_done_again() -> None:
    assert done("an older one").or_run("snapshot", lambda: "run")() == "run"


def test_the_first_of_a_job_has_nothing_before_it() -> None:
    found = DoneBefore.of(Store(VERSION), GUID)  # type: ignore[arg-type]
    assert found.or_run("snapshot", lambda: "run")() == "run"
