"""`reviewer agent`: the command as a process, the stand-in for the model over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.agent.task_samples import block, code, said
from tests.support.command import reviewer
from tests.support.git_repo import GitRepo
from tests.support.model import ModelProcess
from tests.support.stage import BOOK, WRONG_BID

PATH = "src/order_book.rs"
ANSWER = said(
    block("The lowest bid is taken.", title="What goes wrong"),
    block("venue -> feed -> book", "diagram"),
    evidence=[{"path": PATH, "line": 1, "quote": BOOK.splitlines()[0]}],
    questions=["Which load?"],
)
CHANGE = ("--base", "main", "--head", "change")
POLICY = ".github/trading-reviewer.yml"


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "exchange")
    policy = "profile:\n  latency_target: 5us p99\n"
    repo.commit({PATH: BOOK, POLICY: policy})
    repo.git("checkout", "-q", "-b", "change")
    repo.commit({PATH: WRONG_BID})
    return repo


@pytest.fixture
def model() -> Iterator[ModelProcess]:
    with ModelProcess([{"answer": {"envelope": ANSWER}}]) as process:
        yield process


def run(model: ModelProcess | None, *options: str | Path, **environ: str) -> Any:
    named = {"REVIEWER_MODEL_URL": model.url} if model else {}
    return reviewer("agent", *options, environ={"no_proxy": "127.0.0.1", **named, **environ})


def findings(repo: GitRepo) -> str:
    return reviewer("review", repo.path, *CHANGE, "--format", "json").stdout


def asked_of(kept: Path) -> str:
    """What the user's blocks of the last question say."""
    last = json.loads(sorted(kept.iterdir())[-1].read_text("utf-8"))
    return "\n".join(part["text"] for part in last["request"]["user"])


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept"


def test_a_question_is_answered_on_the_terminal(
    repo: GitRepo, model: ModelProcess, kept: Path
) -> None:
    done = run(model, "ask", repo.path, "why is this signed?", *CHANGE, "--transcript", kept)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Answer\n\n")
    assert "What goes wrong\nThe lowest bid is taken." in done.stdout
    assert "    venue -> feed -> book" in done.stdout
    assert f"Stands on:\n  {PATH}:1:" in done.stdout
    assert "Answered by claude-sonnet-5-5, " in done.stdout
    assert "ask the question (1): " in done.stderr
    assert "why is this signed?" in asked_of(kept)


