"""What the manifests say of overflow checks in the release build."""

from __future__ import annotations

import pytest

from reviewer.rust.repository import Repository

ON = "[profile.release]\noverflow-checks = true\n"
PACKAGE = '[package]\nname = "x"\n'
WORKSPACE = '[workspace]\nmembers = ["a", "deep/*"]\n'


@pytest.mark.parametrize(
    ("manifests", "expected"),
    [
        ({}, None),
        ({"b/Cargo.toml": ON}, None),
        ({"a/Cargo.toml": PACKAGE}, False),
        ({"a/Cargo.toml": PACKAGE + ON}, True),
        ({"a/Cargo.toml": PACKAGE + ON, "Cargo.toml": WORKSPACE}, False),
        ({"a/Cargo.toml": PACKAGE, "Cargo.toml": WORKSPACE + ON}, True),
        ({"a/Cargo.toml": PACKAGE, "Cargo.toml": ON}, False),
        ({"Cargo.toml": WORKSPACE + ON}, True),
        ({"a/Cargo.toml": PACKAGE, "Cargo.toml": f'{WORKSPACE}exclude = ["b"]\n{ON}'}, True),
        ({"a/Cargo.toml": PACKAGE,
          "Cargo.toml": f'[workspace]\nmembers = ["b"]\nexclude = ["a"]\n{ON}'}, False),
        ({"a/Cargo.toml": f"{PACKAGE}workspace = '../root'\n", "root/Cargo.toml": WORKSPACE + ON,
          "Cargo.toml": WORKSPACE}, True),
        ({"a/Cargo.toml": f'{PACKAGE}[profile.release]\ninherits = "dev"\n'}, False),
        ({"a/Cargo.toml": "no [ toml"}, None),
        ({"a/Cargo.toml": "[profile]\nrelease = 3\n"}, False),
        ({"a/Cargo.toml": "[profile.release]\noverflow-checks = 'yes'\n"}, False),
    ],
)  # fmt: skip
def test_the_release_profile_of_the_workspace_counts(
    manifests: dict[str, str], expected: bool | None
) -> None:
    assert Repository({}, manifests).overflow_checks("a/src/book.rs") is expected


@pytest.mark.parametrize(
    "hostile",
    ["a" + ".a" * 49_990 + " = 1", "a = " + "[" * 50_000, "#" * 200_000, "[x]\n" * 20_000],
)
def test_a_manifest_made_to_cost_says_nothing(hostile: str) -> None:
    assert Repository({}, {"Cargo.toml": hostile}).overflow_checks("src/lib.rs") is None
