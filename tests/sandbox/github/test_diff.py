"""The stand-in's reader of diffs, against git itself."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from reviewer.sandbox import github_git
from tests.support.git_repo import GitRepo


@pytest.fixture
def work(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "work")


def test_every_line_is_where_the_files_say(work: GitRepo) -> None:
    draw = random.Random(7)
    for _ in range(15):
        old = [f"{draw.randrange(9)}" for _ in range(draw.randrange(1, 60))]
        new = [line for line in old if draw.random() > 0.2]
        for _ in range(draw.randrange(6)):
            new.insert(draw.randrange(len(new) + 1), f"new {draw.randrange(99)}")
        base = work.commit({"a.rs": "".join(f"{line}\n" for line in old)})
        head = work.commit({"a.rs": "\n".join(new)})
        change = github_git.compare(work.path, base, head)
        file = change.files[0] if change.files else None
        if file is None:
            continue
        patch = file.patch.split("\n")
        for side, lines in (("LEFT", old), ("RIGHT", new)):
            for number, shown in file.sides[side].items():
                assert patch[shown.position][1:] == lines[number - 1]
        moved = github_git.follow_lines(work.path, base, head, "a.rs")
        kept = [n for n in range(1, len(old) + 1) if moved.follow(n) is not None]
        for number in kept:
            target = moved.follow(number)
            assert target is not None
            assert new[target - 1] == old[number - 1]
        # git keeps as many lines as it does not call removed
        assert len(kept) == len(old) - file.deletions


def test_lines_that_look_like_headers_are_lines(work: GitRepo) -> None:
    base = work.commit({"a.rs": "x\n", "b.rs": "y\n"})
    tricky = "diff --git a/b b/b\n@@ -1 +1 @@\n--- a\n+++ b\n\r\f\x0b\u2028\n"
    head = work.commit({"a.rs": tricky, "b.rs": None})
    files = github_git.compare(work.path, base, head).files
    assert [(f.path, f.status) for f in files] == [("a.rs", "modified"), ("b.rs", "removed")]
    assert sorted(files[0].sides["RIGHT"]) == [1, 2, 3, 4, 5]
    assert files[0].additions == 5


def test_modes_links_renames_and_empty_files(work: GitRepo) -> None:
    base = work.commit({"a.sh": "x\n", "b.rs": "y\n", "e.rs": "1\n", "m.rs": "1\n2\n3\n4\n5\n"})
    (work.path / "a.sh").chmod(0o755)
    (work.path / "b.rs").unlink()
    (work.path / "b.rs").symlink_to("a.sh")
    head = work.commit({"e.rs": None, "n.rs": "", "m.rs": None, "moved.rs": "1\n2\n3\n4\n5\n"})
    files = {f.path: f for f in github_git.compare(work.path, base, head).files}
    assert {path: f.status for path, f in files.items()} == {
        "a.sh": "modified",
        "b.rs": "changed",
        "moved.rs": "renamed",
        "e.rs": "removed",
        "n.rs": "added",
    }
    assert [path for path, f in files.items() if f.patch] == ["e.rs"]
    assert files["moved.rs"].previous == "m.rs"
