"""Searching a repository's texts."""

from __future__ import annotations

import re

import pytest

from reviewer.rust.repository import Repository

TEXTS = {
    "src/a.rs": 'fn apply() {}\n// apply here\nlet s = "apply";\n    x.apply(1); y.apply(2);\n',
    "src/deep/b.rs": "assert!(é.apply(3));\nlet applying = 1;\nAPPLY\r\n",
    "lib.rs": "fn a(b: [u8; 3]) {}\n",
}


def found(pattern: str | re.Pattern[str], glob: str = "", limit: int = 30) -> list[tuple[str, int]]:
    hits = Repository(TEXTS, {}).search(pattern, glob, limit)
    return [(hit.path, hit.line) for hit in hits]


def test_a_text_is_found_as_it_is_and_a_pattern_as_one() -> None:
    assert found("[u8; 3]") == [("lib.rs", 1)]
    assert found(re.compile(r"^\s*x\.apply\(\d\)")) == [("src/a.rs", 4)]
    assert found(re.compile("apply$", re.IGNORECASE)) == []
    assert found(re.compile(r"^apply\s*$", re.IGNORECASE)) == [("src/deep/b.rs", 3)]
    assert found("apply", limit=2) == [("src/a.rs", 1), ("src/a.rs", 2)]
    assert found("apply", "src/*.rs") == [("src/a.rs", line) for line in (1, 2, 3, 4)]
    assert found("apply", "b.rs") == [("src/deep/b.rs", 1), ("src/deep/b.rs", 2)]
    assert found(re.compile("")) == [
        ("lib.rs", 1), *(("src/a.rs", n) for n in (1, 2, 3, 4)),
        *(("src/deep/b.rs", n) for n in (1, 2, 3)),
    ]  # fmt: skip
    (hit,) = Repository(TEXTS, {}).search("é.")
    assert hit.text == "assert!(é.apply(3));"


@pytest.mark.parametrize("pattern", [r"(a)\1", "(?=a)", "(?:a{1,1000}){1,1000}", "a" * 501])
def test_a_pattern_that_cannot_be_read_in_linear_time_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        Repository(TEXTS, {}).search(re.compile(pattern))


def test_a_pattern_that_blows_up_elsewhere_ends_here() -> None:
    texts = {"a.rs": "a" * 100_000 + "!\n"}
    assert Repository(texts, {}).search(re.compile(r"^(a+)+$|(a|aa)+b"), seconds=60) == ()


def test_references_are_in_code_and_macros_not_in_comments_and_strings() -> None:
    hits = Repository(TEXTS, {}).references("apply")
    assert [(hit.path, hit.line, hit.text) for hit in hits] == [
        ("src/a.rs", 1, "fn apply() {}"),
        ("src/a.rs", 4, "x.apply(1); y.apply(2);"),
        ("src/deep/b.rs", 1, "assert!(é.apply(3));"),
    ]
    assert len(Repository(TEXTS, {}).references("apply", limit=1)) == 1
    assert Repository(TEXTS, {}).references("a|b") == ()
