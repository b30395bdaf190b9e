"""The pages that a person looks at: the list of pull requests, and one of them."""

from __future__ import annotations

from html import escape

from flask import Blueprint, Response

from reviewer.sandbox.github_anchors import comparison_of
from reviewer.sandbox.github_errors import not_found
from reviewer.sandbox.github_http import world
from reviewer.sandbox.github_markdown import markdown_html
from reviewer.sandbox.github_page_diff import (
    author_html,
    file_html,
    hidden_html,
    thread_html,
    threads_of,
    when,
)
from reviewer.sandbox.github_page_style import STYLE
from reviewer.sandbox.github_pulls import DIFF_FILES, pull_of
from reviewer.sandbox.github_state import CheckRun, IssueComment, Pull, Review

routes = Blueprint("page", __name__)

_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)
_SIGNS = {"success": "✓", "failure": "✕", "timed_out": "✕", "action_required": "!"}
_VERBS = {
    "APPROVED": "approved these changes",
    "CHANGES_REQUESTED": "requested changes",
    "COMMENTED": "reviewed",
    "DISMISSED": "gave a review that was dismissed",
}


def _page(title: str, body: str) -> Response:
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body>{body}</body></html>"
    )
    headers = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"}
    return Response(html, content_type="text/html; charset=utf-8", headers=headers)


@routes.get("/")
def list_everything() -> Response:
    """Every pull request, newest first."""
    pulls = [pull for repo in world().repos() for pull in list(repo.pulls.values())]
    pulls.sort(key=lambda pull: pull.id, reverse=True)
    items = "".join(
        f"<li>{_state(pull)}<a href='{_address(pull)}'>{escape(pull.title)}</a> "
        f'<span class="muted">{escape(pull.repo.full_name)}#{pull.number} by '
        f"{escape(pull.user.login)}</span></li>"
        for pull in pulls
    )
    listed = f'<ul class="list">{items}</ul>' if items else "<p>There are no pull requests.</p>"
    top = '<div class="top">A stand-in for GitHub on this machine</div>'
    return _page("Pull requests", f"{top}<main><h1>Pull requests</h1>{listed}</main>")


def _address(pull: Pull) -> str:
    return escape(f"/{pull.repo.full_name}/pull/{pull.number}")


def _state(pull: Pull) -> str:
    if pull.merged_at is not None:
        return '<span class="state merged">Merged</span>'
    if pull.state == "closed":
        return '<span class="state closed">Closed</span>'
    return (
        '<span class="state draft">Draft</span>'
        if pull.draft
        else '<span class="state">Open</span>'
    )


@routes.get("/<owner>/<repo>/pull/<int:number>")
@routes.get("/<owner>/<repo>/pull/<int:number>/files", endpoint="files")
def show_pull(owner: str, repo: str, number: int) -> Response:
    """One pull request: conversation, checks, changed files with their comments."""
    repository = world().repo(owner, repo)
    if repository is None:
        raise not_found()
    pull = pull_of(repository, number)
    name = escape(repository.full_name)
    top = f'<div class="top"><a href="/">GitHub stand-in</a> / <b>{name}</b></div>'
    body = f"{top}<main>{_head(pull)}{_conversation(pull)}{_checks(pull)}{_files(pull)}</main>"
    return _page(f"{pull.title} · {repository.full_name}#{number}", body)


def _head(pull: Pull) -> str:
    change = comparison_of(pull)
    commits = f"{len(change.commits)} commit{'s' if len(change.commits) != 1 else ''}"
    return (
        f'<h1>{escape(pull.title)} <span class="number">#{pull.number}</span></h1>'
        f'<div class="meta muted">{_state(pull)}{author_html(pull.user)} wants to merge {commits} '
        f'into <span class="ref">{escape(pull.base_ref)}</span> from '
        f'<span class="ref">{escape(pull.head_ref)}</span></div>'
    )