def test_a_finding_of_the_rules_is_explained_by_its_place_or_its_fingerprint(
    repo: GitRepo, model: ModelProcess, kept: Path
) -> None:
    (first, *_) = json.loads(findings(repo))["findings"]
    for which in (f"{first['path']}:{first['line']}", first["fingerprint"][:8]):
        done = run(
            model, "explain", repo.path, *CHANGE, "--finding", which, "--json", "--transcript", kept
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["about"] == f"{first['path']}:{first['line']}"
        assert first["title"] in asked_of(kept)


def test_a_finding_of_the_model_comes_from_a_report_with_its_commits(
    repo: GitRepo, model: ModelProcess, tmp_path: Path, kept: Path
) -> None:
    report = json.loads(findings(repo))
    claim = {**report["findings"][0], "source": "model", "title": "SENTINEL stays in the book"}
    claim |= {"fingerprint": "ab" * 8}
    written = tmp_path / "report.json"
    written.write_text(json.dumps({**report, "findings": [claim]}))
    done = run(
        model, "fix", repo.path, "--report", written, "--finding", "ab" * 8, "--transcript", kept
    )
    assert done.returncode == 0, done.stderr
    assert "SENTINEL stays in the book" in asked_of(kept)
    assert f"### FILE {PATH} (modified" in asked_of(kept)


def test_an_item_needs_no_change(repo: GitRepo, model: ModelProcess, kept: Path) -> None:
    done = run(
        model, "test", repo.path, "--item", f"{PATH}::OrderBook::best_bid", "--transcript", kept
    )
    assert done.returncode == 0, done.stderr
    assert f"### FILE {PATH} (not changed)" in asked_of(kept)


def test_the_target_of_the_profile_is_told(repo: GitRepo, model: ModelProcess, kept: Path) -> None:
    for task in ("optimize", "design"):
        words = ["how?"] if task == "design" else []
        done = run(
            model,
            task,
            repo.path,
            *words,
            "--item",
            "OrderBook::best_bid",
            *CHANGE,
            "--transcript",
            kept,
        )
        assert done.returncode == 0, done.stderr
        assert "What its maintainers ask of it:\n\n- latency target: 5us p99" in asked_of(kept)


def test_the_comment_of_the_app_can_be_printed(repo: GitRepo, model: ModelProcess) -> None:
    done = run(model, "ask", repo.path, "why?", *CHANGE, "--format", "markdown")
    assert done.stdout.startswith("**Answer**\n\n**What goes wrong**\n\n")


def test_a_plan_needs_no_model_and_asks_nobody(repo: GitRepo, model: ModelProcess) -> None:
    for asked in (model, None):
        done = run(asked, "ask", repo.path, "why?", *CHANGE, "--plan", "--json")
        assert done.returncode == 0, done.stderr
        plan = json.loads(done.stdout)
        assert [call["stage"] for call in plan["calls"]] == ["ask"]
        assert 0 < plan["usd"] < 1
    assert model.journal() == []


def test_without_a_model_it_says_what_to_set(repo: GitRepo) -> None:
    done = run(None, "ask", repo.path, "why?", *CHANGE)
    assert (done.returncode, done.stdout) == (2, "")
    assert "set ANTHROPIC_API_KEY" in done.stderr


def test_what_stands_in_a_transcript_is_not_asked_again(
    repo: GitRepo, model: ModelProcess, tmp_path: Path
) -> None:
    options = ("ask", repo.path, "why?", *CHANGE, "--transcript", tmp_path / "kept", "--json")
    first, again = run(model, *options), run(model, *options)
    assert len(model.journal()) == 1
    assert json.loads(first.stdout) == json.loads(again.stdout)


def test_above_its_budget_it_asks_nothing_and_says_so(repo: GitRepo, model: ModelProcess) -> None:
    done = run(model, "ask", repo.path, "why?", *CHANGE, "--budget", "0.001")
    assert done.returncode == 1
    assert "The model budget is spent, so this was not answered." in done.stdout
    assert model.journal() == []


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("test", "--item", f"{PATH}::OrderBook::best_bidd"), "the nearest are `src/order_book.rs"),
        (("explain", *CHANGE, "--finding", "src/none.rs:1"), "no finding is meant by"),
        (("explain", *CHANGE), "explain needs --finding"),
        (("explain", "--finding", "abcdef"), "explain needs --base"),
        (("optimize",), "optimize needs --base"),
        (("test", "--base", "nowhere", "--item", "a"), "git knows no commit `nowhere`"),
    ],
)
def test_what_is_not_there_is_said_and_nobody_is_asked(
    repo: GitRepo, model: ModelProcess, options: tuple[str, ...], why: str
) -> None:
    task, *rest = options
    done = run(model, task, repo.path, *rest)
    assert done.returncode == 2
    assert why in done.stderr
    assert model.journal() == []


@pytest.mark.parametrize("text", ["", "{}", "[" * 100_000, '{"format": 2}', '{"findings": [1]}'])
def test_a_file_that_is_no_report_is_refused(
    repo: GitRepo, model: ModelProcess, tmp_path: Path, text: str
) -> None:
    written = tmp_path / "report.json"
    written.write_text(text)
    done = run(model, "explain", repo.path, "--report", written, "--finding", "abcdef")
    assert done.returncode == 2
    assert "it is no report of" in done.stderr


def test_code_that_breaks_the_file_is_printed_as_a_sketch(repo: GitRepo) -> None:
    broken = said(code("fn (", path=PATH, start=1, end=1))
    with ModelProcess([{"answer": {"envelope": broken}}]) as model:
        done = run(model, "ask", repo.path, "how?", *CHANGE)
    sketch = f"A sketch, not to be taken as it is (the file would not parse with it), {PATH}:"
    assert sketch in done.stdout


@pytest.mark.parametrize("task", ["explain", "ask", "fix", "test", "optimize", "design"])
def test_the_help_of_each_task_shows_an_example(task: str) -> None:
    done = run(None, task, "--help")
    assert f"reviewer agent {task} ." in done.stdout
