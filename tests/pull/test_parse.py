"""The diff as typed lines, held against git itself."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.pull.diff import FileStatus, LineKind, Side
from reviewer.pull.parse import UnreadableDiff, parse_diff
from reviewer.pull.texts import base_text
from tests.support.git_repo import GitRepo

NAMES = [
    "src/book.rs",
    "a b/c d.rs",
    "a b/b/c.rs",
    "dir b/b/x",
    "日本語.rs",
    'quo"te.rs',
    "tab\there.rs",
    "back\\slash.rs",
    "-dash.rs",
    "new\nline.rs",
]

LINES = st.lists(
    st.sampled_from(
        ["", "a", "b", "    x\r", "+plus", "-minus", "@@ -1 +1 @@", "diff --git a/x b/x", "\\ No",
         "--- a/x", "+++ b/x", "\x0c", "\u2028", "é"]
    ),
    max_size=12,
)  # fmt: skip


def text_of(lines: list[str], ends: bool) -> str:
    return "\n".join(lines) + ("\n" if lines and ends else "")


@settings(max_examples=60, deadline=None)
@given(old=LINES, new=LINES, old_ends=st.booleans(), new_ends=st.booleans())
def test_undoing_the_hunks_gives_the_base_text_back(
    old: list[str], new: list[str], old_ends: bool, new_ends: bool
) -> None:
    before, after = text_of(old, old_ends), text_of(new, new_ends)
    with tempfile.TemporaryDirectory() as directory:
        repo = GitRepo(Path(directory))
        base = repo.commit({"f.rs": before, "other": "x"})
        head = repo.commit({"f.rs": after})
        diff = parse_diff(repo.diff(base, head))
        numstat = repo.git("diff", "--numstat", base, head).decode()
    if before == after:
        assert diff.files == ()
        return
    (file,) = diff.files
    added, removed, _ = numstat.split("\t")
    assert sum(1 for _ in file.added()) == int(added)
    assert sum(1 for _ in file.removed()) == int(removed)
    assert base_text(file, after) == before
    head_lines = after.split("\n")
    for line in (line for hunk in file.hunks for line in hunk.lines):
        if line.new is not None:
            assert head_lines[line.new - 1] == line.text


@pytest.mark.parametrize("name", NAMES)
def test_every_name_that_git_can_hold_is_read(name: str, tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    empty = repo.commit({})
    added = repo.commit({name: "one\ntwo\nthree\nfour\n"})
    changed = repo.commit({name: "one\n2\nthree\nfour\n"})
    removed = repo.commit({name: None})
    for base, head, status in (
        (empty, added, FileStatus.ADDED),
        (added, changed, FileStatus.MODIFIED),
        (changed, removed, FileStatus.REMOVED),
    ):
        (file,) = parse_diff(repo.diff(base, head)).files
        assert (file.path, file.old_path, file.status) == (name, name, status)


@pytest.mark.parametrize("name", NAMES)
def test_a_rename_is_followed_with_and_without_a_change(name: str, tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    text = "".join(f"line {n}\n" for n in range(20))
    base = repo.commit({"old.rs": text})
    moved = repo.commit({"old.rs": None, name: text})
    (file,) = parse_diff(repo.diff(base, moved)).files
    assert (file.status, file.old_path, file.path) == (FileStatus.RENAMED, "old.rs", name)
    assert file.hunks == ()
    edited = repo.commit({name: text.replace("line 7\n", "line seven\n")})
    (file,) = parse_diff(repo.diff(base, edited)).files
    assert (file.status, file.old_path, file.path) == (FileStatus.RENAMED, "old.rs", name)
    assert [line.text for line in file.added()] == ["line seven"]


def test_files_without_hunks_are_read(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    base = repo.commit({"run.sh": "x\n", "image": b"\x00\x01", "empty.rs": ""})
    (tmp_path / "run.sh").chmod(0o755)
    (tmp_path / "link.rs").symlink_to("run.sh")
    head = repo.commit({"image": b"\x00\x02", "empty.rs": None, "new-empty.rs": ""})
    files = {file.path: file for file in parse_diff(repo.diff(base, head)).files}
    assert (files["run.sh"].old_mode, files["run.sh"].new_mode) == ("100644", "100755")
    assert files["image"].binary
    assert files["link.rs"].new_mode == "120000"
    statuses = {path: file.status for path, file in files.items()}
    # git sees the two empty files as one that was renamed.
    assert statuses["new-empty.rs"] in (FileStatus.ADDED, FileStatus.RENAMED)


def test_a_line_belongs_to_the_hunk_that_shows_it(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    lines = [f"line {n}" for n in range(1, 61)]
    base = repo.commit({"f.rs": "\n".join(lines) + "\n"})
    lines[9] = "ten"
    del lines[49]
    head = repo.commit({"f.rs": "\n".join(lines) + "\n"})
    (file,) = parse_diff(repo.diff(base, head)).files
    first, second = file.hunks
    assert file.hunk_at(Side.RIGHT, 10) is first
    assert file.hunk_at(Side.LEFT, 50) is second
    assert file.hunk_at(Side.RIGHT, 30) is None
    assert list(first.numbers(Side.RIGHT)) == [7, 8, 9, 10, 11, 12, 13]
    kinds = {line.kind for line in second.lines}
    assert kinds == {LineKind.CONTEXT, LineKind.REMOVED}


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n one\n",
        "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-one\n+two\n+three\n",
        "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ nonsense\n",
    ],
)
def test_text_that_is_no_diff_is_refused(text: str) -> None:
    with pytest.raises(UnreadableDiff):
        parse_diff(text)
