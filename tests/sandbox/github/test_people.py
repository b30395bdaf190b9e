"""What people say and do, by the levers, and what an App is told of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewer.sandbox import client_people as people
from reviewer.sandbox import client_threads as threads
from reviewer.sandbox.client import Sandbox, SandboxRefused
from tests.sandbox.github.stage import REPO, Hook, Stage, hook, set_stage
from tests.support.git_repo import GitRepo
from tests.support.github import GithubProcess


@pytest.fixture
def receiver() -> Iterator[Hook]:
    with hook() as receiver:
        yield receiver


@pytest.fixture
def stage(github: GithubProcess, tmp_path: Path, receiver: Hook) -> Stage:
    made = set_stage(github.client, GitRepo(tmp_path / "work"), webhook_url=receiver.url)
    made.sandbox.set_role(REPO, "carol", "write")
    made.sandbox.set_role(REPO, "octocat", "read")
    made.sandbox.set_role(REPO, "rita", "read")
    return made


def _told(sandbox: Sandbox, receiver: Hook, event: str) -> list[dict[str, Any]]:
    sandbox.delivered()
    payloads = [
        json.loads(body)
        for headers, body in receiver.received
        if headers["X-GitHub-Event"] == event
    ]
    # deliveries overtake each other
    return sorted(payloads, key=lambda told: str(told["action"]))


def test_a_comment_on_a_line_is_made_reworded_and_taken_back(stage: Stage, receiver: Hook) -> None:
    sandbox = stage.sandbox
    place = ("order.rs", 12)
    said = people.comment_on_line(sandbox, REPO, stage.number, place, "why?", actor="rita")
    people.edit_comment(sandbox, REPO, said["id"], "why so?", actor="rita")
    assert [c["body"] for c in sandbox.comments(REPO, stage.number)] == ["why so?"]
    people.delete_comment(sandbox, REPO, said["id"], actor="rita")
    assert sandbox.comments(REPO, stage.number) == []
    created, deleted, edited = _told(sandbox, receiver, "pull_request_review_comment")
    assert created["comment"]["user"]["login"] == "rita"
    assert created["comment"]["body"] == "why?"
    assert edited["changes"] == {"body": {"from": "why?"}}
    assert edited["comment"]["body"] == "why so?"
    assert deleted["comment"]["id"] == said["id"]


def test_a_comment_of_the_conversation_is_reworded_and_taken_back(
    stage: Stage, receiver: Hook
) -> None:
    said = stage.sandbox.comment(REPO, stage.number, "/review", actor="carol")
    people.edit_issue_comment(stage.sandbox, REPO, said["id"], "/ignore", actor="carol")
    people.delete_issue_comment(stage.sandbox, REPO, said["id"], actor="carol")
    _, deleted, edited = _told(stage.sandbox, receiver, "issue_comment")
    assert edited["changes"] == {"body": {"from": "/review"}}
    assert deleted["comment"]["body"] == "/ignore"
    assert stage.sandbox.issue_comments(REPO, stage.number) == []


def test_only_who_may_write_rewords_what_another_said(stage: Stage) -> None:
    said = stage.sandbox.comment(REPO, stage.number, "mine", actor="carol")
    with pytest.raises(SandboxRefused) as refused:
        people.edit_issue_comment(stage.sandbox, REPO, said["id"], "hers", actor="rita")
    assert refused.value.status == 403
    people.edit_issue_comment(stage.sandbox, REPO, said["id"], "ours", actor="acme")


def test_a_thread_is_resolved_and_taken_up_by_people(stage: Stage, receiver: Hook) -> None:
    sandbox = stage.sandbox
    comment = stage.pull().create_review_comment("x", stage.head, "order.rs", line=12)
    people.reply(sandbox, REPO, stage.number, comment.id, "no", actor="rita")
    thread = threads.thread_of(sandbox, REPO, stage.number, comment.id)
    with pytest.raises(SandboxRefused, match="not accessible"):
        threads.resolve(sandbox, thread["id"], actor="rita")
    threads.resolve(sandbox, thread["id"], actor="carol")
    threads.resolve(sandbox, thread["id"], actor="carol")
    (seen,) = threads.threads(sandbox, REPO, stage.number)
    assert seen["isResolved"]
    assert seen["resolvedBy"] == {"login": "carol"}
    # the author of the pull request may as well
    threads.unresolve(sandbox, thread["id"], actor="octocat")
    told = _told(sandbox, receiver, "pull_request_review_thread")
    assert [t["action"] for t in told] == ["resolved", "unresolved"]
    assert told[0]["sender"]["login"] == "carol"
    assert told[0]["thread"]["node_id"] == thread["id"]
    assert [c["body"] for c in told[0]["thread"]["comments"]] == ["x", "no"]
    assert told[0]["pull_request"]["number"] == stage.number


def test_a_thread_outlives_its_first_comment(stage: Stage) -> None:
    comment = stage.pull().create_review_comment("x", stage.head, "order.rs", line=12)
    people.reply(stage.sandbox, REPO, stage.number, comment.id, "no", actor="rita")
    before = threads.thread_of(stage.sandbox, REPO, stage.number, comment.id)
    comment.delete()
    (thread,) = threads.threads(stage.sandbox, REPO, stage.number)
    assert thread["id"] == before["id"]
    assert [c["body"] for c in thread["comments"]] == ["no"]


def test_people_and_bots_react(stage: Stage) -> None:
    comment = stage.pull().create_review_comment("x", stage.head, "order.rs", line=12)
    people.react(stage.sandbox, REPO, comment.id, "-1", actor="carol")
    said = stage.sandbox.comment(REPO, stage.number, "/review", actor="carol")
    stage.pull().get_issue_comment(said["id"]).create_reaction("rocket")
    (left,) = people.reactions(stage.sandbox, REPO, comment.id)
    assert (left["content"], left["user"]["login"]) == ("-1", "carol")
    (left,) = people.reactions_to_issue_comment(stage.sandbox, REPO, said["id"])
    assert (left["content"], left["user"]["type"]) == ("rocket", "Bot")


def test_a_bot_speaks_as_a_bot(stage: Stage) -> None:
    stage.sandbox.set_role(REPO, "renovate[bot]", "write", kind="Bot")
    said = stage.sandbox.comment(REPO, stage.number, "/review", actor="renovate[bot]")
    assert said["user"]["type"] == "Bot"


def test_an_app_takes_back_its_own_reaction_alone(stage: Stage) -> None:
    said = stage.sandbox.comment(REPO, stage.number, "/review", actor="carol")
    mine = stage.pull().get_issue_comment(said["id"])
    eyes = mine.create_reaction("eyes")
    theirs = people.react_to_issue_comment(
        stage.sandbox, REPO, said["id"], "confused", actor="carol"
    )
    assert mine.delete_reaction(eyes.id)
    assert not mine.delete_reaction(theirs)


def test_looking_on_uses_up_no_ids(stage: Stage) -> None:
    stage.sandbox.pull(REPO, stage.number)
    first = stage.sandbox.comment(REPO, stage.number, "one", actor="carol")
    for _ in range(5):
        stage.sandbox.pull(REPO, stage.number)
    second = stage.sandbox.comment(REPO, stage.number, "two", actor="carol")
    assert second["id"] == first["id"] + 1
