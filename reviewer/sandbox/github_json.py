"""Pull requests, reviews, comments and reactions in the shapes of GitHub's REST API."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import quote

from reviewer.sandbox import github_git
from reviewer.sandbox.github_json_repo import app_json, moment, node_id, repo_json, user_json
from reviewer.sandbox.github_state import (
    IssueComment,
    Pull,
    Reaction,
    Repository,
    Review,
    ReviewComment,
    Role,
    User,
)
from reviewer.sandbox.github_world import World

Json = dict[str, Any]
EMOJI = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")


def association(repo: Repository, user: User) -> str:
    """How GitHub says that an account stands to a repository. It proves nothing."""
    if repo.owner is user:
        return "OWNER"
    given = repo.roles.get(user.login.lower(), Role("none"))
    if given.association:
        return given.association
    role = given.level
    if role in ("write", "maintain", "admin"):
        return "MEMBER" if repo.owner.kind == "Organization" else "COLLABORATOR"
    return "NONE" if role == "none" else "CONTRIBUTOR"


def pull_url(world: World, pull: Pull) -> str:
    """The pull request's address in the REST API."""
    return f"{world.api_url}/repos/{pull.repo.full_name}/pulls/{pull.number}"


def pull_page(world: World, pull: Pull) -> str:
    """The pull request's page."""
    return f"{world.base_url}/{pull.repo.full_name}/pull/{pull.number}"


def label_json(world: World, repo: Repository, name: str) -> Json:
    """A label by its name."""
    return {
        "id": sum(name.encode()),
        "node_id": node_id("LA", sum(name.encode())),
        "url": f"{world.api_url}/repos/{repo.full_name}/labels/{quote(name)}",
        "name": name,
        "color": "ededed",
        "default": False,
        "description": "",
    }


def labels_json(world: World, pull: Pull) -> list[Json]:
    """The labels of a pull request."""
    return [label_json(world, pull.repo, name) for name in pull.labels]


def _branch_json(world: World, repo: Repository, ref: str, sha: str) -> Json:
    return {
        "label": f"{repo.owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user_json(world, repo.owner),
        "repo": repo_json(world, repo),
    }


def pull_summary_json(world: World, pull: Pull) -> Json:
    """A pull request as it stands in a list (`pull-request-simple`)."""
    here, page = pull_url(world, pull), pull_page(world, pull)
    api = f"{world.api_url}/repos/{pull.repo.full_name}"
    links = {
        "self": here,
        "html": page,
        "issue": f"{api}/issues/{pull.number}",
        "comments": f"{api}/issues/{pull.number}/comments",
        "review_comments": f"{here}/comments",
        "review_comment": f"{api}/pulls/comments{{/number}}",
        "commits": f"{here}/commits",
        "statuses": f"{api}/statuses/{pull.head_sha}",
    }
    return {
        "url": here,
        "id": pull.id,
        "node_id": node_id("PR", pull.id),
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        **{f"{name}_url": href for name, href in links.items() if name not in ("self", "html")},
        "number": pull.number,
        "state": pull.state,
        "locked": False,
        "title": pull.title,
        "user": user_json(world, pull.user),
        "body": pull.body,
        "created_at": moment(pull.created_at),
        "updated_at": moment(pull.updated_at),
        "closed_at": moment(pull.closed_at),
        "merged_at": moment(pull.merged_at),
        "merge_commit_sha": pull.merge_commit_sha,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "labels": labels_json(world, pull),
        "milestone": None,
        "draft": pull.draft,
        "head": _branch_json(world, pull.head_repo, pull.head_ref, pull.head_sha),
        "base": _branch_json(world, pull.repo, pull.base_ref, pull.base_sha),
        "author_association": association(pull.repo, pull.user),
        "auto_merge": None,
        "active_lock_reason": None,
        "_links": {name: {"href": href} for name, href in links.items()},
    }


def pull_json(world: World, pull: Pull) -> Json:
    """A pull request with what its diff adds up to (`pull-request`)."""
    change = github_git.compare(pull.repo.git_dir, pull.base_sha, pull.head_sha)
    return {
        **pull_summary_json(world, pull),
        "merged": pull.merged_at is not None,
        "mergeable": True,
        "rebaseable": True,
        "mergeable_state": "clean",
        "merged_by": user_json(world, pull.merged_by) if pull.merged_by else None,
        "comments": sum(1 for c in list(pull.repo.issue_comments.values()) if c.pull is pull),
        "review_comments": len(pull.repo.comments_of(pull)),
        "maintainer_can_modify": False,
        "commits": len(change.commits),
        "additions": change.additions,
        "deletions": change.deletions,
        "changed_files": len(change.files),
    }


