"""What the manifests of a workspace say of its release build."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

_LARGEST = 100_000
"""Characters of a manifest that is read; the parser's time grows faster than the text."""
_MOST_DOTS = 100
"""In one line. The parser is quadratic in the parts of a dotted key: 50,000 take over a minute."""


@dataclass(frozen=True, slots=True)
class ReleaseBuild:
    """What the release profile says; as Cargo, where it says nothing:
    https://doc.rust-lang.org/cargo/reference/profiles.html"""

    overflow_checks: bool = False
    aborts: bool = False
    """Whether a panic ends the process, and not its task alone."""


def overflow_checks(manifests: Mapping[str, str], path: str) -> bool | None:
    """Whether the release build of the file's workspace checks for overflow; as `release_build`."""
    build = release_build(manifests, path)
    return build.overflow_checks if build is not None else None


def release_build(manifests: Mapping[str, str], path: str) -> ReleaseBuild | None:
    """The release build of the file's workspace.

    None where no manifest is above the file, or the one that decides cannot be read. `manifests`
    are texts by path.
    """
    root = _workspace_root(manifests, path)
    manifest = _manifest(manifests[root]) if root is not None else None
    if manifest is None:
        return None
    profile = _table(_table(manifest.get("profile")).get("release"))
    return ReleaseBuild(
        overflow_checks=profile.get("overflow-checks") is True,
        aborts=profile.get("panic") == "abort",
    )


def _workspace_root(manifests: Mapping[str, str], path: str) -> str | None:
    """The manifest whose profiles count: of the workspace around the nearest package, or its own.

    As Cargo does it: `package.workspace` names the root; otherwise it is the next `[workspace]`
    above, unless that excludes the package.
    """
    above = [
        name
        for folder in PurePosixPath(path).parents
        if (name := str(folder / "Cargo.toml").removeprefix("./")) in manifests
    ]
    if not above:
        return None
    own = above[0]
    manifest = _manifest(manifests[own])
    if manifest is None or "workspace" in manifest:
        return own
    named = _table(manifest.get("package")).get("workspace")
    if isinstance(named, str):
        root = _joined(PurePosixPath(own).parent, named)
        return root if root in manifests else own
    for name in above[1:]:
        workspace = (_manifest(manifests[name]) or {}).get("workspace")
        if isinstance(workspace, dict):
            return own if _excludes(name, workspace, own) else name
    return own


def _excludes(root: str, workspace: dict[str, Any], own: str) -> bool:
    folder, package = PurePosixPath(root).parent, PurePosixPath(own).parent
    excluded, members = workspace.get("exclude"), workspace.get("members")
    if not isinstance(excluded, list):
        return False
    inside = package.relative_to(folder)
    if isinstance(members, list) and str(inside) in members:
        return False
    return any(isinstance(one, str) and inside.is_relative_to(one) for one in excluded[:1_000])


def _joined(folder: PurePosixPath, relative: str) -> str:
    parts = list(folder.parts)
    for part in PurePosixPath(relative).parts:
        if part == ".." and parts:
            parts.pop()
        elif part not in ("..", "."):
            parts.append(part)
    return str(PurePosixPath(*parts, "Cargo.toml"))


@lru_cache(maxsize=64)
def _manifest(text: str) -> dict[str, Any] | None:
    if len(text) > _LARGEST or any(line.count(".") > _MOST_DOTS for line in text.split("\n")):
        return None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
