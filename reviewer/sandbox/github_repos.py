"""Repositories: their data, files, commits, comparisons and the roles of people."""

from __future__ import annotations

import base64
import re
import secrets
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request

from reviewer.sandbox import github_git
from reviewer.sandbox.github_auth import needs, role_name_of, role_of
from reviewer.sandbox.github_errors import ApiError, not_found
from reviewer.sandbox.github_git import Entry, GitError
from reviewer.sandbox.github_http import accepts, answer, listing, page_of, world
from reviewer.sandbox.github_json_repo import commit_json, file_json, node_id, repo_json, user_json
from reviewer.sandbox.github_state import Repository

routes = Blueprint("repos", __name__)
_ID = re.compile("[0-9a-f]{40}")
_CONTENT_BYTES = 1_000_000


def commit_at(repo: Repository, revision: str) -> str:
    """The commit that a branch, tag or id names. Raises ApiError 404."""
    sha = github_git.resolve(repo.git_dir, revision)
    if sha is None:
        raise not_found()
    return sha


@routes.get("/repos/<owner>/<repo>")
@needs("metadata:read")
def get_repo(repo: Repository) -> Response:
    """One repository."""
    return answer(repo_json(world(), repo))


@routes.get("/repos/<owner>/<repo>/collaborators/<login>/permission")
@needs("metadata:read")
def get_permission(repo: Repository, login: str) -> Response:
    """What a person may do. `permission` knows four levels, `role_name` six."""
    user = world().users.get(login.lower())
    if user is None:
        raise not_found()
    role, name = role_of(repo, user), role_name_of(repo, user)
    level = {"maintain": "write", "triage": "read"}.get(role, role)
    rank = ["none", "read", "triage", "write", "maintain", "admin"].index(role)
    permissions = {
        verb: rank >= least
        for verb, least in (
            ("pull", 1),
            ("triage", 2),
            ("push", 3),
            ("maintain", 4),
            ("admin", 5),
        )
    }
    person = {**user_json(world(), user), "permissions": permissions, "role_name": name}
    return answer({"permission": level, "user": person, "role_name": name})


@routes.get("/repos/<owner>/<repo>/branches/<path:branch>")
@needs("contents:read")
def get_branch(repo: Repository, branch: str) -> Response:
    """A branch and its last commit."""
    sha = commit_at(repo, f"heads/{branch}")
    here = f"{world().api_url}/repos/{repo.full_name}/branches/{branch}"
    return answer(
        {
            "name": branch,
            "commit": commit_json(world(), repo, sha),
            "_links": {
                "self": here,
                "html": f"{world().base_url}/{repo.full_name}/tree/{branch}",
            },
            "protected": False,
            "protection": {"enabled": False},
            "protection_url": f"{here}/protection",
        }
    )


@routes.get("/repos/<owner>/<repo>/commits")
@needs("contents:read")
def list_commits(repo: Repository) -> Response:
    """The commits that lead to `sha` (the default branch when it is left out), newest first;
    with `path` those that changed it."""
    tip = commit_at(repo, request.args.get("sha") or repo.default_branch)
    path = request.args.get("path")
    within = ["--", f":(literal){path}"] if path else []
    commits = github_git.text(repo.git_dir, "rev-list", "--max-count=10000", tip, *within).split()
    return listing(commits, lambda sha: commit_json(world(), repo, sha))


@routes.get("/repos/<owner>/<repo>/commits/<path:ref>")
@needs("contents:read")
def get_commit(repo: Repository, ref: str) -> Response:
    """One commit with what it changed against its first parent."""
    sha = commit_at(repo, ref)
    body = commit_json(world(), repo, sha)
    if accepts("sha"):
        return Response(sha, content_type="application/vnd.github.sha; charset=utf-8")
    if body["parents"]:
        change = github_git.compare(repo.git_dir, body["parents"][0]["sha"], sha)
        body["stats"] = {
            "total": change.additions + change.deletions,
            "additions": change.additions,
            "deletions": change.deletions,
        }
        body["files"] = [file_json(world(), repo, f, sha) for f in change.files[:300]]
    return answer(body)


@routes.get("/repos/<owner>/<repo>/compare/<path:basehead>")
@needs("contents:read")
def compare(repo: Repository, basehead: str) -> Response:
    """What one commit changed since it left another; every page has up to 300 files."""
    base_name, dots, head_name = basehead.partition("...")
    if not dots:
        raise not_found()
    base, head = commit_at(repo, base_name), commit_at(repo, head_name)
    try:
        change = github_git.compare(repo.git_dir, base, head)
    except GitError:
        raise ApiError(404, f"No common ancestor between {base_name} and {head_name}.") from None
    if accepts("diff"):
        return Response(change.diff, content_type="application/vnd.github.diff; charset=utf-8")
    commits, headers = page_of(change.commits, most=250)
    ahead, behind = len(change.commits), change.behind_by
    status = ("diverged" if behind else "ahead") if ahead else ("behind" if behind else "identical")
    here = f"{world().base_url}/{repo.full_name}/compare/{quote(basehead)}"
    body: dict[str, Any] = {
        "url": f"{world().api_url}/repos/{repo.full_name}/compare/{quote(basehead)}",
        "html_url": here,
        "permalink_url": f"{world().base_url}/{repo.full_name}/compare/{base}...{head}",
        "diff_url": f"{here}.diff",
        "patch_url": f"{here}.patch",
        "base_commit": commit_json(world(), repo, base),
        "merge_base_commit": commit_json(world(), repo, change.merge_base),
        "status": status,
        "ahead_by": ahead,
        "behind_by": behind,
        "total_commits": ahead,
        "commits": [commit_json(world(), repo, sha) for sha in commits],
        "files": [file_json(world(), repo, f, head) for f in change.files[:300]],
    }
    return answer(body, headers=headers)


