"""Globs mean what git means by them, and cost one pass over the path."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.policy.globs import BadGlob, path_glob, whole_glob


@pytest.mark.parametrize(
    ("glob", "fits", "does_not"),
    [
        ("book.rs", ["book.rs", "a/b/book.rs", "book.rs/x"], ["xbook.rs", "book.rss"]),
        ("/book.rs", ["book.rs"], ["a/book.rs"]),
        ("src/book", ["src/book", "src/book/a/b.rs"], ["x/src/book", "src/books"]),
        ("gen/", ["gen/a", "a/gen/b/c"], ["gen", "a/gen"]),
        ("src/*.rs", ["src/a.rs"], ["src/a/b.rs", "a/src/a.rs"]),
        ("src/**/mod.rs", ["src/mod.rs", "src/a/mod.rs", "src/a/b/mod.rs"], ["srcmod.rs"]),
        ("crates/**", ["crates/a", "crates/a/b"], ["crates"]),
        ("**/risk/**", ["risk/a", "a/risk/b"], ["risk", "a/risk"]),
        ("**", ["a", "a/b"], []),
        ("v?", ["v1", "a/v2/x"], ["v", "v12"]),
        ("[!a-c]x", ["dx"], ["ax", "/x"]),
        ("[a-c_]x", ["bx", "_x"], ["dx"]),
        (r"\*a", ["*a"], ["ba"]),
        (r"\{a\}", ["{a}"], ["a"]),
    ],
)
def test_a_path_glob(glob: str, fits: list[str], does_not: list[str]) -> None:
    for path in fits:
        assert path_glob(glob).matches(path), path
    for path in does_not:
        assert not path_glob(glob).matches(path), path


def test_a_branch_glob_fits_the_whole_name() -> None:
    assert whole_glob("main").matches("main")
    assert not whole_glob("main").matches("feature/main")
    assert not whole_glob("main").matches("main/old")
    assert whole_glob("release/*").matches("release/1")
    assert not whole_glob("release/*").matches("release/1/hotfix")
    assert whole_glob("release/**").matches("release/1/hotfix")
    assert not whole_glob("release/**").matches("release")


@pytest.mark.parametrize("glob", ["", "/", "!a", "a//b", "../a", "a/./b", "[a", "{a,b}", "a\\"])
def test_a_glob_that_cannot_be_meant_is_refused_with_words(glob: str) -> None:
    with pytest.raises(BadGlob, match="; "):
        path_glob(glob)


def test_stars_without_end_are_answered() -> None:
    assert not path_glob("**/" + "*a" * 120 + "*b").matches("a" * 100_000)
    assert not path_glob("**/a/" * 40 + "b").matches("a/" * 50_000)


_GLOBS = st.lists(
    st.sampled_from(["a", "b", "ab", "*", "**", "?", "a*", "*b", "*a*", "[ab]", "[!a]b", "**b"]),
    min_size=1,
    max_size=5,
).flatmap(lambda parts: st.sampled_from(["", "/"]).map(lambda lead: lead + "/".join(parts)))
_PATHS = st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=5).map("/".join)


def _slow(glob: str, path: str) -> bool:
    """The plain meaning, tried out in every way."""
    anchored = "/" in glob.rstrip("/")
    parts = glob.strip("/").split("/")
    only_below = False
    if parts[-1] == "**" and set(parts) != {"**"}:
        while parts[-1] == "**":
            parts.pop()
        only_below = True
    if not anchored:
        parts = ["**", *parts]
    names = path.split("/")
    ends = range(1, len(names) + (0 if only_below else 1))
    return any(_segments(parts, names[:end]) for end in ends)


def _segments(parts: list[str], names: list[str]) -> bool:
    if not parts:
        return not names
    if parts[0] == "**":
        return _segments(parts[1:], names) or (bool(names) and _segments(parts, names[1:]))
    return bool(names) and _letters(parts[0], names[0]) and _segments(parts[1:], names[1:])


def _letters(part: str, name: str) -> bool:
    if not part:
        return not name
    if part[0] == "*":
        return _letters(part[1:], name) or (bool(name) and _letters(part, name[1:]))
    if part[0] == "[":
        inner, _, rest = part[1:].partition("]")
        if not name:
            return False
        fits = name[0] not in inner[1:] if inner[0] == "!" else name[0] in inner
        return fits and _letters(rest, name[1:])
    return bool(name) and part[0] in ("?", name[0]) and _letters(part[1:], name[1:])


@given(_GLOBS, _PATHS)
@settings(max_examples=500, deadline=None)
def test_it_means_what_trying_everything_would_find(glob: str, path: str) -> None:
    assert path_glob(glob).matches(path) == _slow(glob, path)


@given(glob=_GLOBS, paths=st.lists(_PATHS, min_size=1, max_size=30, unique=True))
@settings(max_examples=60, deadline=None)
def test_it_means_what_git_means(
    tmp_path_factory: pytest.TempPathFactory, glob: str, paths: list[str]
) -> None:
    repository = _repository(tmp_path_factory)
    (repository / ".gitignore").write_text(glob + "\n")
    done = subprocess.run(
        ["git", "-C", repository, "check-ignore", "--no-index", "-z", "--stdin"],
        input="\0".join(paths).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    ignored = {path for path in done.stdout.decode().split("\0") if path}
    assert {path for path in paths if path_glob(glob).matches(path)} == ignored


def _repository(factory: pytest.TempPathFactory) -> Path:
    path = factory.getbasetemp() / "globs"
    if not path.exists():
        subprocess.run(["git", "init", "-q", path], check=True)
    return path
