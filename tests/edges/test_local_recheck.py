"""`reviewer agent recheck` and `reply` as processes, the stand-in for the model over real HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.agent.recheck_samples import answers, replied, seen
from tests.edges.test_local_tasks import CHANGE, PATH, findings, run
from tests.support.git_repo import GitRepo
from tests.support.model import ModelProcess
from tests.support.stage import BOOK, WRONG_BID


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """A change with a finding."""
    repo = GitRepo(tmp_path / "exchange")
    repo.commit({PATH: BOOK})
    repo.git("checkout", "-q", "-b", "change")
    repo.commit({PATH: WRONG_BID})
    return repo


def test_a_finding_of_an_earlier_head_is_looked_at_again(repo: GitRepo, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text(findings(repo))
    (first, *_) = json.loads(report.read_text())["findings"]
    repo.commit({PATH: BOOK})
    rows = BOOK.splitlines()
    line = next(n for n, row in enumerate(rows, 1) if "fn " in row)
    proof = {"path": PATH, "line": line, "quote": rows[line - 1]}
    entry = {"answer": {"envelope": answers(seen("f1", "repaired", proof))}}
    asked = ("recheck", repo.path, "--report", report, "--finding", first["fingerprint"][:8])
    head = repo.git("rev-parse", "HEAD").decode()[:7]
    with ModelProcess([entry]) as model:
        plan = run(model, *asked, "--plan", "--json")
        assert model.journal() == []
        kept = ("--transcript", tmp_path / "kept")
        said = run(model, *asked, "--json", *kept)
        shown = run(model, *asked, "--format", "markdown", *kept)
        assert len(model.journal()) == 1
        spent = run(model, *asked, "--budget", "0.001")
    assert [call["stage"] for call in json.loads(plan.stdout)["calls"]] == ["recheck"]
    assert said.returncode == 0, said.stderr
    (outcome,) = json.loads(said.stdout)["outcomes"]
    assert (outcome["fingerprint"], outcome["verdict"]) == (first["fingerprint"], "repaired")
    assert f"Repaired in `{head}`: `best` takes the last key." in shown.stdout
    assert spent.returncode == 1
    assert "not looked at again: the model budget is spent." in spent.stdout


def test_a_reply_is_answered_or_not(repo: GitRepo) -> None:
    words = "the venue never sends such a bid"
    conceded = replied("contest", "conceded", their_words=words, text="It cannot happen then.")
    entries = [
        {"match": {"contains": words}, "answer": {"envelope": conceded}},
        {"answer": {"envelope": replied("nothing")}},
    ]
    (first, *_) = json.loads(findings(repo))["findings"]
    place = f"{first['path']}:{first['line']}"
    asked = ("reply", repo.path, *CHANGE, "--finding", place, "--author", "ada")
    with ModelProcess(entries) as model:
        said = run(model, *asked, "--said", f"But {words}.", "--earlier", "reviewer: it is wrong")
        thanks = run(model, *asked, "--said", "thanks")
        nameless = run(model, *asked, "--said", "no", "--earlier", "it is wrong")
    assert said.returncode == 0, said.stderr
    assert f"Conceded: {place}\n\nIt cannot happen then." in said.stdout
    assert f"Taken on your word: {words}" in said.stdout
    assert (thanks.returncode, "neither asks nor contests" in thanks.stdout) == (0, True)
    assert (nameless.returncode, "--earlier is NAME: TEXT" in nameless.stderr) == (2, True)


def test_what_is_missing_is_said_and_nobody_is_asked(repo: GitRepo) -> None:
    for options, why in (
        (("recheck", repo.path, *CHANGE), "recheck needs --report"),
        (("reply", repo.path, *CHANGE, "--said", "no"), "reply needs --finding"),
        (("reply", repo.path, "--said", "no", "--finding", "abcdef"), "needs --base or --report"),
    ):
        done = run(None, *options, REVIEWER_MODEL_URL="http://127.0.0.1:9")
        assert (done.returncode, why in done.stderr) == (2, True), done.stderr
