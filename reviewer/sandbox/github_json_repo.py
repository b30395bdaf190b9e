"""Accounts, repositories and commits in the shapes that GitHub's REST API gives them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from reviewer.sandbox import github_git
from reviewer.sandbox.github_diff import FileChange
from reviewer.sandbox.github_state import App, Installation, Repository, User
from reviewer.sandbox.github_world import World

Json = dict[str, Any]

_REPO_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
    "url": "",
}
_USER_LINKS = {
    "events_url": "/events{/privacy}",
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "organizations_url": "/orgs",
    "received_events_url": "/received_events",
    "repos_url": "/repos",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "url": "",
}


def moment(when: datetime | None) -> str | None:
    """A time as GitHub writes it, `2026-11-02T15:04:05Z`."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ") if when else None


def node_id(kind: str, number: int) -> str:
    """The id of a thing in GraphQL."""
    return f"{kind}_{base64.urlsafe_b64encode(f'{kind}:{number}'.encode()).decode().rstrip('=')}"


def user_json(world: World, user: User) -> Json:
    """An account (`simple-user`)."""
    here = f"{world.api_url}/users/{quote(user.login)}"
    return {
        "login": user.login,
        "id": user.id,
        "node_id": node_id("U", user.id),
        "avatar_url": f"{world.base_url}/avatars/u/{user.id}?v=4",
        "gravatar_id": "",
        "html_url": f"{world.base_url}/{_page_of(user)}",
        "type": user.kind,
        "site_admin": False,
        "user_view_type": "public",
        **{name: here + rest for name, rest in _USER_LINKS.items()},
    }


def _page_of(user: User) -> str:
    return f"apps/{user.login.removesuffix('[bot]')}" if user.kind == "Bot" else quote(user.login)


def repo_json(world: World, repo: Repository) -> Json:
    """A repository (`repository`, `full-repository` and `minimal-repository` at once)."""
    here = f"{world.api_url}/repos/{repo.full_name}"
    host = world.base_url.partition("://")[2]
    open_pulls = sum(1 for pull in list(repo.pulls.values()) if pull.state == "open")
    created = moment(repo.created_at)
    return {
        "id": repo.id,
        "node_id": node_id("R", repo.id),
        "name": repo.name,
        "full_name": repo.full_name,
        "private": repo.private,
        "visibility": "private" if repo.private else "public",
        "owner": user_json(world, repo.owner),
        "html_url": f"{world.base_url}/{repo.full_name}",
        "description": None,
        "fork": repo.fork_of is not None,
        "clone_url": f"{world.base_url}/{repo.full_name}.git",
        "git_url": f"git://{host}/{repo.full_name}.git",
        "ssh_url": f"git@{host}:{repo.full_name}.git",
        "svn_url": f"{world.base_url}/{repo.full_name}",
        "mirror_url": None,
        "homepage": None,
        "language": "Rust",
        "license": None,
        "topics": [],
        "default_branch": repo.default_branch,
        "size": 0,
        "archived": False,
        "disabled": False,
        "allow_forking": True,
        "is_template": False,
        "web_commit_signoff_required": False,
        "has_issues": True,
        "has_projects": True,
        "has_downloads": True,
        "has_wiki": False,
        "has_pages": False,
        "has_discussions": False,
        "forks": 0,
        "forks_count": 0,
        "network_count": 0,
        "open_issues": open_pulls,
        "open_issues_count": open_pulls,
        "stargazers_count": 0,
        "subscribers_count": 0,
        "watchers": 0,
        "watchers_count": 0,
        "created_at": created,
        "pushed_at": created,
        "updated_at": created,
        **{name: here + rest for name, rest in _REPO_LINKS.items()},
    }


def app_json(world: World, app: App) -> Json:
    """An App (`integration`)."""
    return {
        "id": app.id,
        "slug": app.slug,
        "client_id": app.client_id,
        "node_id": node_id("A", app.id),
        "owner": user_json(world, app.owner),
        "name": app.slug,
        "description": None,
        "external_url": f"{world.base_url}/{app.owner.login}",
        "html_url": f"{world.base_url}/apps/{app.slug}",
        "created_at": moment(app.created_at),
        "updated_at": moment(app.created_at),
        "permissions": app.permissions,
        "events": list(app.events),
    }


def installation_json(world: World, installation: Installation) -> Json:
    """An installation."""
    here = f"{world.api_url}/app/installations/{installation.id}"
    return {
        "id": installation.id,
        "account": user_json(world, installation.account),
        "repository_selection": "all" if installation.selected is None else "selected",
        "access_tokens_url": f"{here}/access_tokens",
        "repositories_url": f"{world.api_url}/installation/repositories",
        "html_url": f"{world.base_url}/settings/installations/{installation.id}",
        "app_id": installation.app.id,
        "app_slug": installation.app.slug,
        "client_id": installation.app.client_id,
        "target_id": installation.account.id,
        "target_type": installation.account.kind,
        "permissions": installation.permissions,
        "events": list(installation.app.events),
        "created_at": moment(installation.created_at),
        "updated_at": moment(installation.created_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": user_json(world, by) if (by := installation.suspended_by) else None,
        "suspended_at": moment(installation.suspended_at),
    }


def file_json(world: World, repo: Repository, file: FileChange, head: str) -> Json:
    """A changed file (`diff-entry`); GitHub leaves `patch` out where there is none to show."""
    body: Json = {
        "sha": file.blob,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": f"{world.base_url}/{repo.full_name}/blob/{head}/{_quoted(file.path)}",
        "raw_url": f"{world.base_url}/{repo.full_name}/raw/{head}/{_quoted(file.path)}",
        "contents_url": (
            f"{world.api_url}/repos/{repo.full_name}/contents/{_quoted(file.path)}?ref={head}"
        ),
    }
    if file.patch:
        body["patch"] = file.patch
    if file.previous:
        body["previous_filename"] = file.previous
    return body


def commit_json(world: World, repo: Repository, sha: str) -> Json:
    """A commit, without its files. Raises GitError."""
    commit = github_git.commit(repo.git_dir, sha)
    api = f"{world.api_url}/repos/{repo.full_name}"
    html = f"{world.base_url}/{repo.full_name}/commit"
    people = {
        role: {"name": name, "email": email, "date": moment(_utc(date))}
        for role, (name, email, date) in (
            ("author", commit.author),
            ("committer", commit.committer),
        )
    }
    return {
        "sha": sha,
        "node_id": node_id("C", int(sha[:12], 16)),
        "commit": {
            **people,
            "message": commit.message,
            "tree": {"sha": commit.tree, "url": f"{api}/git/trees/{commit.tree}"},
            "url": f"{api}/git/commits/{sha}",
            "comment_count": 0,
            "verification": {
                "verified": False,
                "reason": "unsigned",
                "signature": None,
                "payload": None,
                "verified_at": None,
            },
        },
        "url": f"{api}/commits/{sha}",
        "html_url": f"{html}/{sha}",
        "comments_url": f"{api}/commits/{sha}/comments",
        "author": None,
        "committer": None,
        "parents": [
            {"sha": p, "url": f"{api}/commits/{p}", "html_url": f"{html}/{p}"}
            for p in commit.parents
        ],
    }


def _utc(date: str) -> datetime:

    return datetime.fromisoformat(date).astimezone(UTC)


def _quoted(path: str) -> str:

    return quote(path)