def _card(anchor: str, head: str, text: str, below: str = "", hidden_as: str | None = None) -> str:
    body = hidden_html(hidden_as, markdown_html(text) + below) if text or below else ""
    return f'<div class="card" id="{anchor}"><div class="head">{head}</div>{body}</div>'


def _conversation(pull: Pull) -> str:
    repo = pull.repo
    parts = [
        _card(
            f"issue-{pull.id}",
            f"{author_html(pull.user)} commented {when(pull.created_at)}",
            pull.body or "*No description provided.*",
        )
    ]
    said: list[IssueComment | Review] = [
        comment for comment in list(repo.issue_comments.values()) if comment.pull is pull
    ]
    said += [
        review
        for review in list(repo.reviews.values())
        if review.pull is pull and review.state != "PENDING"
    ]
    for item in sorted(said, key=lambda item: item.id):
        if isinstance(item, IssueComment):
            head = f"{author_html(item.user)} commented {when(item.created_at)}"
            place = f"issuecomment-{item.id}"
            parts.append(_card(place, head, item.body, hidden_as=item.hidden_as))
        else:
            parts.append(_review(item))
    return "".join(parts)


def _review(review: Review) -> str:
    own = [c for c in review.pull.repo.comments_of(review.pull) if c.review is review]
    # the review around a single reply says nothing of its own
    if not review.body and all(c.in_reply_to is not None for c in own):
        return ""
    links = "".join(
        f'<li><a href="#discussion_r{c.id}">{escape(c.original.path)}'
        f"{f':{c.original.line}' if c.original.line else ''}</a></li>"
        for c in own
        if c.anchor is not None
    )
    outdated = "".join(thread_html([c], []) for c in own if c.anchor is None)
    below = f"<ul>{links}</ul>" if links and not review.body else ""
    if outdated:
        below += f"<details><summary>Outdated comments</summary>{outdated}</details>"
    head = (
        f"{author_html(review.user)} {_VERBS[review.state]} "
        f"{when(review.submitted_at)} at <code>{review.commit[:7]}</code>"
    )
    return _card(f"pullrequestreview-{review.id}", head, review.body, below)


def _checks(pull: Pull) -> str:
    newest: dict[tuple[int, str], CheckRun] = {}
    for run in list(pull.repo.check_runs.values()):
        if run.head_sha == pull.head_sha:
            newest[(run.app.id, run.name)] = run
    rows = "".join(_check(run) for run in newest.values())
    return f'<h2>Checks</h2><div class="card">{rows}</div>' if rows else ""


def _check(run: CheckRun) -> str:
    outcome = run.conclusion or run.status.replace("_", " ")
    sign = _SIGNS.get(run.conclusion or "", "•" if run.conclusion else "…")
    title = run.output.get("title")
    words = "".join(markdown_html(run.output.get(part) or "") for part in ("summary", "text"))
    notes = "".join(
        f"<li><code>{escape(note['path'])}:{note['start_line']}</code> "
        f"{escape(note.get('title') or '')} {escape(note['message'])}</li>"
        for note in run.annotations
    )
    return (
        f'<div class="check"><span class="sign {run.conclusion or "running"}">{sign}</span><div>'
        f"<b>{escape(run.name)}</b> <span class='muted'>{escape(outcome)}"
        f"{' · ' + escape(title) if title else ''}</span>"
        f'<div class="body">{words}{f"<ul>{notes}</ul>" if notes else ""}</div></div></div>'
    )


def _files(pull: Pull) -> str:
    change = comparison_of(pull)
    threads = threads_of(pull.repo.comments_of(pull))
    standing = [thread for thread in threads if thread[0].anchor is not None]
    shown = "".join(
        file_html(file, [t for t in standing if t[0].anchor and t[0].anchor.path == file.path])
        for file in change.files[:DIFF_FILES]
    )
    count = f"{len(change.files)} file{'s' if len(change.files) != 1 else ''}"
    return f'<h2 id="files">Files changed <span class="muted">({count})</span></h2>{shown}'
