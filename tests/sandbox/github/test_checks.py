"""Check runs and their annotations."""

from __future__ import annotations

from typing import Any

import github as pygithub
import pytest

from reviewer.sandbox.client import PERMISSIONS, AppKey, SandboxRefused
from tests.sandbox.github.stage import REPO, Stage


def _note(line: int) -> dict[str, Any]:
    return {
        "path": "order.rs",
        "start_line": line,
        "end_line": line,
        "annotation_level": "warning",
        "message": f"about {line}",
    }


def _output(*notes: dict[str, Any], **more: Any) -> Any:
    return {"title": "Found", "summary": "Something", "annotations": list(notes), **more}


def test_a_check_run_goes_from_running_to_done(stage: Stage) -> None:
    run = stage.repo().create_check_run(
        "trading review", stage.head, status="in_progress", external_id="mark"
    )
    assert run.status == "in_progress"
    assert run.raw_data["conclusion"] is None
    run.edit(status="completed", conclusion="neutral", output=_output(*map(_note, range(1, 51))))
    run.edit(output=_output(_note(51)))
    found = stage.repo().get_check_run(run.id)
    assert (found.status, found.conclusion, found.external_id) == ("completed", "neutral", "mark")
    assert found.completed_at is not None
    assert found.output.annotations_count == 51
    assert [a.message for a in found.get_annotations()][-1] == "about 51"
    assert stage.sandbox.annotations(REPO, run.id)[0]["annotation_level"] == "warning"


def test_a_conclusion_alone_completes_a_run(stage: Stage) -> None:
    run = stage.repo().create_check_run("review", stage.head, conclusion="success")
    assert run.status == "completed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "completed"},
        {"conclusion": "splendid"},
        {"output": _output(*map(_note, range(51)))},
        {"output": _output(summary="x" * 65_536)},
        {"output": _output({**_note(4), "end_line": 3})},
        {"output": _output({**_note(4), "annotation_level": "panic"})},
    ],
    ids=["no conclusion", "conclusion", "51 notes", "summary", "lines", "level"],
)
def test_what_github_refuses_changes_nothing(stage: Stage, wrong: dict[str, Any]) -> None:
    with pytest.raises(pygithub.GithubException) as refused:
        stage.repo().create_check_run("review", stage.head, **wrong)
    assert refused.value.status == 422
    assert stage.sandbox.check_runs(REPO, stage.head) == []
    run = stage.repo().create_check_run("review", stage.head)
    with pytest.raises(pygithub.GithubException):
        run.edit(**{"status": "in_progress", **wrong})
    assert stage.repo().get_check_run(run.id).status == "queued"


def test_a_check_run_needs_a_commit_that_is_there(stage: Stage) -> None:
    with pytest.raises(pygithub.GithubException):
        stage.repo().create_check_run("review", "0" * 40)


def test_the_runs_of_a_commit_are_the_newest_of_each_name(stage: Stage) -> None:
    repo = stage.repo()
    for name in ("lint", "review", "review"):
        last = repo.create_check_run(name, stage.head)
    commit = repo.get_commit(stage.head)
    assert {r.name for r in commit.get_check_runs()} == {"lint", "review"}
    (only,) = commit.get_check_runs(check_name="review")
    assert only.id == last.id
    assert commit.get_check_runs(filter="all").totalCount == 3
    headers = f"/repos/{REPO}/commits/{stage.head}/check-runs?app_id="
    asked = stage.github().requester
    assert asked.requestJsonAndCheck("GET", f"{headers}{stage.app_id}")[1]["total_count"] == 2
    assert asked.requestJsonAndCheck("GET", f"{headers}1")[1]["total_count"] == 0


def test_only_the_app_that_made_a_run_may_change_it(stage: Stage) -> None:
    run = stage.repo().create_check_run("review", stage.head)
    path = f"/repos/{REPO}/check-runs"
    with pytest.raises(SandboxRefused) as person:
        stage.sandbox.call("POST", path, {"name": "x", "head_sha": stage.head}, actor="acme")
    assert person.value.status == 403
    key = AppKey.generate()
    other = stage.sandbox.register_app(key.public, slug="other", permissions=PERMISSIONS)
    other_installation = stage.sandbox.install(other, "acme")
    theirs = Stage(
        stage.sandbox, stage.work, key, other, other_installation, stage.base, stage.head, 1
    )
    with pytest.raises(pygithub.GithubException) as refused:
        theirs.repo().get_check_run(run.id).edit(status="in_progress")
    assert refused.value.status == 403
