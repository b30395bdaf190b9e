"""What a change does to the build that trades: whether sums wrap, and what a panic ends."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from reviewer.facts.change import Change
from reviewer.facts.fact import Fact, Points
from reviewer.pull.diff import FileDiff, FileStatus
from reviewer.pull.texts import base_text
from reviewer.rust.cargo import ReleaseBuild, release_build

NAME = "release build"
_MOST_MANIFESTS = 50
_CHECKED = {
    False: "no longer checks integer overflow: a sum or product that leaves its type wraps "
    "silently instead of stopping",
    True: "now checks integer overflow: a sum or product that leaves its type panics instead of "
    "wrapping silently",
}
_ABORTS = {
    True: "now aborts on a panic: one in any task ends the whole process, with its orders in the "
    "market, and nothing is caught or dropped on the way",
    False: "no longer aborts on a panic: a task that panics ends alone, and the rest goes on "
    "without it",
}


def look_at_release_build(change: Change) -> Fact | None:
    """The settings of release builds that changed; None if none did."""
    texts = change.head.manifests
    manifests = {path: texts[path] for path in texts if path.endswith("Cargo.toml")}
    said = [sentence for file in _changed(change) for sentence in _of(change, manifests, file)]
    if not said:
        return None
    if len(said) == 1:
        return Fact(NAME, said[0])
    return Fact(NAME, f"{len(said)} settings change", (Points(tuple(said)),))


def _changed(change: Change) -> list[FileDiff]:
    changed = (
        file
        for file in change.diff.files
        if file.path == file.old_path
        and PurePosixPath(file.path).name == "Cargo.toml"
        and file.status is FileStatus.MODIFIED
        and file.path in change.head.manifests
    )
    return sorted(changed, key=lambda file: file.path)[:_MOST_MANIFESTS]


def _of(change: Change, manifests: Mapping[str, str], file: FileDiff) -> list[str]:
    after = _release_build(manifests, file.path)
    text = base_text(file, manifests[file.path])
    before = _release_build({**manifests, file.path: text}, file.path)
    if before is None or after is None:
        return []
    said = []
    checks = after.overflow_checks
    if change.profile.overflow_checks is None and checks is not before.overflow_checks:
        said.append(f"{file.path} {_CHECKED[checks]}")
    if after.aborts is not before.aborts:
        said.append(f"{file.path} {_ABORTS[after.aborts]}")
    return said


def _release_build(manifests: Mapping[str, str], manifest: str) -> ReleaseBuild | None:
    """As for a file of the manifest's own package."""
    return release_build(manifests, str(PurePosixPath(manifest).parent / "lib.rs"))