@routes.get("/repos/<owner>/<repo>/contents/", defaults={"path": ""})
@routes.get("/repos/<owner>/<repo>/contents/<path:path>")
@needs("contents:read")
def get_contents(repo: Repository, path: str) -> Response:
    """A file with its content, or the list of a directory."""
    ref = request.args.get("ref") or repo.default_branch
    sha = commit_at(repo, ref)
    path = path.strip("/")
    found = github_git.entries(repo.git_dir, sha, path) if path else []
    if path and not found:
        raise not_found()
    if not path or found[0].kind == "tree":
        inside = github_git.entries(repo.git_dir, sha, f"{path}/" if path else "")
        return answer([_content_json(repo, entry, ref) for entry in inside])
    entry = found[0]
    if entry.kind != "blob":
        raise not_found()
    data = github_git.blob(repo.git_dir, entry.sha)
    if accepts("raw"):
        return Response(data, content_type="application/vnd.github.raw; charset=utf-8")
    small = len(data) <= _CONTENT_BYTES
    body = _content_json(repo, entry, ref) | {
        "content": base64.encodebytes(data).decode() if small else "",
        "encoding": "base64" if small else "none",
    }
    return answer(body)


def _content_json(repo: Repository, entry: Entry, ref: str) -> dict[str, Any]:
    kinds = {"blob": "file", "tree": "dir", "commit": "submodule"}
    api = f"{world().api_url}/repos/{repo.full_name}"
    path = quote(entry.path)
    here = f"{api}/contents/{path}?ref={quote(ref)}"
    shape = "blobs" if entry.kind == "blob" else "trees"
    git_url = f"{api}/git/{shape}/{entry.sha}"
    html = f"{world().base_url}/{repo.full_name}/blob/{quote(ref)}/{path}"
    raw = f"{world().base_url}/{repo.full_name}/raw/{quote(ref)}/{path}"
    return {
        "type": "symlink" if entry.mode == "120000" else kinds[entry.kind],
        "name": entry.path.rpartition("/")[2],
        "path": entry.path,
        "sha": entry.sha,
        "size": entry.size or 0,
        "url": here,
        "git_url": git_url,
        "html_url": html,
        "download_url": raw if entry.kind == "blob" else None,
        "_links": {"self": here, "git": git_url, "html": html},
    }


@routes.get("/repos/<owner>/<repo>/git/trees/<path:tree>")
@needs("contents:read")
def get_tree(repo: Repository, tree: str) -> Response:
    """A directory by commit, branch or tree id; `recursive` lists all that is in it."""
    sha = github_git.resolve(repo.git_dir, tree) or tree
    if not _ID.fullmatch(sha):
        raise not_found()
    try:
        top = github_git.text(repo.git_dir, "rev-parse", "--verify", f"{sha}^{{tree}}")
        listed = github_git.entries(repo.git_dir, top, recursive="recursive" in request.args)
    except GitError:
        raise not_found() from None
    api = f"{world().api_url}/repos/{repo.full_name}/git"
    rendered = []
    for entry in listed:
        shape = "blobs" if entry.kind == "blob" else "trees"
        item = {"path": entry.path, "mode": entry.mode, "type": entry.kind, "sha": entry.sha}
        size = {} if entry.size is None else {"size": entry.size}
        rendered.append({**item, **size, "url": f"{api}/{shape}/{entry.sha}"})
    body = {"sha": top, "url": f"{api}/trees/{top}", "tree": rendered, "truncated": False}
    return answer(body)


@routes.get("/repos/<owner>/<repo>/git/blobs/<sha>")
@needs("contents:read")
def get_blob(repo: Repository, sha: str) -> Response:
    """A file version by its id."""
    try:
        data = github_git.blob(repo.git_dir, sha)
    except GitError:
        raise not_found() from None
    return answer(
        {
            "sha": sha,
            "node_id": node_id("B", int(sha[:12], 16)),
            "size": len(data),
            "url": f"{world().api_url}/repos/{repo.full_name}/git/blobs/{sha}",
            "content": base64.encodebytes(data).decode(),
            "encoding": "base64",
        }
    )


@routes.get("/repos/<owner>/<repo>/tarball", defaults={"ref": ""})
@routes.get("/repos/<owner>/<repo>/tarball/<path:ref>")
@needs("contents:read")
def get_tarball(repo: Repository, ref: str) -> Response:
    """Leads to the archive; the address holds a ticket of its own and is good for once."""
    sha = commit_at(repo, ref or repo.default_branch)
    ticket = secrets.token_hex(16)
    world().tickets[ticket] = (repo, sha)
    where = f"{world().base_url}/codeload/{repo.full_name}/legacy.tar.gz/{sha}?token={ticket}"
    return Response(status=302, headers={"Location": where})
