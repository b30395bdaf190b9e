"""The repository's configuration, from the base of the pull request, and its owner's default."""

from __future__ import annotations

import base64
import logging
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import cast
from urllib.parse import quote, urlencode

from reviewer.agent.agent_file import AgentFile
from reviewer.config import Config
from reviewer.edges.github_app import GitHubApp
from reviewer.edges.github_http import GitHubHttp
from reviewer.errors import Misconfigured, Refused
from reviewer.intake.job import OnPull
from reviewer.policy.held import HeldPolicy, PolicyFile, hold
from reviewer.policy.merge import HostLimits
from reviewer.policy.own_agent import own_agent, with_usable_agent
from reviewer.policy.policy import POLICY_PATH, Policy
from reviewer.policy.texts import Gate
from reviewer.policy.tree import MAX_BYTES
from reviewer.pull.snapshot import Snapshot
from reviewer.refs import InstallationId, RepoName, commit_sha

KEPT_SECONDS = 600.0
OWNERS_REPOSITORY = ".github"
VERSIONS_LOOKED_AT = 5
"""How far back a version that can be used is looked for, while the newest cannot be."""
NO_MAPPING = b"[]"
"""What stands for a directory, a submodule or a link that leads out of the repository."""

log = logging.getLogger(__name__)


class PolicyReader:
    """Reads configurations; shared by all threads of a process."""

    def __init__(self, config: Config, app: GitHubApp) -> None:
        self._limits = host_limits(config)
        self._app = app
        self._owners: dict[str, tuple[float, PolicyFile | None]] = {}
        self._lock = threading.Lock()

    def read(self, http: GitHubHttp, job: OnPull, snapshot: Snapshot) -> HeldPolicy:
        """What holds for this pull request; the head's own file has no say.

        It is the base branch's as it stands now: `base_sha` stays where the last push found it,
        so that a repaired file would not be seen.
        """
        repo = job.pull.repo
        own = _policy_file(http, repo, _base_of(snapshot))
        held = hold(self._limits, self._of_owner(job.installation, repo.owner), own)
        return with_usable_agent(held, partial(_small_file, http, snapshot))

    def agent(self, http: GitHubHttp, snapshot: Snapshot, policy: Policy) -> AgentFile | None:
        """The agent file of the base branch that `read` found usable; None for the host's own."""
        if policy.agent is None:
            return None
        return own_agent(policy.agent, partial(_small_file, http, snapshot))

    def _of_owner(self, installation: InstallationId, owner: str) -> PolicyFile | None:
        """The owner's default, asked for every ten minutes."""
        with self._lock:
            known = self._owners.get(owner)
        if known and time.monotonic() - known[0] < KEPT_SECONDS:
            return known[1]
        found: PolicyFile | None = None
        repo = RepoName(owner, OWNERS_REPOSITORY)
        try:
            http = self._app.connect(installation, repo)
            try:
                found = _policy_file(http, repo, "")
                if found is not None:
                    # The connection is closed behind this, so that the past is read at once.
                    found = PolicyFile(found.text, partial(iter, tuple(found.earlier())))
            finally:
                http.close()
        except Refused as error:
            # The App is not installed on it, which is how most owners have it.
            log.debug("%s has no default configuration for us: %s", owner, error)
        with self._lock:
            self._owners[owner] = (time.monotonic(), found)
        return found


def host_limits(config: Config) -> HostLimits:
    """What no repository gets past on this host."""
    return HostLimits(
        gate=cast("Gate", config.gate),
        budget_pull_usd=config.budget_pull_usd,
        budget_repo_day_usd=config.budget_repo_day_usd,
        agent_allowed=config.repository_agent,
    )


def _small_file(http: GitHubHttp, snapshot: Snapshot, path: str) -> bytes:
    """A file of the base: as JSON, in which GitHub leaves the content of a large one out."""
    ref = urlencode({"ref": _base_of(snapshot)})
    answer = http.get(f"/repos/{snapshot.pull.repo}/contents/{quote(path)}?{ref}", passing=(404,))
    found = answer.json() if answer.status != 404 else None
    if not isinstance(found, dict) or found.get("type") != "file":
        raise Misconfigured("there is no such file")
    if found.get("encoding") != "base64":
        raise Misconfigured("it is too large")
    return base64.b64decode(found["content"])


def _base_of(snapshot: Snapshot) -> str:
    return f"refs/heads/{snapshot.base_ref}"


def _policy_file(http: GitHubHttp, repo: RepoName, ref: str) -> PolicyFile | None:
    text = _file(http, repo, ref)
    return None if text is None else PolicyFile(text, partial(_earlier, http, repo, ref))


def _earlier(http: GitHubHttp, repo: RepoName, ref: str) -> Iterator[tuple[str, bytes]]:
    """What the file was before, newest first."""
    asked = {"path": POLICY_PATH, "per_page": VERSIONS_LOOKED_AT + 1}
    query = urlencode(asked | ({"sha": ref} if ref else {}))
    commits = http.get(f"/repos/{repo}/commits?{query}").json()
    for commit in commits[1:]:
        sha = commit_sha(commit["sha"])
        text = _file(http, repo, sha)
        if text is not None:
            yield sha, text


def _file(http: GitHubHttp, repo: RepoName, ref: str) -> bytes | None:
    """A configuration, as JSON: GitHub leaves the content out of more than 1 MB, where the raw form
    would bring 100. What stands for such a file is refused for its size, as the file would be."""
    at = f"?{urlencode({'ref': ref})}" if ref else ""
    answer = http.get(f"/repos/{repo}/contents/{POLICY_PATH}{at}", passing=(404,))
    found = answer.json() if answer.status != 404 else None
    if found is None:
        return None
    if isinstance(found, dict) and found.get("encoding") == "base64":
        return base64.b64decode(found["content"])
    too_large = isinstance(found, dict) and int(found.get("size") or 0) > MAX_BYTES
    return b"#" * (MAX_BYTES + 1) if too_large else NO_MAPPING
