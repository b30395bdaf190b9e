"""The check runs on a commit that this App made."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from reviewer.edges.github_http import GitHubHttp
from reviewer.publish.markdown import CHECK_NAME
from reviewer.refs import RepoName

COMPLETED = "completed"


def own_checks(http: GitHubHttp, repo: RepoName, head: str, bot_login: str) -> list[dict[str, Any]]:
    """Those of our name, newest first; others may give theirs the same one."""
    path = f"/repos/{repo}/commits/{head}/check-runs"
    found = http.get(f"{path}?check_name={quote(CHECK_NAME)}&filter=all&per_page=100").json()
    mine = [
        run for run in found["check_runs"] if f"{(run['app'] or {}).get('slug')}[bot]" == bot_login
    ]
    return sorted(mine, key=lambda run: int(run["id"]), reverse=True)
