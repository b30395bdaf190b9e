"""What a change to a manifest does to the build that trades."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.facts.change import Profile
from reviewer.facts.fact import Points
from reviewer.facts.release_build import look_at_release_build
from tests.facts.changes import change

PACKAGE = '[package]\nname = "engine"\n'
CHECKED = PACKAGE + "[profile.release]\noverflow-checks = true\n"
UNCHECKED = PACKAGE + "[profile.release]\noverflow-checks = false\n"
ABORTS = PACKAGE + '[profile.release]\npanic = "abort"\n'


def said(tmp_path: Path, before: str, after: str, *, stated: bool | None = None) -> list[str]:
    files = {"src/lib.rs": "pub mod book;\n", "Cargo.toml": before}
    profile = Profile(overflow_checks=stated)
    found = change(tmp_path, files, files | {"Cargo.toml": after}, profile=profile)
    fact = look_at_release_build(found)
    if fact is None:
        return []
    listed = [line for part in fact.parts if isinstance(part, Points) for line in part.lines]
    return listed or [fact.headline]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (CHECKED, UNCHECKED, ["no longer checks integer overflow"]),
        (CHECKED, PACKAGE, ["no longer checks integer overflow"]),
        (PACKAGE, CHECKED, ["now checks integer overflow"]),
        (PACKAGE, ABORTS, ["now aborts on a panic"]),
        (ABORTS, PACKAGE, ["no longer aborts on a panic"]),
        (CHECKED, ABORTS, ["no longer checks integer overflow", "now aborts on a panic"]),
        (PACKAGE, UNCHECKED, []),
        (CHECKED, CHECKED + "lto = true\n", []),
        (CHECKED, CHECKED.replace("release", "dev"), ["no longer checks integer overflow"]),
        (CHECKED, "no [ toml", []),
    ],
)
def test_what_the_release_build_does_otherwise_is_told(
    tmp_path: Path, before: str, after: str, told: list[str]
) -> None:
    found = said(tmp_path, before, after)
    assert len(found) == len(told)
    for sentence, words in zip(found, told, strict=True):
        assert sentence.startswith(f"Cargo.toml {words}")


def test_the_manifest_of_a_member_does_not_count(tmp_path: Path) -> None:
    root = {"Cargo.toml": '[workspace]\nmembers = ["engine"]\n', "engine/src/lib.rs": "fn a() {}\n"}
    before, after = root | {"engine/Cargo.toml": CHECKED}, root | {"engine/Cargo.toml": UNCHECKED}
    assert look_at_release_build(change(tmp_path, before, after)) is None


def test_what_the_configuration_says_of_the_build_stands_above_the_manifest(tmp_path: Path) -> None:
    assert said(tmp_path, CHECKED, UNCHECKED, stated=True) == []
