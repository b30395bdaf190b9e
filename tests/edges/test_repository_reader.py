"""A whole repository out of git, within bounds."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reviewer.edges.git import Git
from reviewer.edges.repository_reader import EVERYTHING, read_repository
from reviewer.refs import CommitSha
from tests.support.git_repo import ENVIRONMENT, GitRepo


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "source")


def opened(repo: GitRepo) -> Git:
    return Git(repo.path / ".git")


def partial_clone(repo: GitRepo, head: CommitSha, limit: str, to: Path) -> Git:
    """As the reviewer's fetch leaves it: blobs above the limit were left out."""
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("config", "uploadpack.allowAnySHA1InWant", "true")
    for arguments in (
        ["init", "--quiet", "--bare", str(to)],
        ["-C", str(to), "fetch", "--quiet", "--depth=1", f"--filter=blob:limit={limit}",
         f"file://{repo.path.absolute()}", f"+{head}:refs/reviewed/1/head"],
    ):  # fmt: skip
        subprocess.run(["git", *arguments], env=ENVIRONMENT, check=True, capture_output=True)
    return Git(to)


def test_rust_and_manifests_are_read_and_vendored_code_is_not(repo: GitRepo) -> None:
    head = repo.commit(
        {
            "Cargo.toml": "[profile.release]\noverflow-checks = true\n",
            "src/book.rs": "fn book() {}\r\n",
            "src/twin.rs": "fn book() {}\r\n",
            "src/odd.rs": b"fn odd() { \xff }\n",
            "src/sp ace\n.rs": "fn spaced() {}\n",
            "README.md": "no code\n",
            "vendor/dep/src/lib.rs": "fn vendored() {}\n",
            "engine/target/debug/build.rs": "fn built() {}\n",
            "third_party/a/src/lib.rs": "fn patched() {}\n",
        }
    )
    found = read_repository(opened(repo), head, 100, changed=["third_party/a/src/lib.rs"])
    assert found.paths == (
        "src/book.rs", "src/odd.rs", "src/sp ace\n.rs", "src/twin.rs", "third_party/a/src/lib.rs",
    )  # fmt: skip
    assert found.text("src/book.rs") == found.text("src/twin.rs") == "fn book() {}\r\n"
    assert found.text("src/odd.rs") == "fn odd() { \ufffd }\n"
    assert [d.name for d in found.index.named("patched")] == ["patched"]
    assert found.overflow_checks("src/book.rs") is True
    assert dict(found.unread) == {}


def test_hundreds_of_files_that_the_fetch_left_out_are_named(repo: GitRepo, tmp_path: Path) -> None:
    large = {f"src/large_{n}.rs": f"// {n}\n" + "// x\n" * 300 for n in range(400)}
    head = repo.commit({**large, **{f"src/small_{n}.rs": f"fn f{n}() {{}}\n" for n in range(50)}})
    git = partial_clone(repo, head, "1k", tmp_path / "partial.git")
    found = read_repository(git, head, 1)
    assert len(found.paths) == 50
    assert found.text("src/small_7.rs") == "fn f7() {}\n"
    assert dict(found.unread) == dict.fromkeys(large, "larger than 1 kB")
    some = git.read(head, ["src/large_0.rs", "src/small_0.rs"], 1)
    assert some["src/large_0.rs"].absence == "larger than 1 kB"
    assert some["src/small_0.rs"].content == b"fn f0() {}\n"


def test_a_repository_that_is_too_large_is_read_where_it_changed(repo: GitRepo) -> None:
    head = repo.commit(
        {f"{crate}/src/{name}.rs": f"fn {name}() {{}}\n" + "// x\n" * 100
         for crate in ("book", "feed", "risk") for name in ("lib", "more")}
    )  # fmt: skip
    changed = ["book/src/lib.rs"]
    found = read_repository(opened(repo), head, 100, changed=changed, max_total=1_500)
    assert found.paths == ("book/src/lib.rs", "book/src/more.rs")
    assert found.unread[EVERYTHING].startswith("4 of its Rust files")
    alone = read_repository(opened(repo), head, 100, changed=changed, max_total=600)
    assert alone.paths == ("book/src/lib.rs",)
    assert alone.unread[EVERYTHING].startswith("5 of its Rust files")


def test_trees_that_name_a_billion_files_are_not_listed(repo: GitRepo) -> None:
    blob = repo.git("hash-object", "-w", "--stdin").decode().strip()
    entry, tree = f"100644 blob {blob}\t{{}}.rs\n", ""
    for _ in range(9):
        rows = "".join(entry.format(n) for n in range(10))
        tree = _make_tree(repo, rows)
        entry = f"040000 tree {tree}\t{{}}\n"
    head = CommitSha(repo.git("commit-tree", tree, "-m", "many").decode().strip())
    found = read_repository(opened(repo), head, 100, changed=["0/0/0/0/0/0/0/0/0.rs"])
    assert found.paths == ("0/0/0/0/0/0/0/0/0.rs",)
    assert "more than" in found.unread[EVERYTHING]


def _make_tree(repo: GitRepo, rows: str) -> str:
    made = subprocess.run(
        ["git", "mktree"], cwd=repo.path, env=ENVIRONMENT, check=True,
        input=rows.encode(), capture_output=True,
    )  # fmt: skip
    return made.stdout.decode().strip()


def test_small_texts_can_be_looked_up_and_what_may_hold_a_secret_cannot(repo: GitRepo) -> None:
    secret = "hunter" + "2"
    head = repo.commit(
        {
            "src/lib.rs": "fn a() {}\n",
            "README.md": "Prices are in ticks.\n",
            "proto/order.proto": "message Order {}\n",
            "config/venue.toml": f'url = "x"\napi_key = "{secret}"\nfee = 3\n',
            "config/venue.json": f'{{"password": "{secret}", "fee": 3}}\n',
            "config/secrets.toml": "fee = 3\n",
            "keys/a.json": "{}\n",
            ".env.toml": "fee = 3\n",
            "deploy/id.pem": "x\n",
            "vendor/README.md": "vendored\n",
            "book.json": b"{\0}",
            "long.md": "x" * 65_537,
        }
    )
    texts = read_repository(opened(repo), head, 100).manifests
    assert sorted(texts) == [
        *("README.md", "config/venue.json", "config/venue.toml", "proto/order.proto"),
    ]
    assert texts["config/venue.toml"] == 'url = "x"\napi_key = ⟦secret⟧\nfee = 3\n'
    assert secret not in texts["config/venue.json"]
