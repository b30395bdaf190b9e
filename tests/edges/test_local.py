"""`reviewer review` over real repositories, as a process of its own."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.detect.test_ci_report import cargo, sarif
from tests.support.command import reviewer
from tests.support.git_repo import GitRepo
from tests.support.stage import BOOK, UNWRAP, WRONG_BID, ZERO_PRICE

PATH = "src/order_book.rs"


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """`main` with the book, `change` with the mistakes of the stage on top of it."""
    repo = GitRepo(tmp_path / "exchange")
    repo.commit({PATH: BOOK, "README.md": "An exchange.\n"})
    repo.git("checkout", "-q", "-b", "change")
    repo.commit({PATH: WRONG_BID})
    return repo


def as_json(repo: GitRepo, *options: str, **environ: str) -> dict[str, Any]:
    done = reviewer(
        *("review", repo.path, "--base", "main", "--head", "change", "--format", "json"),
        *options,
        environ=environ,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def quotes(said: dict[str, Any]) -> set[str]:
    return {finding["quote"] for finding in said["findings"]}


def test_the_findings_stand_on_their_lines(repo: GitRepo) -> None:
    said = as_json(repo)
    assert quotes(said) == {UNWRAP, ZERO_PRICE}
    lines = WRONG_BID.split("\n")
    for finding in said["findings"]:
        assert lines[finding["line"] - 1] == finding["quote"]
        assert finding["path"] == PATH
    assert said["counts"] == {"critical": 1, "important": 1, "suggestion": 0}
    assert said["scope"][0]["rooms"] == ["order_book"]
    assert said["head"] == repo.head()
    assert said["coverage"]["lines_added"] == 10
    assert said["coverage"]["model"] is None


def test_only_what_the_head_added_since_it_left_its_base_counts(repo: GitRepo) -> None:
    repo.git("checkout", "-q", "main")
    left = repo.git("rev-parse", "main").decode().strip()
    repo.commit({"src/feed.rs": "pub fn on_tick() {\n    todo!()\n}\n"})
    said = as_json(repo)
    assert quotes(said) == {UNWRAP, ZERO_PRICE}
    assert said["base"] == left


def test_a_head_behind_its_base_is_a_step_back_and_not_nothing(repo: GitRepo) -> None:
    there = repo.git("rev-parse", "HEAD").decode().strip()
    back = repo.commit({PATH: BOOK})
    done = reviewer("review", repo.path, "--base", back, "--head", there, "--format", "json")
    said = json.loads(done.stdout)
    assert said["base"] == back
    assert quotes(said) == {UNWRAP, ZERO_PRICE}


def test_the_work_tree_and_what_is_set_in_the_repository_change_nothing(repo: GitRepo) -> None:
    before = as_json(repo)
    (repo.path / PATH).write_text("pub fn uncommitted() {\n    todo!()\n}\n")
    (repo.path / "evil.sh").write_text("#!/bin/sh\ntouch ran\n")
    (repo.path / "evil.sh").chmod(0o755)
    for key, value in {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.external": "./evil.sh",
        "diff.context": "0",
        "diff.algorithm": "patience",
        "diff.suppressBlankEmpty": "true",
        "diff.orderFile": "missing",
        "color.ui": "always",
        "core.fsmonitor": "./evil.sh",
        "core.quotePath": "false",
        "diff.rust.textconv": "./evil.sh",
    }.items():
        repo.git("config", key, value)
    (repo.path / ".gitattributes").write_text("*.rs diff=rust filter=evil\n")
    assert as_json(repo) == before
    assert not (repo.path / "ran").exists()


def test_a_bare_repository_a_subdirectory_and_a_linked_work_tree_will_do(
    repo: GitRepo, tmp_path: Path
) -> None:
    before = as_json(repo)
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "bare.git"))
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"), "main")
    for path in (tmp_path / "bare.git", repo.path / "src", tmp_path / "linked"):
        done = reviewer("review", path, "--base", "main", "--head", "change", "--format", "json")
        assert json.loads(done.stdout) == before


def test_in_a_hook_the_path_counts_not_gits_environment(repo: GitRepo, tmp_path: Path) -> None:
    other = GitRepo(tmp_path / "other")
    assert quotes(as_json(repo, GIT_DIR=str(other.path / ".git"), GIT_INDEX_FILE="x")) == {
        UNWRAP,
        ZERO_PRICE,
    }


@pytest.mark.parametrize(
    ("fail_on", "code"), [(None, 0), ("critical", 1), ("important", 1), ("suggestion", 1)]
)
def test_the_exit_code_says_whether_something_so_bad_was_found(
    repo: GitRepo, fail_on: str | None, code: int
) -> None:
    options = ("--fail-on", fail_on) if fail_on else ()
    for base, expected in (("main", code), ("change", 0)):
        done = reviewer("review", repo.path, "--base", base, "--head", "change", *options)
        assert done.returncode == expected


def test_fail_on_critical_lets_an_important_finding_pass(repo: GitRepo) -> None:
    head = repo.commit({PATH: BOOK + WRONG_BID.split("pub fn on_level")[0]})
    done = reviewer("review", repo.path, "--base", "main", "--head", head, "--fail-on", "critical")
    assert "important" in done.stdout
    assert done.returncode == 0


def test_what_cannot_be_reviewed_is_said_in_one_sentence(repo: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    repo.git("checkout", "-q", "--orphan", "alone")
    repo.commit({"a": "b"})
    for path, base, head, words in (
        (tmp_path / "plain", "main", "change", "no git repository is there"),
        (repo.path, "mian", "change", "no commit `mian` in"),
        (repo.path, "mian", "change", "did you mean `main`?"),
        (repo.path, "main", "--output=x", "no commit `--output=x`"),
        (repo.path, "main", "alone", "`main` and `alone` share no commit"),
        (repo.path, "main", "main:README.md", "no commit"),
    ):
        done = reviewer("review", path, f"--base={base}", f"--head={head}")
        assert done.returncode == 2
        assert done.stdout == ""
        assert words in done.stderr
        assert done.stderr.startswith("reviewer: ")
        assert done.stderr.count("\n") == 1
    assert reviewer("review", tmp_path / "none", "--base=a", "--head=b").returncode == 2
    assert reviewer("review", repo.path).returncode == 2


def test_a_shallow_clone_is_told_how_to_get_the_rest(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("clone", "-q", "--depth=1", "-b", "change", f"file://{repo.path}", str(tmp_path / "s"))
    done = reviewer("review", tmp_path / "s", "--base", "HEAD~1", "--head", "HEAD")
    assert done.returncode == 2
    assert "git fetch --unshallow" in done.stderr


def test_what_was_not_read_is_named(repo: GitRepo) -> None:
    repo.commit(
        {"src/book_data.rs": "// order book\n" * 200, "src/book.rs": b"fn book() {} // \xff"}
    )
    said = as_json(repo, REVIEWER_MAX_FILE_KB="1")
    assert {row["path"]: row["reason"] for row in said["coverage"]["not_reviewed"]} == {
        "src/book_data.rs": "larger than 1 kB",
        "src/book.rs": "not UTF-8",
    }


def test_hidden_text_is_found_outside_rust_and_shown_by_its_code_point(repo: GitRepo) -> None:
    repo.git("checkout", "-q", "-b", "odd", "main")
    repo.commit({"deploy.sh": "run # \u202e live\n", "docs/שלום.md": "\u05e9\u05dc\u05d5\u05dd\n"})
    done = reviewer("review", repo.path, "--base=main", "--head=odd", "--fail-on=important")
    assert "deploy.sh:1: important:" in done.stdout
    assert "⟦U+202E⟧" in done.stdout
    assert "\u202e" not in done.stdout
    assert "No trading code was changed" in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize("form", ["text", "json", "sarif", "markdown"])
def test_nothing_from_the_repository_reaches_the_terminal_raw(repo: GitRepo, form: str) -> None:
    repo.git("checkout", "-q", "-b", "escape", "main")
    line = "fn f() { let price: u64 = text.parse().unwrap_or(0); } // \x1b]0;owned\x07\u202e\n"
    repo.commit({"src/\x1b[31mbook.rs": line})
    done = reviewer("review", repo.path, "--base=main", "--head=escape", f"--format={form}")
    assert done.returncode == 0
    assert "A16" in done.stdout
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout)


def on_terminal(*arguments: str | Path, **environ: str) -> str:
    """What the command writes to a terminal."""
    ours, its = pty.openpty()
    try:
        reviewer(*arguments, stdout=its, environ=environ)
        os.set_blocking(ours, False)
        return os.read(ours, 100_000).decode()
    finally:
        os.close(ours)
        os.close(its)


def test_colour_is_for_a_terminal_that_wants_it(repo: GitRepo) -> None:
    arguments = ("review", repo.path, "--base", "main", "--head", "change")
    assert "\x1b[31m" in on_terminal(*arguments, TERM="xterm")
    assert "\x1b" not in on_terminal(*arguments, TERM="xterm", NO_COLOR="1")
    assert "\x1b" not in on_terminal(*arguments, TERM="dumb")
    assert "\x1b" not in reviewer(*arguments, environ={"TERM": "xterm"}).stdout


def test_a_terminal_without_unicode_is_no_obstacle(repo: GitRepo) -> None:
    arguments = ("review", repo.path, "--base=main", "--head=change", "--format=markdown")
    done = reviewer(*arguments, environ={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "critical" in done.stdout


def test_the_forms_tell_of_the_same_findings(repo: GitRepo) -> None:
    said = as_json(repo)
    arguments = ("review", repo.path, "--base", "main", "--head", "change", "--format")
    sarif = json.loads(reviewer(*arguments, "sarif").stdout)
    markdown = reviewer(*arguments, "markdown").stdout
    text = reviewer(*arguments, "text").stdout
    prints = [finding["fingerprint"] for finding in said["findings"]]
    results = sarif["runs"][0]["results"]
    assert [list(result["partialFingerprints"].values()) for result in results] == [
        [one] for one in prints
    ]
    for finding in said["findings"]:
        assert finding["fingerprint"] in markdown
        place = f"{finding['path']}:{finding['line']}: {finding['severity']}"
        assert f"{place}: {finding['title']} [{finding['rule']}]" in text


def test_a_reader_that_leaves_early_is_no_error(repo: GitRepo) -> None:
    read, write = os.pipe()
    os.close(read)
    done = reviewer("review", repo.path, "--base=main", "--head=change", stdout=write)
    os.close(write)
    assert "Traceback" not in done.stderr


def test_git_has_to_be_there(repo: GitRepo, tmp_path: Path) -> None:
    done = reviewer(
        "review", repo.path, "--base=main", "--head=change", environ={"PATH": str(tmp_path)}
    )
    assert done.returncode == 2
    assert "git is not installed" in done.stderr


def test_it_says_what_it_does_when_that_takes_long(repo: GitRepo, tmp_path: Path) -> None:
    wait = tmp_path / "bin" / "git"
    wait.parent.mkdir()
    real = subprocess.check_output(["which", "git"], text=True).strip()
    wait.write_text(f'#!/bin/sh\ncase " $* " in *" diff "*) sleep 1.2;; esac\nexec {real} "$@"\n')
    wait.chmod(0o755)
    done = reviewer(
        *("review", repo.path, "--base=main", "--head=change", "--format=json"),
        environ={"PATH": f"{wait.parent}:{os.environ['PATH']}"},
    )
    assert done.stderr.startswith("reviewer: ")
    json.loads(done.stdout)


def test_what_ci_found_on_added_lines_is_listed_aside(repo: GitRepo, tmp_path: Path) -> None:
    added = WRONG_BID.split("\n").index(UNWRAP) + 1
    lint, build = tmp_path / "lint.sarif", tmp_path / "build.json"
    lint.write_bytes(sarif(PATH, added))
    build.write_bytes(cargo(PATH, 1) + b"\n" + cargo(PATH, added))
    asked = ("review", repo.path, "--base", "main", "--head", "change")
    done = reviewer(*asked, "--sarif", str(lint), "--sarif", str(build))
    assert done.returncode == 0
    told = [line for line in done.stderr.splitlines() if "ci:" in line]
    assert told == [
        f"{PATH}:{added}: ci:clippy/unwrap_used: used `unwrap()` on a `Result`",
        f"{PATH}:{added}: ci:clippy/unwrap_used: used `unwrap()`",
    ]
    assert done.stdout == reviewer(*asked).stdout


def test_a_report_that_is_none_is_said_so(repo: GitRepo, tmp_path: Path) -> None:
    report = tmp_path / "x.sarif"
    report.write_text("hello")
    done = reviewer(
        "review", repo.path, "--base", "main", "--head", "change", "--sarif", str(report)
    )
    assert "no result of SARIF 2.1.0 or cargo's JSON" in done.stderr
