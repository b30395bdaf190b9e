"""A change between two small repositories, as the facts look at it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reviewer.facts.change import Change, Profile
from reviewer.pull.base import repository_before
from reviewer.pull.diff import is_rust
from reviewer.pull.parse import parse_diff
from reviewer.rust.repository import Repository
from reviewer.scope.classify import classify
from tests.support.git_repo import GitRepo

_NO_PROFILE = Profile()


def change(
    tmp_path: Path,
    before: Mapping[str, str],
    after: Mapping[str, str],
    *,
    profile: Profile = _NO_PROFILE,
) -> Change:
    """The commit that turns the one set of files into the other."""
    repo = GitRepo(tmp_path / "repo")
    base = repo.commit(before)
    gone = {path: None for path in before if path not in after}
    diff = parse_diff(repo.diff(base, repo.commit({**after, **gone})))
    head = Repository(
        {path: text for path, text in after.items() if is_rust(path)},
        {path: text for path, text in after.items() if path.endswith("Cargo.toml")},
    )
    scope = classify([(file, head.text(file.path), head.file(file.path)) for file in diff.files])
    return Change(diff, repository_before(diff, head), head, scope, profile)
