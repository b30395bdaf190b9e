"""A merge queue that waits for a check run on a commit of its own."""

from __future__ import annotations

import json

import pytest

from reviewer.sandbox.client import SandboxRefused
from reviewer.sandbox.client_queue import enqueue, leave_queue, queue_state
from tests.sandbox.github.stage import REPO, Stage, hook

REQUIRED = ["trading review"]


def test_the_queue_waits_for_a_check_on_its_own_commit(stage: Stage) -> None:
    with hook() as receiver:
        stage.sandbox.set_webhook(stage.app_id, receiver.url)
        group = enqueue(stage.sandbox, REPO, stage.number, required=REQUIRED, actor="carol")
        sha = group["head_sha"]
        repo = stage.repo()
        assert repo.get_branch(group["head_ref"]).commit.sha == sha
        assert [p.sha for p in repo.get_commit(sha).parents] == [stage.base, stage.head]
        # a check run on the pull request's head is not what it waits for
        repo.create_check_run(REQUIRED[0], stage.head, conclusion="success")
        assert queue_state(stage.sandbox, REPO, group["id"]) == "AWAITING_CHECKS"
        with pytest.raises(SandboxRefused, match="AWAITING_CHECKS"):
            leave_queue(stage.sandbox, REPO, group["id"], "merged", actor="carol")
        run = repo.create_check_run(REQUIRED[0], sha, status="in_progress")
        assert queue_state(stage.sandbox, REPO, group["id"]) == "AWAITING_CHECKS"
        run.edit(status="completed", conclusion="neutral")
        assert queue_state(stage.sandbox, REPO, group["id"]) == "MERGEABLE"
        leave_queue(stage.sandbox, REPO, group["id"], "merged", actor="carol")
        stage.sandbox.delivered()
        told = [
            json.loads(body)
            for headers, body in receiver.received
            if headers["X-GitHub-Event"] == "merge_group"
        ]
    asked, gone = sorted(told, key=lambda payload: str(payload["action"]))
    assert asked["action"] == "checks_requested"
    assert asked["merge_group"]["head_sha"] == sha
    assert asked["merge_group"]["head_ref"] == f"refs/heads/{group['head_ref']}"
    assert f"/pr-{stage.number}-" in group["head_ref"]
    assert asked["merge_group"]["base_sha"] == stage.base
    assert asked["merge_group"]["head_commit"]["id"] == sha
    assert asked["installation"]["id"] == stage.installation_id
    assert (gone["action"], gone["reason"]) == ("destroyed", "merged")
    assert stage.pull().merged
    assert stage.repo().get_branch(stage.pull().base.ref).commit.sha == sha


def test_a_failed_check_keeps_a_change_out(stage: Stage) -> None:
    group = enqueue(stage.sandbox, REPO, stage.number, required=REQUIRED, actor="carol")
    stage.repo().create_check_run(REQUIRED[0], group["head_sha"], conclusion="failure")
    assert queue_state(stage.sandbox, REPO, group["id"]) == "UNMERGEABLE"
    leave_queue(stage.sandbox, REPO, group["id"], "invalidated", actor="carol")
    assert not stage.pull().merged
    with pytest.raises(SandboxRefused) as gone:
        queue_state(stage.sandbox, REPO, group["id"])
    assert gone.value.status == 404
