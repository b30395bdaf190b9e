"""A change between two small repositories, by way of real git and its diff."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reviewer.facts.change import Change, Profile
from reviewer.pull.base import repository_before
from reviewer.pull.diff import FileStatus, is_rust
from reviewer.pull.parse import parse_diff
from reviewer.rust.repository import Repository
from reviewer.scope.classify import classify
from tests.support.git_repo import GitRepo


def change(
    tmp_path: Path,
    before: Mapping[str, str],
    after: Mapping[str, str],
    *,
    profile: Profile = Profile(),  # noqa: B008 - it is frozen
) -> Change:
    """The change that makes `after` of `before`; each holds every file of its side by path."""
    repo = GitRepo(tmp_path / "repo")
    base = repo.commit(dict(before))
    gone: dict[str, bytes | str | None] = {p: None for p in before if p not in after}
    head = repo.commit({**gone, **after})
    diff = parse_diff(repo.diff(base, head))
    manifests = {p: text for p, text in after.items() if p.endswith("Cargo.toml")}
    now = Repository({p: text for p, text in after.items() if is_rust(p)}, manifests)
    scope = classify(
        (
            file,
            now.text(file.path),
            None if file.status is FileStatus.REMOVED else now.file(file.path),
        )
        for file in diff.files
        if is_rust(file.path) or is_rust(file.old_path)
    )
    return Change(diff, repository_before(diff, now), now, scope, profile)
