"""Reviews: what is refused, what is kept, and what a push does to comments."""

from __future__ import annotations

import threading
from typing import Any

import github as pygithub
import pytest
from github.PullRequestReview import PullRequestReview

from tests.sandbox.github.stage import REPO, Stage, numbered


def _review(stage: Stage, *comments: dict[str, Any], body: str = "Read.") -> PullRequestReview:
    return stage.pull().create_review(body=body, event="COMMENT", comments=list(comments))  # type: ignore[arg-type]


def _on(line: int, **more: Any) -> dict[str, Any]:
    return {"path": "order.rs", "line": line, "body": f"about {line}", **more}


def test_a_review_stands_with_its_comments(stage: Stage) -> None:
    review = _review(
        stage,
        _on(12),
        _on(12, side="LEFT"),
        _on(42, start_line=40, start_side="RIGHT", side="RIGHT"),
        {"path": "gone.rs", "line": 1, "side": "LEFT", "body": "why?"},
    )
    assert review.state == "COMMENTED"
    assert review.user.login == "trading-reviewer[bot]"
    assert review.commit_id == stage.head
    assert review.html_url.endswith(f"/pull/{stage.number}#pullrequestreview-{review.id}")
    comments = list(stage.pull().get_single_review_comments(review.id))
    assert [(c.path, c.line, c.side) for c in comments] == [
        ("order.rs", 12, "RIGHT"),
        ("order.rs", 12, "LEFT"),
        ("order.rs", 42, "RIGHT"),
        ("gone.rs", 1, "LEFT"),
    ]
    assert comments[2].start_line == 40
    assert comments[0].html_url.endswith(f"/pull/{stage.number}#discussion_r{comments[0].id}")
    assert comments[0].diff_hunk == (
        "@@ -9,7 +9,7 @@ line 8\n line 9\n line 10\n line 11\n-line 12\n+changed"
    )
    assert comments[0].raw_data["position"] == 5


