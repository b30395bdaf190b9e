"""Stories of a model that answers otherwise than it should: what it did not read is never green."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from reviewer.agent.conversation import FINDER
from tests.support.app import AppProcess
from tests.support.github import GithubProcess
from tests.support.model import ModelProcess
from tests.support.stage import BOOK, Stage

CLEAN = BOOK.replace("next_back", "last")
"""A change in which no rule sees anything, so that only the model's reading keeps it from green."""
TWO = CLEAN.replace("keys().next()", "keys().min()")
"""A change of two functions."""
CUT_OFF = '{"summary": "One order is", "findings": [{"path": "src/bo'


_numbers = count()


@dataclass(frozen=True)
class Desk:
    """One App for all these stories, which asks whatever model listens on `port`."""

    stage: Stage
    app: AppProcess
    port: int


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with GithubProcess() as github:
        stage = Stage(github, tmp_path_factory.mktemp("answers"))
        url = f"http://127.0.0.1:{port}"
        with stage.app(ANTHROPIC_API_KEY="a-key", REVIEWER_MODEL_URL=url) as app:
            stage.deliver_to(app)
            yield Desk(stage, app, port)


def reviewed(
    desk: Desk, script: Any, text: str = CLEAN
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The check run on a clean change, and what the model was asked."""
    stage = desk.stage
    with ModelProcess(script, "--port", str(desk.port)) as model:
        number = stage.open_pull(f"// change {next(_numbers)}\n{text}")
        return stage.wait_for_check(stage.head_of(number), desk.app), model.journal()


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("row:refusal", "the model declined to read it (cyber)"),
        ("row:max_tokens", "the model's answer was cut off"),
        ("row:too_long", "it is too long for the model"),
        ("row:malformed", "the model's answer could not be understood"),
        ("row:tools_without_end", "the model looked things up until its turns were over"),
        ([{"answer": {"tool_use": [{"name": "run_shell", "input": {}}]}}], "looked things up"),
    ],
    ids=[
        *("refusal", "cut off", "too long", "no envelope", "tools for ever"),
        "unknown tool for ever",
    ],
)
def test_what_was_not_read_is_named_and_the_check_is_neutral(
    desk: Desk, script: Any, why: str
) -> None:
    check, asked = reviewed(desk, script)
    assert len(asked) <= 1 + 2 * (FINDER.turns + 1)
    assert check["conclusion"] == "neutral"
    assert "`src/order_book.rs`" in check["output"]["summary"].partition("**Not reviewed**")[2]
    assert why in check["output"]["summary"]


@pytest.mark.parametrize(
    "first",
    [
        {"text": CUT_OFF, "stop_reason": "max_tokens"},
        {"text": CUT_OFF, "stop_reason": "refusal", "declined": "cyber"},
        {"tool_use": [{"name": "run_shell", "input": {"command": "ls"}}]},
        {"tool_use": [{"name": "read_lines", "input": {"start": "one"}}]},
    ],
    ids=["cut off", "refusal", "unknown tool", "bad input"],
)
def test_one_answer_gone_wrong_is_asked_for_again_and_the_check_is_green(
    desk: Desk, first: dict[str, Any]
) -> None:
    once = [{"match": {"turn": 0, "contains": "# "}, "answer": first, "times": 2}, {}]
    check, asked = reviewed(desk, once)
    assert check["conclusion"] == "success"
    assert len(asked) >= 4  # one fills the cache, and each of two passes asks at least once more


def test_a_prompt_that_is_too_long_is_read_in_halves(desk: Desk) -> None:
    whole = {
        "match": {"regex": r"(?s)\+.*keys\(\)\.last\(\).*\+.*keys\(\)\.min\(\)"},
        "fault": {"status": 413, "error_type": "request_too_large"},
    }
    check, asked = reviewed(desk, [whole, {}], TWO)
    assert check["conclusion"] == "success"
    statuses = [note["status"] for note in asked]
    assert 413 in statuses
    assert statuses.count(200) >= 4  # two halves for each of two passes


def test_a_half_that_is_too_long_still_is_named_although_the_other_was_read(desk: Desk) -> None:
    last = {
        "match": {"regex": r"\+.*keys\(\)\.last\(\)"},
        "fault": {"status": 413, "error_type": "request_too_large"},
    }
    check, _ = reviewed(desk, [last, {}], TWO)
    assert check["conclusion"] == "neutral"
    assert "it is too long for the model" in check["output"]["summary"]
    assert "Read by `claude-sonnet-5-5`" in check["output"]["summary"]
