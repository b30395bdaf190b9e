"""Threads on the diff: found, resolved, taken up again; and comments that are hidden."""

from __future__ import annotations

from reviewer.sandbox.github_events import announce_thread
from reviewer.sandbox.github_http import world
from reviewer.sandbox.github_state import (
    IssueComment,
    Pull,
    Repository,
    ReviewComment,
    Thread,
    User,
)


def comments_of(thread: Thread) -> list[ReviewComment]:
    """The published comments of a thread, oldest first."""
    return [
        c
        for c in thread.pull.repo.comments_of(thread.pull)
        if c.thread is thread and (c.review is None or c.review.state != "PENDING")
    ]


def threads_of(pull: Pull) -> list[Thread]:
    """The threads of a pull request, oldest first. One whose comments are all deleted is gone."""
    found: dict[int, Thread] = {}
    for comment in pull.repo.comments_of(pull):
        if comment.review is None or comment.review.state != "PENDING":
            found.setdefault(comment.thread.id, comment.thread)
    return list(found.values())


def thread_by_id(number: int) -> Thread | None:
    """The thread of this id, wherever it is."""
    for repo in world().repos():
        for comment in list(repo.review_comments.values()):
            if comment.thread.id == number:
                return comment.thread if comments_of(comment.thread) else None
    return None


def set_resolved(thread: Thread, user: User, *, resolved: bool) -> None:
    """Resolve a thread or take it up again; nothing is told when it is so already."""
    with world().lock:
        if (thread.resolved_by is not None) == resolved:
            return
        thread.resolved_by = user if resolved else None
        thread.pull.touch()
    announce_thread(world(), "resolved" if resolved else "unresolved", thread, user)


def comment_by_id(kind: str, number: int) -> IssueComment | ReviewComment | None:
    """The comment of the conversation (`IC`) or of the diff (`PRRC`) that has this id."""
    for repo in world().repos():
        found = _comments(repo, kind).get(number)
        if found is not None:
            return found
    return None


def _comments(repo: Repository, kind: str) -> dict[int, IssueComment] | dict[int, ReviewComment]:
    return repo.issue_comments if kind == "IC" else repo.review_comments