def issue_json(world: World, pull: Pull) -> Json:
    """A pull request as the issue that it also is."""
    repo = pull.repo
    here = f"{world.api_url}/repos/{repo.full_name}/issues/{pull.number}"
    page, url = pull_page(world, pull), pull_url(world, pull)
    return {
        "url": here,
        "repository_url": f"{world.api_url}/repos/{repo.full_name}",
        "labels_url": f"{here}/labels{{/name}}",
        "comments_url": f"{here}/comments",
        "events_url": f"{here}/events",
        "html_url": page,
        "id": pull.id,
        "node_id": node_id("PR", pull.id),
        "number": pull.number,
        "title": pull.title,
        "user": user_json(world, pull.user),
        "labels": labels_json(world, pull),
        "state": pull.state,
        "state_reason": None,
        "locked": False,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": sum(1 for c in list(repo.issue_comments.values()) if c.pull is pull),
        "created_at": moment(pull.created_at),
        "updated_at": moment(pull.updated_at),
        "closed_at": moment(pull.closed_at),
        "author_association": association(repo, pull.user),
        "draft": pull.draft,
        "pull_request": {
            "url": url,
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": moment(pull.merged_at),
        },
        "body": pull.body,
        "reactions": _rollup(pull.reactions, here),
    }


def review_json(world: World, review: Review) -> Json:
    """A review (`pull-request-review`)."""
    page = f"{pull_page(world, review.pull)}#pullrequestreview-{review.id}"
    url = pull_url(world, review.pull)
    body: Json = {
        "id": review.id,
        "node_id": node_id("PRR", review.id),
        "user": user_json(world, review.user),
        "body": review.body,
        "state": review.state,
        "html_url": page,
        "pull_request_url": url,
        "author_association": association(review.pull.repo, review.user),
        "_links": {"html": {"href": page}, "pull_request": {"href": url}},
        "commit_id": review.commit,
    }
    if review.submitted_at:
        body["submitted_at"] = moment(review.submitted_at)
    return body


def review_comment_json(world: World, comment: ReviewComment) -> Json:
    """A comment on the diff (`pull-request-review-comment`, and `review-comment` of a review).

    Once the line has left the diff, `line` and `position` are null.
    """
    pull, original, current = comment.pull, comment.original, comment.anchor
    here = f"{world.api_url}/repos/{pull.repo.full_name}/pulls/comments/{comment.id}"
    page = f"{pull_page(world, pull)}#discussion_r{comment.id}"
    url = pull_url(world, pull)
    body: Json = {
        "url": here,
        "pull_request_review_id": comment.review.id if comment.review else None,
        "id": comment.id,
        "node_id": node_id("PRRC", comment.id),
        "diff_hunk": comment.diff_hunk,
        "path": current.path if current else original.path,
        "commit_id": comment.commit,
        "original_commit_id": comment.original_commit,
        "user": user_json(world, comment.user),
        "body": comment.body,
        "created_at": moment(comment.created_at),
        "updated_at": moment(comment.updated_at),
        "html_url": page,
        "pull_request_url": url,
        "author_association": association(pull.repo, comment.user),
        "_links": {
            "self": {"href": here},
            "html": {"href": page},
            "pull_request": {"href": url},
        },
        "subject_type": "file" if comment.on_file else "line",
        "position": 1 if comment.on_file else (current.position if current else None),
        "original_position": original.position or 1,
        "reactions": _rollup(comment.reactions, here),
    }
    if not comment.on_file:
        body |= {
            "side": original.side,
            "line": current.line if current else None,
            "original_line": original.line,
            "start_side": original.start_side,
            "start_line": current.start_line if current else None,
            "original_start_line": original.start_line,
        }
    if comment.in_reply_to is not None:
        body["in_reply_to_id"] = comment.in_reply_to
    return body


def issue_comment_json(world: World, comment: IssueComment) -> Json:
    """A comment in the conversation (`issue-comment`)."""
    repo = comment.pull.repo
    here = f"{world.api_url}/repos/{repo.full_name}/issues/comments/{comment.id}"
    return {
        "id": comment.id,
        "node_id": node_id("IC", comment.id),
        "url": here,
        "html_url": f"{pull_page(world, comment.pull)}#issuecomment-{comment.id}",
        "issue_url": f"{world.api_url}/repos/{repo.full_name}/issues/{comment.pull.number}",
        "body": comment.body,
        "user": user_json(world, comment.user),
        "created_at": moment(comment.created_at),
        "updated_at": moment(comment.updated_at),
        "author_association": association(repo, comment.user),
        "performed_via_github_app": app_json(world, comment.app) if comment.app else None,
        "minimized": {"reason": comment.hidden_as} if comment.hidden_as else None,
        "reactions": _rollup(comment.reactions, here),
    }


def reaction_json(world: World, reaction: Reaction) -> Json:
    """An emoji that somebody left."""
    return {
        "id": reaction.id,
        "node_id": node_id("REA", reaction.id),
        "user": user_json(world, reaction.user),
        "content": reaction.content,
        "created_at": moment(reaction.created_at),
    }


def _rollup(reactions: list[Reaction], url: str) -> Json:
    counted = Counter(reaction.content for reaction in reactions)
    return {
        "url": f"{url}/reactions",
        "total_count": len(reactions),
        **{emoji: counted[emoji] for emoji in EMOJI},
    }
