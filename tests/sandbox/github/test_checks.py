"""Check runs and their annotations."""

from __future__ import annotations

import json
from typing import Any

import github as pygithub
import pytest

from reviewer.sandbox import client_checks as checks
from reviewer.sandbox.client import PERMISSIONS, AppKey, SandboxRefused
from tests.sandbox.github.stage import REPO, Stage, hook


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


FIX = {"label": "Ignore", "description": "Never again here", "identifier": "ignore"}


def _run(stage: Stage, *actions: dict[str, str]) -> Any:
    return stage.repo().create_check_run("review", stage.head, actions=list(actions))


def test_buttons_are_offered_and_replaced(stage: Stage) -> None:
    run = _run(stage, FIX, {**FIX, "identifier": "again"})
    assert [b["identifier"] for b in checks.buttons(stage.sandbox, REPO, run.id)] == [
        "ignore",
        "again",
    ]
    run.edit(status="in_progress")
    assert len(checks.buttons(stage.sandbox, REPO, run.id)) == 2
    run.edit(status="completed", conclusion="success", actions=[])
    assert checks.buttons(stage.sandbox, REPO, run.id) == []


@pytest.mark.parametrize(
    "actions",
    [
        [FIX] * 4,
        [{**FIX, "label": "x" * 21}],
        [{**FIX, "description": "x" * 41}],
        [{**FIX, "identifier": "x" * 21}],
        [{"label": "x", "description": "y"}],
    ],
    ids=["four", "label", "description", "identifier", "no identifier"],
)
def test_buttons_beyond_the_limits_are_refused(stage: Stage, actions: Any) -> None:
    with pytest.raises(pygithub.GithubException) as refused:
        _run(stage, *actions)
    assert refused.value.status == 422
    assert stage.sandbox.check_runs(REPO, stage.head) == []


def test_what_people_press_is_told_to_the_app_that_made_the_run(stage: Stage) -> None:
    with hook() as receiver:
        stage.sandbox.set_webhook(stage.app_id, receiver.url)
        stage.sandbox.set_role(REPO, "carol", "write")
        stage.sandbox.set_role(REPO, "rita", "read")
        run = _run(stage, FIX)
        checks.press_rerun(stage.sandbox, REPO, run.id, actor="carol")
        checks.press(stage.sandbox, REPO, run.id, "ignore", actor="carol")
        checks.press_rerun_all(stage.sandbox, REPO, stage.head, stage.app_id, actor="carol")
        with pytest.raises(SandboxRefused) as reader:
            checks.press_rerun(stage.sandbox, REPO, run.id, actor="rita")
        assert reader.value.status == 403
        with pytest.raises(SandboxRefused, match="no button"):
            checks.press(stage.sandbox, REPO, run.id, "gone", actor="carol")
        checks.press(stage.sandbox, REPO, run.id, "gone", actor="carol", stale=True)
        stage.sandbox.delivered()
        told = [(h["X-GitHub-Event"], json.loads(b)) for h, b in receiver.received]
    runs = {
        (p["action"], p.get("requested_action", {}).get("identifier"))
        for e, p in told
        if e == "check_run"
    }
    assert runs == {
        ("created", None),
        ("rerequested", None),
        ("requested_action", "ignore"),
        ("requested_action", "gone"),
    }
    (suite,) = [p for e, p in told if e == "check_suite"]
    assert suite["action"] == "rerequested"
    assert suite["check_suite"]["head_sha"] == stage.head
    assert suite["check_suite"]["app"]["id"] == stage.app_id
    assert [p["number"] for p in suite["check_suite"]["pull_requests"]] == [stage.number]
    assert suite["sender"]["login"] == "carol"