def test_a_comment_may_be_placed_by_position(stage: Stage) -> None:
    _review(stage, {"path": "order.rs", "position": 5, "body": "old style"})
    assert [c.line for c in stage.pull().get_review_comments()] == [12]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (_on(30), "Line could not be resolved"),
        (_on(0), "Line could not be resolved"),
        (_on(12, side="MIDDLE"), "Side is not included in the list"),
        (_on(12, path="nowhere.rs"), "Path could not be resolved"),
        (_on(12, path="old.rs"), "Path could not be resolved"),
        ({"path": "order.rs", "body": "no line"}, "Line could not be resolved"),
        ({"path": "order.rs", "position": 999, "body": "x"}, "Position could not be resolved"),
        (_on(42, start_line=42), "must precede"),
        (_on(41, start_line=42), "must precede"),
        (_on(42, start_line=12), "same hunk"),
        (_on(42, start_line=39, start_side="LEFT"), "same hunk"),
        (_on(42, start_line=30), "could not be resolved"),
        (_on(12, body="  "), "blank"),
        (_on(12, body="x" * 65_537), "too long"),
        ({"path": "logo.png", "line": 1, "body": "binary"}, "Line could not be resolved"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_bad_comment_refuses_the_whole_review_without_naming_it(
    stage: Stage, bad: dict[str, Any], says: str
) -> None:
    with pytest.raises(pygithub.GithubException) as refused:
        _review(stage, _on(12), bad)
    assert refused.value.status == 422
    assert isinstance(refused.value.data, dict)
    assert refused.value.data["message"] == "Unprocessable Entity"
    (error,) = refused.value.data["errors"]
    assert says in error
    assert "order.rs" not in error
    assert stage.sandbox.reviews(REPO, stage.number) == []
    assert stage.sandbox.comments(REPO, stage.number) == []


def test_a_review_has_something_to_say(stage: Stage) -> None:
    for body, event in (("", "COMMENT"), (" ", "REQUEST_CHANGES"), ("x", "SHOUT")):
        with pytest.raises(pygithub.GithubException) as refused:
            stage.pull().create_review(body=body, event=event)
        assert refused.value.status == 422
    _review(stage, _on(12), body="")
    with pytest.raises(pygithub.GithubException) as too_long:
        _review(stage, body="x" * 65_537)
    assert too_long.value.status == 422
    _review(stage, body="x" * 65_536)


def test_the_commit_has_to_be_in_the_pull_request(stage: Stage) -> None:
    with pytest.raises(pygithub.GithubException) as refused:
        stage.pull().create_review(stage.repo().get_commit(stage.base), "hello", "COMMENT")
    assert refused.value.status == 422
    review = stage.pull().create_review(stage.repo().get_commit(stage.head), "hello", "COMMENT")
    assert review.commit_id == stage.head


def test_a_review_can_be_reworded_by_its_author_alone(stage: Stage) -> None:
    review = _review(stage)
    path = f"/repos/{REPO}/pulls/{stage.number}/reviews/{review.id}"
    review.edit("Read again.")
    assert stage.pull().get_review(review.id).body == "Read again."
    with pytest.raises(Exception, match="403"):
        stage.sandbox.call("PUT", path, {"body": "mine now"}, actor="acme")


def test_a_pending_review_is_seen_by_its_author_until_it_is_submitted(stage: Stage) -> None:
    comments: Any = [_on(12)]
    review = stage.pull().create_review(body="Soon", comments=comments)
    assert review.state == "PENDING"
    assert stage.sandbox.reviews(REPO, stage.number) == []
    assert stage.sandbox.comments(REPO, stage.number) == []
    with pytest.raises(pygithub.GithubException, match="one pending review"):
        stage.pull().create_review(body="Another")
    path = f"/repos/{REPO}/pulls/{stage.number}/reviews/{review.id}/events"
    stage.github().requester.requestJsonAndCheck("POST", path, input={"event": "REQUEST_CHANGES"})
    assert [r["state"] for r in stage.sandbox.reviews(REPO, stage.number)] == ["CHANGES_REQUESTED"]
    stage.pull().get_review(review.id).dismiss("settled")
    assert stage.pull().get_review(review.id).state == "DISMISSED"


def test_a_pending_review_can_be_thrown_away(stage: Stage) -> None:
    comments: Any = [_on(12)]
    review = stage.pull().create_review(body="Try", comments=comments)
    review.delete()
    assert list(stage.pull().get_reviews()) == []
    assert list(stage.pull().get_review_comments()) == []
    with pytest.raises(pygithub.GithubException) as refused:
        _review(stage).delete()
    assert refused.value.status == 422


def test_a_review_of_an_older_commit_is_placed_there_and_moved(stage: Stage) -> None:
    lines = numbered(60, l12="changed", l40="replaced otherwise")
    stage.work.git("reset", "--quiet", "--hard", stage.head)
    head = stage.work.commit({"order.rs": f"one more line\n{lines}"})
    stage.sandbox.push(REPO, stage.number, head, source=stage.work.path)
    comments: Any = [_on(12), _on(40)]
    commit = stage.repo().get_commit(stage.head)
    review = stage.pull().create_review(commit, "Late", "COMMENT", comments=comments)
    assert review.commit_id == stage.head
    found = stage.sandbox.comments(REPO, stage.number)
    assert [(c["original_line"], c["line"]) for c in found] == [(12, 13), (40, None)]
    late = stage.pull().create_review_comment("late", commit, "order.rs", line=12, side="RIGHT")
    assert (late.original_line, late.raw_data["line"]) == (12, 13)


def test_a_push_keeps_outdates_and_moves_comments(stage: Stage) -> None:
    _review(stage, _on(12), _on(40), _on(42, start_line=41, start_side="RIGHT"), _on(9))
    before = {c["original_line"]: c for c in stage.sandbox.comments(REPO, stage.number)}
    lines = numbered(60, l12="changed", l40="replaced otherwise")
    head = stage.work.commit({"order.rs": f"one more line\n{lines}", "old.rs": None})
    stage.sandbox.push(REPO, stage.number, head, source=stage.work.path)
    after = {c["original_line"]: c for c in stage.sandbox.comments(REPO, stage.number)}
    assert after[12]["line"] == 13
    assert after[12]["commit_id"] == head
    assert after[12]["original_commit_id"] == stage.head
    assert (after[42]["start_line"], after[42]["line"]) == (42, 43)
    assert after[40]["line"] is None
    assert after[40]["position"] is None
    assert after[40]["commit_id"] == stage.head
    assert after[40]["diff_hunk"] == before[40]["diff_hunk"]
    assert after[9]["line"] == 10


def test_a_force_push_that_takes_the_file_back_outdates_its_comments(stage: Stage) -> None:
    _review(stage, _on(12))
    head = stage.work.commit({"other.rs": "unrelated\n"})
    stage.sandbox.push(REPO, stage.number, head, source=stage.work.path)
    assert [c["line"] for c in stage.sandbox.comments(REPO, stage.number)] == [None]
    # a line that comes back does not bring its comment back
    stage.sandbox.push(REPO, stage.number, stage.head, source=stage.work.path)
    assert [c["line"] for c in stage.sandbox.comments(REPO, stage.number)] == [None]


def test_many_comments_come_in_pages(stage: Stage) -> None:
    review = _review(stage, *[_on(12, body=f"number {n}") for n in range(45)])
    found = stage.pull().get_single_review_comments(review.id)
    assert [c.body for c in found] == [f"number {n}" for n in range(45)]


def test_a_review_is_seen_whole_or_not_at_all(stage: Stage) -> None:
    """Somebody who looks all the time never sees a pending review, nor one without comments."""
    odd: list[str] = []
    done = threading.Event()

    def look() -> None:
        repo = stage.repo(stage.token())
        pull = repo.get_pull(stage.number)
        while not done.is_set():
            for review in pull.get_reviews():
                found = list(pull.get_single_review_comments(review.id))
                if review.state == "PENDING" or len(found) != 2:
                    odd.append(f"{review.state} {len(found)}")

    watchers = [threading.Thread(target=look) for _ in range(3)]
    for watcher in watchers:
        watcher.start()
    stage.work.git("reset", "--quiet", "--hard", stage.head)
    before = stage.head
    for n in range(6):
        # comments on an earlier commit take a while to be placed, and that is when to look
        head = stage.work.commit({"other.rs": f"push {n}\n"})
        stage.sandbox.push(REPO, stage.number, head, source=stage.work.path)
        comments: Any = [_on(12), {"path": "new.rs", "line": 3, "body": "x"}]
        commit = stage.repo().get_commit(before)
        stage.pull().create_review(commit, "Read.", "COMMENT", comments)
        before = head
    done.set()
    for watcher in watchers:
        watcher.join()
    assert odd == []
