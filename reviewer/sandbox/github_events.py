"""What webhooks say: the payload of each event, and who is told."""

from __future__ import annotations

from typing import Any

from reviewer.sandbox import github_json
from reviewer.sandbox.github_deliveries import post_office
from reviewer.sandbox.github_json_checks import check_run_json, check_suite_json, merge_group_json
from reviewer.sandbox.github_json_repo import (
    app_json,
    installation_json,
    node_id,
    repo_json,
    user_json,
)
from reviewer.sandbox.github_state import (
    App,
    CheckRun,
    Installation,
    IssueComment,
    MergeGroup,
    Pull,
    Repository,
    Review,
    ReviewComment,
    Thread,
    User,
)
from reviewer.sandbox.github_world import World

Json = dict[str, Any]

EVENTS = (
    "check_run",
    "check_suite",
    "issue_comment",
    "merge_group",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "repository",
)
"""The events that an App can subscribe to here.

`ping`, `installation` and `installation_repositories` come unasked.
"""


def announce(
    world: World, event: str, action: str, pull: Pull, sender: User, **members: Any
) -> None:
    """Tell every App that watches the pull request's repository what happened to it."""
    body: Json = {"action": action, **members}
    if event == "pull_request":
        body |= {"number": pull.number, "pull_request": github_json.pull_json(world, pull)}
    elif event == "issue_comment":
        body["issue"] = github_json.issue_json(world, pull)
    else:
        body["pull_request"] = github_json.pull_summary_json(world, pull)
    _tell(world, event, pull.repo, sender, body)


def announce_issue_comment(
    world: World, action: str, comment: IssueComment, sender: User, **members: Any
) -> None:
    """Tell of a comment in the conversation."""
    body = github_json.issue_comment_json(world, comment)
    announce(world, "issue_comment", action, comment.pull, sender, comment=body, **members)


def announce_review_comment(
    world: World, action: str, comment: ReviewComment, sender: User, **members: Any
) -> None:
    """Tell of a comment on the diff."""
    told = {"comment": github_json.review_comment_json(world, comment), **members}
    announce(world, "pull_request_review_comment", action, comment.pull, sender, **told)


def announce_thread(world: World, action: str, thread: Thread, sender: User) -> None:
    """Tell of a thread that was resolved or taken up again."""
    comments = [c for c in thread.pull.repo.comments_of(thread.pull) if c.thread is thread]
    told = {
        "node_id": node_id("PRRT", thread.id),
        "comments": [github_json.review_comment_json(world, comment) for comment in comments],
    }
    announce(world, "pull_request_review_thread", action, thread.pull, sender, thread=told)


def announce_check_suite(world: World, app: App, repo: Repository, sha: str, sender: User) -> None:
    """Ask an App for all its check runs of a commit anew."""
    body: Json = {"action": "rerequested", "check_suite": check_suite_json(world, app, repo, sha)}
    _tell(world, "check_suite", repo, sender, body, only=app)


def announce_merge_group(
    world: World, action: str, group: MergeGroup, sender: User, **members: Any
) -> None:
    """Tell of commits that a merge queue wants checked, or no longer."""
    body: Json = {"action": action, "merge_group": merge_group_json(world, group), **members}
    _tell(world, "merge_group", group.pull.repo, sender, body)


def announce_repository(
    world: World, action: str, repo: Repository, sender: User, **members: Any
) -> None:
    """Tell of what happened to a repository itself."""
    _tell(world, "repository", repo, sender, {"action": action, **members})


def announce_review(world: World, action: str, review: Review, sender: User) -> None:
    """Tell of a review. In webhooks its state is spelled in small letters."""
    body = github_json.review_json(world, review)
    body["state"] = review.state.lower()
    announce(world, "pull_request_review", action, review.pull, sender, review=body)


def announce_check_run(
    world: World, action: str, run: CheckRun, sender: User, **members: Any
) -> None:
    """Tell of a check run; a wish for another run is for the App that made it alone."""
    body: Json = {"action": action, "check_run": check_run_json(world, run), **members}
    only = run.app if action in ("rerequested", "requested_action") else None
    _tell(world, "check_run", run.repo, sender, body, only=only)


def announce_installation(world: World, action: str, installation: Installation) -> None:
    """Tell an App of its own installation."""
    body = {
        "action": action,
        "installation": installation_json(world, installation),
        "repositories": [_named(r) for r in world.repos() if installation.covers(r)],
        "requester": None,
        "sender": user_json(world, installation.account),
    }
    post_office().send(installation.app, "installation", body, installation_id=installation.id)


def announce_selection(
    world: World, installation: Installation, added: list[Repository], removed: list[Repository]
) -> None:
    """Tell an App which repositories its installation has come to cover, or covers no more."""
    told = installation_json(world, installation)
    body = {
        "action": "added" if added else "removed",
        "installation": told,
        "repository_selection": told["repository_selection"],
        "repositories_added": [_named(repo) for repo in added],
        "repositories_removed": [_named(repo) for repo in removed],
        "requester": None,
        "sender": user_json(world, installation.account),
    }
    app = installation.app
    post_office().send(app, "installation_repositories", body, installation_id=installation.id)


def _named(repo: Repository) -> Json:
    told = {"id": repo.id, "name": repo.name, "full_name": repo.full_name}
    return {**told, "node_id": node_id("R", repo.id), "private": repo.private}


def ping(world: World, app: App) -> None:
    """Send the App the ping that GitHub sends when a webhook is set up."""
    body = {
        "zen": "Anything added dilutes everything else.",
        "hook_id": app.hook_id,
        "hook": {
            "type": "App",
            "id": app.hook_id,
            "name": "web",
            "active": True,
            "events": list(app.events),
            "app_id": app.id,
            "config": {"content_type": "json", "insecure_ssl": "0", "url": app.webhook_url},
        },
        "app": app_json(world, app),
    }
    post_office().send(app, "ping", body)


def _tell(
    world: World,
    event: str,
    repo: Repository,
    sender: User,
    body: Json,
    *,
    only: App | None = None,
) -> None:
    body["repository"] = repo_json(world, repo)
    body["sender"] = user_json(world, sender)
    if repo.owner.kind == "Organization":
        body["organization"] = {
            "login": repo.owner.login,
            "id": repo.owner.id,
            "url": f"{world.api_url}/orgs/{repo.owner.login}",
        }
    for app in list(world.apps.values()):
        installation = world.installation_of(app, repo)
        if installation is None or event not in app.events or only not in (None, app):
            continue
        if installation.suspended_at is not None:
            continue
        told = {**body, "installation": {"id": installation.id}}
        post_office().send(app, event, told, installation_id=installation.id, repository_id=repo.id)
