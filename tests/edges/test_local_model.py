"""`reviewer review` with a model: the stand-in over real HTTP, the command as a process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import reviewer
from tests.support.git_repo import GitRepo
from tests.support.model import ModelProcess
from tests.support.stage import BOOK, WRONG_BID

PATH = "src/order_book.rs"
KEPT = {
    "line_regex": r"self\.bids\.insert\(price, qty\)",
    "finding": {
        "category": "book_integrity",
        "severity": "critical",
        "title": "A level of size zero stays in the book",
        "scenario": "The venue removes a bid with qty 0 and it stays as the best bid.",
    },
}
WRONG = {
    "line_regex": r"pub fn ",
    "kinds": ["added", "context"],
    "finding": {
        "category": "latency",
        "severity": "important",
        "title": "It waits",
        "scenario": "x",
    },
    "verdict": {"verdict": "refuted", "against": "Nothing waits here."},
}


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "exchange")
    repo.commit({PATH: BOOK})
    repo.git("checkout", "-q", "-b", "change")
    repo.commit({PATH: WRONG_BID})
    return repo


@pytest.fixture
def model() -> Iterator[ModelProcess]:
    with ModelProcess({"entries": [], "planted": [KEPT, WRONG]}) as process:
        yield process


def run(repo: GitRepo, model: ModelProcess, *options: str | Path, **environ: str) -> Any:
    return reviewer(
        *("review", repo.path, "--base", "main", "--head", "change", *options),
        environ={"REVIEWER_MODEL_URL": model.url, "no_proxy": "127.0.0.1", **environ},
    )


def test_every_claim_is_told_with_its_verdict_and_what_became_of_it(
    repo: GitRepo, model: ModelProcess
) -> None:
    done = run(repo, model, "--format", "json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    ends = {claim["title"]: claim for claim in said["claims"]}
    kept, wrong = ends["A level of size zero stays in the book"], ends["It waits"]
    assert (kept["verdict"], kept["said"], kept["votes"]) == ("confirmed", True, 2)
    assert (wrong["verdict"], wrong["said"]) == ("refuted", False)
    assert wrong["against"] == "Nothing waits here."
    assert said["coverage"]["model"] == "claude-sonnet-5-5"
    assert said["coverage"]["cached_share"] > 0.3
    assert said["coverage"]["cost_usd"] > 0
    titles = {finding["title"] for finding in said["findings"]}
    assert kept["title"] in titles
    assert wrong["title"] not in titles
    lines = [line for line in done.stderr.splitlines() if "tokens in" in line]
    assert len(lines) == len(model.journal()) - 1  # the first only fills the cache


def test_no_model_is_asked_when_none_is_wanted(repo: GitRepo, model: ModelProcess) -> None:
    done = run(repo, model, "--no-model")
    assert done.returncode == 0
    assert "No model has read this code" in done.stdout
    assert model.journal() == []


def test_a_plan_says_what_would_be_asked_and_asks_nobody(
    repo: GitRepo, model: ModelProcess
) -> None:
    plan = json.loads(run(repo, model, "--plan", "--format", "json").stdout)
    assert [call["stage"] for call in plan["calls"]] == ["find", "find", "verify"]
    assert plan["calls"][0]["cached_share"] == 0
    assert plan["calls"][2]["cached_share"] > 0.5
    assert 0 < plan["usd"] < 1
    text = run(repo, model, "--plan").stdout
    assert "3 calls, about $" in text
    assert model.journal() == []


def test_what_stands_in_a_transcript_is_not_asked_again(
    repo: GitRepo, model: ModelProcess, tmp_path: Path
) -> None:
    directory = tmp_path / "transcript"
    options = ("--transcript", directory, "--concurrency", "1", "--format", "json")
    first = run(repo, model, *options)
    asked = len(model.journal())
    again = run(repo, model, *options)
    assert len(model.journal()) == asked
    assert json.loads(again.stdout) == json.loads(first.stdout)
    kept = [json.loads(path.read_text()) for path in sorted(directory.iterdir())]
    assert len(kept) == asked
    assert {one["stage"] for one in kept} == {"find", "verify"}
    assert oct(directory.stat().st_mode)[-3:] == "700"


def test_above_its_budget_it_asks_nothing_and_says_so(repo: GitRepo, model: ModelProcess) -> None:
    done = run(repo, model, "--budget", "0.001")
    assert "The model budget is spent" in done.stdout
    assert model.journal() == []


def test_the_other_names_of_key_and_address_count_as_well(
    repo: GitRepo, model: ModelProcess
) -> None:
    done = reviewer(
        *("review", repo.path, "--base", "main", "--head", "change"),
        environ={
            "ANTHROPIC_BASE_URL": model.url,
            "REVIEWER_ANTHROPIC_API_KEY": "a-key",
            "no_proxy": "127.0.0.1",
        },
    )
    assert "Read by claude-sonnet-5-5" in done.stdout


def test_a_setting_that_is_wrong_is_said(repo: GitRepo, model: ModelProcess) -> None:
    done = run(repo, model, REVIEWER_EFFORT="extreme")
    assert done.returncode == 2
    assert "REVIEWER_EFFORT must be one of" in done.stderr
