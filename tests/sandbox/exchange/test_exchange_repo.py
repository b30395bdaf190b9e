"""The sample exchange is the same everywhere, and its mistakes stand where they are said to."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from reviewer.detect.registry import RULES
from reviewer.pull.diff import Diff
from reviewer.pull.parse import parse_diff
from reviewer.refs import CommitSha
from reviewer.rust.file import RustFile
from reviewer.sandbox.exchange_repo import (
    BASE_BRANCH,
    DEEPER,
    FOLLOWUP_FIXED,
    FOLLOWUP_PLANTED,
    HEAD_BRANCH,
    PLANTED,
    TRAPS,
    Deeper,
    Planted,
    Trap,
    followup_commit,
    write_exchange,
)

WANTED = {"A10", "A16", "B1h", "B2", "C2", "D5"}
BASE = "58bde23fd47d5fc971f9246d06291123ce09ccb3"
HEAD = "33a9f98bb4a54edd31bcd4ed9028fe96f7510d81"
FOLLOWUP = "6bb104053c1192751e05ff78ba18d78ea71d6890"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CommitSha, CommitSha]:
    directory = tmp_path_factory.mktemp("exchange")
    return directory, *write_exchange(directory)


def _git(directory: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(directory), *arguments], capture_output=True, text=True, check=True
    ).stdout


def _diff(directory: Path, base: str, head: str) -> Diff:
    return parse_diff(_git(directory, "diff", "--no-color", "--no-ext-diff", base, head))


def _added(diff: Diff, path: str) -> list[str]:
    file = diff.file(path)
    return [line.text for line in file.added()] if file else []


def test_the_commits_are_the_same_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".gitconfig").write_text(
        "[user]\n\tname = Somebody\n[commit]\n\tgpgSign = true\n[core]\n\tautocrlf = true\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody")
    monkeypatch.setenv("GIT_DEFAULT_HASH", "sha256")
    directory = tmp_path / "exchange"
    assert write_exchange(directory) == (BASE, HEAD)
    assert followup_commit(directory) == FOLLOWUP


def test_the_base_is_checked_out_and_the_change_is_a_branch_on_it(
    written: tuple[Path, CommitSha, CommitSha],
) -> None:
    directory, base, head = written
    assert _git(directory, "symbolic-ref", "--short", "HEAD").strip() == BASE_BRANCH
    assert _git(directory, "rev-parse", BASE_BRANCH).strip() == base
    assert _git(directory, "rev-parse", f"{head}^").strip() == base
    assert head in _git(directory, "rev-parse", HEAD_BRANCH, f"{HEAD_BRANCH}~0")
    assert _git(directory, "status", "--porcelain") == ""


def test_every_rule_has_a_planted_line() -> None:
    assert {planted.rule for planted in PLANTED} == WANTED
    assert len(DEEPER) >= 3
    assert {fixed.rule for fixed in FOLLOWUP_FIXED} == {"A16", "D5"}


def test_every_line_of_interest_stands_once_among_the_added_lines(
    written: tuple[Path, CommitSha, CommitSha],
) -> None:
    diff = _diff(*written)
    entries: tuple[Planted | Deeper | Trap, ...] = (*PLANTED, *DEEPER, *TRAPS)
    for entry in entries:
        assert _added(diff, entry.path).count(entry.line) == 1, entry


def test_the_rules_find_what_is_planted_and_nothing_else(
    written: tuple[Path, CommitSha, CommitSha],
) -> None:
    directory, base, head = written
    assert _found(directory, base) == []
    assert _found(directory, head) == sorted(_as_found(planted) for planted in PLANTED)


def test_the_rules_find_what_the_followup_leaves_and_breaks(tmp_path: Path) -> None:
    write_exchange(tmp_path)
    left = [planted for planted in PLANTED if planted not in FOLLOWUP_FIXED]
    expected = sorted(_as_found(planted) for planted in (*left, FOLLOWUP_PLANTED))
    assert _found(tmp_path, followup_commit(tmp_path)) == expected


def _as_found(planted: Planted) -> tuple[str, str, str]:
    return planted.rule, planted.path, planted.line


def _found(directory: Path, commit: str) -> list[tuple[str, str, str]]:
    """Every hit of every rule outside of tests: rule, path and text of the line."""
    found = []
    for path in _git(directory, "ls-tree", "-r", "--name-only", commit).split():
        if path.endswith(".rs"):
            file = RustFile.parse(path, _git(directory, "show", f"{commit}:{path}"))
            hits = [(rule.id, hit) for rule in RULES for hit in rule.hits(file)]
            found += [(rule, path, hit.quote) for rule, hit in hits if not file.in_test(hit.line)]
    return sorted(found)


def test_no_line_is_planted_in_the_base(written: tuple[Path, CommitSha, CommitSha]) -> None:
    directory, base, _ = written
    for planted in PLANTED:
        listed = _git(directory, "ls-tree", "-r", "--name-only", base).split()
        text = _git(directory, "show", f"{base}:{planted.path}") if planted.path in listed else ""
        assert planted.line not in text.splitlines()


def test_the_followup_puts_two_right_and_breaks_one(tmp_path: Path) -> None:
    _, head = write_exchange(tmp_path)
    followup = followup_commit(tmp_path)
    assert _git(tmp_path, "rev-parse", f"{followup}^").strip() == head
    push = _diff(tmp_path, head, followup)
    whole = _diff(tmp_path, BASE_BRANCH, followup)
    for planted in PLANTED:
        left = planted.line in _added(whole, planted.path)
        assert left == (planted not in FOLLOWUP_FIXED), planted
    assert _added(push, FOLLOWUP_PLANTED.path).count(FOLLOWUP_PLANTED.line) == 1


def _cargo() -> str | None:
    """The cargo of this machine, if it runs: a shim without a toolchain behind it does not."""
    found = shutil.which("cargo")
    if found is None:
        return None
    done = subprocess.run([found, "--version"], capture_output=True, check=False)
    return found if done.returncode == 0 else None


CARGO = _cargo()


@pytest.mark.skipif(CARGO is None, reason="no cargo on this machine to compile it with")
@pytest.mark.parametrize("version", ["base", "head", "followup"])
def test_the_exchange_compiles_and_passes_its_own_tests(tmp_path: Path, version: str) -> None:
    source = tmp_path / "exchange"
    base, head = write_exchange(source)
    commits = {"base": base, "head": head, "followup": followup_commit(source)}
    _git(source, "checkout", "--quiet", "--detach", commits[version])
    done = subprocess.run(
        [CARGO or "cargo", "test", "--offline", "--quiet"],
        cwd=source,
        env={**os.environ, "RUSTFLAGS": "-Dwarnings", "CARGO_TARGET_DIR": str(tmp_path / "target")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
