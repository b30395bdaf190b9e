"""The life of a pull request: labels, base, drafts, merging."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewer.sandbox import client_pulls as pulls
from reviewer.sandbox.client import SandboxRefused
from tests.sandbox.github.stage import REPO, Hook, Stage, hook, numbered, set_stage
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
    return made


def _told(stage: Stage, receiver: Hook, action: str) -> list[dict[str, Any]]:
    stage.sandbox.delivered()
    told = [
        json.loads(body)
        for headers, body in receiver.received
        if headers["X-GitHub-Event"] == "pull_request"
    ]
    return [payload for payload in told if payload["action"] == action]


def test_labels_come_and_go(stage: Stage, receiver: Hook) -> None:
    pulls.add_labels(stage.sandbox, REPO, stage.number, "no review", "risk", actor="carol")
    assert {label.name for label in stage.pull().labels} == {"no review", "risk"}
    pulls.remove_label(stage.sandbox, REPO, stage.number, "no review", actor="carol")
    assert [label.name for label in stage.pull().labels] == ["risk"]
    added = _told(stage, receiver, "labeled")
    assert sorted(t["label"]["name"] for t in added) == ["no review", "risk"]
    assert all(t["label"]["color"] for t in added)
    (gone,) = _told(stage, receiver, "unlabeled")
    assert gone["label"]["name"] == "no review"
    assert gone["sender"]["login"] == "carol"
    assert [label["name"] for label in gone["pull_request"]["labels"]] == ["risk"]
    with pytest.raises(SandboxRefused, match="Label does not exist"):
        pulls.remove_label(stage.sandbox, REPO, stage.number, "no review", actor="carol")


def test_a_change_of_the_words_is_told(stage: Stage, receiver: Hook) -> None:
    pulls.edit(stage.sandbox, REPO, stage.number, title="New", body="Because.", actor="octocat")
    (told,) = _told(stage, receiver, "edited")
    assert told["changes"] == {"title": {"from": "Change orders"}, "body": {"from": "Why not?"}}
    assert stage.pull().title == "New"


def test_a_change_of_the_base_is_told(stage: Stage, receiver: Hook) -> None:
    other = stage.work.commit({"order.rs": numbered(60, l12="changed")})
    stage.sandbox.set_branch(REPO, "release", other, source=stage.work.path)
    before = stage.pull().base
    pulls.edit(stage.sandbox, REPO, stage.number, base="release", actor="octocat")
    (told,) = _told(stage, receiver, "edited")
    assert told["changes"]["base"] == {
        "ref": {"from": before.ref},
        "sha": {"from": before.sha},
    }
    assert told["pull_request"]["base"]["ref"] == "release"
    assert stage.pull().base.sha == other


def test_a_base_that_moves_is_seen_at_the_next_push(stage: Stage) -> None:
    base = stage.pull().base
    moved = stage.work.commit({"other.rs": "someone else's\n"})
    stage.sandbox.set_branch(REPO, base.ref, moved, source=stage.work.path)
    assert stage.repo().get_branch(base.ref).commit.sha == moved
    assert stage.pull().base.sha == stage.base
    head = stage.work.commit({"order.rs": "pushed\n"})
    stage.sandbox.push(REPO, stage.number, head, source=stage.work.path)
    assert stage.pull().base.sha == moved


def test_a_force_push_names_who_and_what(stage: Stage, receiver: Hook) -> None:
    head = stage.work.commit({"order.rs": "rewritten\n"})
    stage.sandbox.push(REPO, stage.number, head, source=stage.work.path, user="carol")
    (told,) = _told(stage, receiver, "synchronize")
    assert (told["before"], told["after"]) == (stage.head, head)
    assert told["sender"]["login"] == "carol"


def test_a_merge_moves_the_base_and_closes(stage: Stage, receiver: Hook) -> None:
    with pytest.raises(SandboxRefused) as refused:
        pulls.merge(stage.sandbox, REPO, stage.number, actor="octocat")
    assert refused.value.status == 403
    sha = pulls.merge(stage.sandbox, REPO, stage.number, actor="carol")
    (told,) = _told(stage, receiver, "closed")
    assert told["pull_request"]["merged"] is True
    assert told["pull_request"]["merge_commit_sha"] == sha
    assert told["pull_request"]["merged_by"]["login"] == "carol"
    merged = stage.repo().get_commit(sha)
    assert [p.sha for p in merged.parents] == [stage.base, stage.head]
    assert stage.repo().get_branch(stage.pull().base.ref).commit.sha == sha
    with pytest.raises(SandboxRefused) as again:
        pulls.merge(stage.sandbox, REPO, stage.number, actor="carol")
    assert again.value.status == 405


def test_what_is_in_conflict_is_not_merged(stage: Stage) -> None:
    base = stage.pull().base.ref
    moved = stage.work.commit({"order.rs": numbered(60, l12="otherwise")})
    stage.sandbox.set_branch(REPO, base, moved, source=stage.work.path)
    with pytest.raises(SandboxRefused) as refused:
        pulls.merge(stage.sandbox, REPO, stage.number, actor="carol")
    assert refused.value.status == 405
    assert stage.pull().state == "open"


def test_only_the_author_and_who_may_write_close(stage: Stage) -> None:
    stage.sandbox.set_role(REPO, "rita", "read")
    with pytest.raises(SandboxRefused) as refused:
        stage.sandbox.set_state(REPO, stage.number, "closed", actor="rita")
    assert refused.value.status == 403
