"""Single comments, replies, reactions, and the conversation."""

from __future__ import annotations

import github as pygithub
import pytest

from reviewer.sandbox.client import SandboxRefused
from tests.sandbox.github.stage import REPO, Stage


def test_a_comment_may_stand_on_a_line_on_a_file_or_under_another(stage: Stage) -> None:
    pull = stage.pull()
    on_line = pull.create_review_comment("here", stage.head, "order.rs", line=12, side="RIGHT")
    on_file = pull.create_review_comment("all of it", stage.head, "new.rs", subject_type="file")
    reply = pull.create_review_comment_reply(on_line.id, "answer")
    assert on_line.raw_data["line"] == 12
    assert on_file.raw_data["subject_type"] == "file"
    assert reply.in_reply_to_id == on_line.id
    assert (reply.path, reply.raw_data["line"]) == ("order.rs", 12)
    assert [c.body for c in pull.get_review_comments()] == ["here", "all of it", "answer"]
    with pytest.raises(pygithub.GithubException) as refused:
        pull.create_review_comment_reply(reply.id, "a reply to a reply")
    assert refused.value.status == 422


@pytest.mark.parametrize(
    ("path", "line", "field"),
    [
        ("order.rs", 30, "pull_request_review_thread.line"),
        ("nowhere.rs", 12, "pull_request_review_thread.path"),
    ],
)
def test_a_bad_place_is_named(stage: Stage, path: str, line: int, field: str) -> None:
    with pytest.raises(pygithub.GithubException) as refused:
        stage.pull().create_review_comment("x", stage.head, path, line=line, side="RIGHT")
    assert refused.value.status == 422
    assert isinstance(refused.value.data, dict)
    assert refused.value.data["errors"][0]["field"] == field


def test_a_comment_on_a_commit_of_elsewhere_is_refused(stage: Stage) -> None:
    with pytest.raises(pygithub.GithubException) as refused:
        stage.pull().create_review_comment("x", stage.base, "order.rs", line=12)
    assert refused.value.status == 422


def test_a_comment_can_be_reworded_and_taken_back(stage: Stage) -> None:
    pull = stage.pull()
    comment = pull.create_review_comment("here", stage.head, "order.rs", line=12)
    comment.edit("there")
    assert pull.get_review_comment(comment.id).body == "there"
    comment.delete()
    with pytest.raises(pygithub.UnknownObjectException):
        pull.get_review_comment(comment.id)


def test_reactions_are_given_once_and_taken_back(stage: Stage) -> None:
    stage.sandbox.set_role(REPO, "carol", "write")
    review_comment = stage.pull().create_review_comment("x", stage.head, "order.rs", line=12)
    said = stage.sandbox.comment(REPO, stage.number, "/review", actor="carol")
    for comment in (review_comment, stage.pull().get_issue_comment(said["id"])):
        first = comment.create_reaction("eyes")
        assert comment.create_reaction("eyes").id == first.id
        assert [(r.content, r.user.login) for r in comment.get_reactions()] == [
            ("eyes", "trading-reviewer[bot]")
        ]
        assert comment.delete_reaction(first.id)
        assert list(comment.get_reactions()) == []
        with pytest.raises(pygithub.GithubException) as refused:
            comment.create_reaction("tada")
        assert refused.value.status == 422
    issue = stage.pull().as_issue()
    assert issue.create_reaction("rocket").content == "rocket"
    assert [r.content for r in issue.get_reactions()] == ["rocket"]


def test_the_conversation(stage: Stage) -> None:
    pull = stage.pull()
    comment = pull.create_issue_comment("hello")
    assert comment.html_url.endswith(f"/pull/{stage.number}#issuecomment-{comment.id}")
    comment.edit("hello again")
    assert [c.body for c in pull.get_issue_comments()] == ["hello again"]
    assert stage.pull().comments == 1
    comment.delete()
    assert list(pull.get_issue_comments()) == []
    for body in ("", "x" * 65_537):
        with pytest.raises(pygithub.GithubException) as refused:
            pull.create_issue_comment(body)
        assert refused.value.status == 422


def test_a_person_speaks_only_where_they_may_read(stage: Stage) -> None:
    with pytest.raises(SandboxRefused) as refused:
        stage.sandbox.comment(REPO, stage.number, "hi", actor="stranger")
    assert refused.value.status == 404
    stage.sandbox.set_role(REPO, "reader", "read")
    assert stage.sandbox.comment(REPO, stage.number, "hi", actor="reader")["id"]


def test_an_app_does_not_rewrite_what_a_person_said(stage: Stage) -> None:
    stage.sandbox.set_role(REPO, "carol", "write")
    said = stage.sandbox.comment(REPO, stage.number, "mine", actor="carol")
    with pytest.raises(pygithub.GithubException) as refused:
        stage.pull().get_issue_comment(said["id"]).edit("ours")
    assert refused.value.status == 403


def test_labels_are_added_by_name(stage: Stage) -> None:
    stage.pull().add_to_labels("risk", "urgent", "risk")
    assert [label.name for label in stage.pull().labels] == ["risk", "urgent"]
