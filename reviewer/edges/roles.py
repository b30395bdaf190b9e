"""What somebody may do in a repository, asked of GitHub at the moment that it matters."""

from __future__ import annotations

from urllib.parse import quote

from reviewer.edges.github_http import GitHubHttp
from reviewer.intake.commands import Permission
from reviewer.refs import RepoName

_NOT_FOUND = 404


def role_of(http: GitHubHttp, repo: RepoName, login: str, user_id: int) -> Permission | None:
    """The person's role; None without access, and for a name that is somebody else's by now.

    A role of the organisation's own making counts as the plain one that it was made of.
    """
    answer = http.get(
        f"/repos/{repo}/collaborators/{quote(login, safe='')}/permission", passing=(_NOT_FOUND,)
    )
    if answer.status == _NOT_FOUND:
        return None
    told = answer.json()
    if int((told.get("user") or {}).get("id", 0)) != user_id:
        return None
    known = {role.value: role for role in Permission}
    return known.get(str(told.get("role_name", ""))) or known.get(str(told["permission"]))
