"""The code of a change: GitHub's own diff, and the texts of its Rust files out of git."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from reviewer.config import Config
from reviewer.edges.git import Git
from reviewer.edges.git_cache import GitCache
from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.github_read import read_diff, read_merge_base
from reviewer.edges.repository_reader import read_repository
from reviewer.errors import Refused
from reviewer.pull.diff import Diff
from reviewer.pull.parse import UnreadableDiff, parse_diff
from reviewer.pull.snapshot import Snapshot
from reviewer.pull.texts import Code, unshown, wanted
from reviewer.refs import CommitSha, RepoName
from reviewer.rust.index_cache import IndexCache
from reviewer.rust.repository import Repository

log = logging.getLogger(__name__)


class CodeReader:
    """Reads changes; shared by all threads of a process."""

    def __init__(self, config: Config, cache: GitCache) -> None:
        self._config = config
        self._cache = cache
        self._indexes = IndexCache()

    def read(self, http: GitHubHttp, token: str, snapshot: Snapshot) -> Code:
        """The diff, and the head texts that a review reads. Fetches while GitHub makes the diff."""
        with ThreadPoolExecutor(1, thread_name_prefix="fetch") as pool:
            fetched = pool.submit(self._fetch, token, snapshot, snapshot.head_sha, "head")
            text = read_diff(http, snapshot.pull)
            fetched.result()
        left_out: dict[str, str] = {}
        if text is None:
            text, left_out = self._large_diff(http, token, snapshot)
        try:
            diff = parse_diff(text)
        except UnreadableDiff as error:
            raise Refused(f"the diff of {snapshot.pull} cannot be read: {error}") from error
        return self._with_texts(diff, snapshot, left_out)

    def repository(self, snapshot: Snapshot, diff: Diff) -> Repository:
        """All Rust files of a head that was read before; those of the diff in any case."""
        with self._cache.repository(snapshot.pull.repo) as git:
            return read_repository(
                git,
                snapshot.head_sha,
                self._config.max_file_kb,
                changed=[file.path for file in diff.files],
                indexes=self._indexes,
            )

    def texts_at(
        self, repo: RepoName, wanted: Iterable[tuple[CommitSha, str]]
    ) -> dict[tuple[CommitSha, str], str]:
        """Files by commit and path, where the cache has them; nothing is fetched."""
        by_head: dict[CommitSha, list[str]] = {}
        for head, path in sorted(set(wanted)):
            by_head.setdefault(head, []).append(path)
        found: dict[tuple[CommitSha, str], str] = {}
        with self._cache.repository(repo) as git:
            for head, paths in by_head.items():
                if not git.has(head):
                    continue
                for path, blob in git.read(head, paths, self._config.max_file_kb).items():
                    if blob.content is not None:
                        found[head, path] = blob.content.decode("utf-8", "replace")
        return found

    def _with_texts(self, diff: Diff, snapshot: Snapshot, left_out: dict[str, str]) -> Code:
        with self._cache.repository(snapshot.pull.repo) as git:
            code = with_texts(git, diff, snapshot.head_sha, self._config.max_file_kb)
        return replace(code, unread={**code.unread, **left_out})

    def _large_diff(
        self, http: GitHubHttp, token: str, snapshot: Snapshot
    ) -> tuple[str, dict[str, str]]:
        log.info("%s is too large for GitHub's diff, asking git", snapshot.pull)
        base = read_merge_base(http, snapshot.pull, snapshot.base_sha, snapshot.head_sha)
        self._fetch(token, snapshot, base, "base")
        with self._cache.repository(snapshot.pull.repo) as git:
            return git.rust_diff(base, snapshot.head_sha)

    def _fetch(self, token: str, snapshot: Snapshot, commit: CommitSha, name: str) -> None:
        url = f"{self._config.git_url}/{snapshot.pull.repo}.git"
        with self._cache.repository(snapshot.pull.repo) as git:
            _fetch_once(git, url, token, commit, snapshot, name, self._config.max_file_kb)


def with_texts(git: Git, diff: Diff, head: CommitSha, max_kb: int) -> Code:
    """The diff with the head texts that a review reads, out of git objects."""
    heads: dict[str, str] = {}
    unread = unshown(diff)
    for path, blob in git.read(head, wanted(diff), max_kb).items():
        if blob.content is None:
            unread[path] = blob.absence
            continue
        try:
            heads[path] = blob.content.decode("utf-8")
        except UnicodeDecodeError:
            unread[path] = "not UTF-8"
    return Code(diff, heads, unread)


def _fetch_once(
    git: Git,
    url: str,
    token: str,
    commit: CommitSha,
    snapshot: Snapshot,
    name: str,
    max_kb: int,
) -> None:
    if not git.has(commit):
        ref = f"refs/reviewed/{snapshot.pull.number}/{name}"
        git.fetch(url, token, {ref: commit}, max_kb)
