"""The same patch is known under other commits, and another is not taken for it: asked of git."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.pull.changed_since import ChangedSince, changed_since
from reviewer.pull.diff import Diff
from reviewer.pull.parse import parse_diff
from reviewer.pull.patch_id import patch_id
from reviewer.pull.renames import followed, renames_between, renames_of
from reviewer.rust.file import RustFile
from tests.support.git_repo import GitRepo

PATH = "src/book.rs"
NEW = "".join(f"fn new_{n}() {{}}\n" for n in range(9))


def code(*middles: str, quote: str = "let bid = best();") -> str:
    """A file with three functions, far enough apart for a hunk each."""
    items = []
    for name, body in (("quote", quote), ("cancel", "forget(id);"), ("amend", "change(id);")):
        filler = "".join(f"    let {name}_{n} = {n};\n" for n in range(8))
        items.append(f"fn {name}() {{\n{filler}    {body}\n}}\n")
    return "\n".join((*middles, *items))


class Pull:
    """A branch off main, and what a reviewer sees of it."""

    def __init__(self, repo: GitRepo) -> None:
        self.repo = repo
        repo.commit({PATH: code()})
        repo.git("checkout", "--quiet", "-b", "feature")
        repo.commit({PATH: code(quote="let bid = best()?;")})

    def diff(self) -> Diff:
        base = self.repo.git("merge-base", "main", "feature").decode().strip()
        return parse_diff(self.repo.diff(base, "feature"))

    def trees(self) -> dict[str, RustFile]:
        heads = {f.path: self.repo.git("show", f"feature:{f.path}") for f in self.diff().files}
        return {path: RustFile.parse(path, text.decode()) for path, text in heads.items()}

    def on_main(self, files: dict[str, str]) -> None:
        self.repo.git("checkout", "--quiet", "main")
        self.repo.commit(files)
        self.repo.git("checkout", "--quiet", "feature")


@pytest.fixture
def pull(tmp_path: Path) -> Pull:
    return Pull(GitRepo(tmp_path / "repo"))


class Reviewed:
    """What was seen at the last review, for a comparison with what is there now."""

    def __init__(self, pull: Pull) -> None:
        self.pull, self.diff, self.trees = pull, pull.diff(), pull.trees()

    def since(self) -> ChangedSince:
        return changed_since(self.diff, self.pull.diff(), self.pull.trees(), self.trees)

    @property
    def is_same_patch(self) -> bool:
        return patch_id(self.diff) == patch_id(self.pull.diff())


NOTHING = ChangedSince({}, frozenset(), {})


@pytest.mark.parametrize("way", ["rebase", "merge"])
def test_what_the_base_brings_in_is_no_change_of_the_patch(pull: Pull, way: str) -> None:
    before = Reviewed(pull)
    pull.on_main({PATH: code("fn before() {}\n"), "src/other.rs": "fn other() {}\n"})
    command = ["rebase", "main"] if way == "rebase" else ["merge", "--no-edit", "main"]
    pull.repo.git(*command)
    assert before.is_same_patch
    assert before.since() == NOTHING


def test_amending_the_message_alone_changes_nothing(pull: Pull) -> None:
    before = Reviewed(pull)
    pull.repo.git("commit", "--amend", "-m", "other words")
    assert before.is_same_patch


def test_a_merge_that_rewrites_an_item_of_the_patch_shows_it_again(pull: Pull) -> None:
    before = Reviewed(pull)
    pull.on_main({PATH: code().replace("let quote_0 = 0;", "let quote_0 = 1;")})
    pull.repo.git("merge", "--no-edit", "main")
    assert before.is_same_patch
    assert before.since().items == {(PATH, "quote")}


@pytest.mark.parametrize(
    ("edit", "items"),
    [
        (("let bid = best()?;", "let bid  = best()?;"), {"quote"}),
        (("forget(id);", "forget(&id);"), {"cancel"}),
        (("let bid = best()?;", "let bid = best();"), set()),
    ],
)
def test_a_change_of_the_patch_names_its_item(
    pull: Pull, edit: tuple[str, str], items: set[str]
) -> None:
    before = Reviewed(pull)
    text = code(quote="let bid = best()?;").replace(*edit)
    pull.repo.commit({PATH: text})
    assert not before.is_same_patch
    since = before.since()
    assert {scope for _, scope in since.items} == items
    line = text.split("\n").index(f"    {edit[1]}") + 1
    assert (line in since.lines.get(PATH, ())) == bool(items)


def test_a_part_that_is_taken_back_marks_the_lines_around_it(pull: Pull) -> None:
    two = code(quote="let bid = best()?;\n    log(bid);\n    check(bid);")
    pull.repo.commit({PATH: two})
    before = Reviewed(pull)
    pull.repo.commit({PATH: two.replace("    log(bid);\n", "")})
    since = before.since()
    lines = two.replace("    log(bid);\n", "").split("\n")
    assert {lines[n - 1].strip() for n in since.lines[PATH]} >= {
        "let bid = best()?;",
        "check(bid);",
    }
    assert since.items == {(PATH, "quote")}


def test_a_force_push_is_compared_patch_by_patch(pull: Pull) -> None:
    before = Reviewed(pull)
    pull.on_main({PATH: code("fn before() {}\n")})
    pull.repo.git("reset", "--quiet", "--hard", "main")
    text = code("fn before() {}\n", quote="let bid = best()?;").replace("change(id)", "change(&id)")
    pull.repo.commit({PATH: text})
    since = before.since()
    assert since.items == {(PATH, "amend")}


def test_another_base_branch_shows_what_it_adds_to_the_patch(pull: Pull) -> None:
    pull.repo.git("branch", "stacked", "feature")
    pull.repo.commit({"src/new.rs": "fn new() {\n    start();\n}\n"})
    on_stacked = parse_diff(pull.repo.diff("stacked", "feature"))
    since = changed_since(on_stacked, pull.diff(), pull.trees())
    assert since.items == {(PATH, "quote")}
    assert set(since.lines) == {PATH}


def test_a_new_file_is_new_whole(pull: Pull) -> None:
    before = Reviewed(pull)
    pull.repo.commit({"src/new.rs": "fn new() {\n    start();\n}\n"})
    assert before.since().items == {("src/new.rs", "new")}
    assert before.since().lines == {"src/new.rs": {1, 2, 3}}


def test_modes_names_and_line_ends_are_part_of_the_patch(pull: Pull) -> None:
    ids = {patch_id(pull.diff())}
    text = code(quote="let bid = best()?;")
    for files in ({PATH: text.rstrip("\n")}, {PATH: None, "src/depth.rs": text}):
        pull.repo.commit(files)
        ids.add(patch_id(pull.diff()))
    (pull.repo.path / "src/depth.rs").chmod(0o755)
    pull.repo.commit({})
    ids.add(patch_id(pull.diff()))
    assert len(ids) == 4


def test_a_rename_is_followed_from_push_to_push(pull: Pull) -> None:
    before = Reviewed(pull)
    text = code(quote="let bid = best()?;")
    pull.repo.commit({PATH: None, "src/depth.rs": text, "src/new.rs": NEW})
    assert before.since().renames == {PATH: "src/depth.rs"}
    assert renames_of(pull.diff()) == {PATH: "src/depth.rs"}
    second = Reviewed(pull)
    pull.repo.commit({"src/new.rs": None, "src/newer.rs": NEW + "fn last() {}\n"})
    assert second.since().renames == {"src/new.rs": "src/newer.rs"}
    assert renames_between(second.diff, second.diff) == {}


def test_renames_are_followed_one_after_the_other() -> None:
    assert followed({"a": "b"}, {"b": "c", "x": "y"}) == {"a": "c", "b": "c", "x": "y"}
    assert followed({"a": "b", "b": "a"}, {}) == {"a": "b", "b": "a"}
