"""Files, commits, comparisons, trees and archives."""

from __future__ import annotations

import io
import tarfile
from urllib.parse import quote

import github as pygithub
import pytest
import requests
from github.ContentFile import ContentFile

from tests.sandbox.github.stage import REPO, Stage


def test_a_file_is_read_at_a_commit(stage: Stage) -> None:
    repo = stage.repo()
    at_base = repo.get_contents("order.rs", stage.base)
    at_head = repo.get_contents("order.rs", stage.head)
    assert isinstance(at_base, ContentFile)
    assert isinstance(at_head, ContentFile)
    assert b"line 12\n" in at_base.decoded_content
    assert b"changed\n" in at_head.decoded_content
    for path, ref in (("nowhere.rs", stage.base), ("order.rs", "no-branch")):
        with pytest.raises(pygithub.UnknownObjectException):
            repo.get_contents(path, ref)


def test_a_directory_is_listed(stage: Stage) -> None:
    head = stage.work.commit({"src/a.rs": "a\n", "src/deep/b.rs": "b\n"})
    stage.sandbox.set_branch(REPO, "dirs", head, source=stage.work.path)
    found = stage.repo().get_contents("src", "dirs")
    assert isinstance(found, list)
    assert [(entry.path, entry.type) for entry in found] == [
        ("src/a.rs", "file"),
        ("src/deep", "dir"),
    ]
    tree = stage.repo().get_git_tree("dirs", recursive=True)
    assert "src/deep/b.rs" in [entry.path for entry in tree.tree]
    blob = next(entry for entry in tree.tree if entry.path == "src/a.rs")
    assert stage.repo().get_git_blob(blob.sha).size == 2


def test_a_comparison_names_the_merge_base(stage: Stage) -> None:
    later = stage.work.commit({"elsewhere.rs": "new on main\n"})
    stage.sandbox.set_branch(REPO, "main", later, source=stage.work.path)
    compared = stage.repo().compare("main", stage.head)
    assert compared.merge_base_commit.sha == stage.base
    assert (compared.status, compared.ahead_by, compared.behind_by) == ("diverged", 1, 1)
    assert [f.filename for f in compared.files] == ["gone.rs", "logo.png", "new.rs", "order.rs"]
    assert stage.repo().compare(stage.base, stage.base).status == "identical"
    with pytest.raises(pygithub.UnknownObjectException):
        stage.repo().compare(stage.base, "0" * 40)


def test_histories_without_a_common_commit_cannot_be_compared(stage: Stage) -> None:
    stage.work.git("checkout", "--quiet", "--orphan", "island")
    island = stage.work.commit({"order.rs": "alone\n"})
    stage.sandbox.set_branch(REPO, "island", island, source=stage.work.path)
    with pytest.raises(pygithub.GithubException, match="No common ancestor") as refused:
        stage.repo().compare("main", "island")
    assert refused.value.status == 404


def test_a_commit_says_what_it_changed(stage: Stage) -> None:
    commit = stage.repo().get_commit(stage.head)
    assert commit.parents[0].sha == stage.base
    assert commit.commit.author.name == "A Trader"
    assert commit.stats.total == 7
    assert [c.sha for c in stage.repo().get_commits(stage.head)] == [stage.head, stage.base]


@pytest.mark.parametrize("name", ["-x", "main~1", "main^", "a..b", "main@{0}", "HEAD:order.rs"])
def test_only_names_and_ids_are_revisions(stage: Stage, name: str) -> None:
    headers = {"Authorization": f"Bearer {stage.token()}"}
    url = f"{stage.sandbox.api_url}/repos/{REPO}/git/trees/{quote(name)}"
    assert requests.get(url, headers=headers, timeout=10).status_code == 404


def test_the_archive_lies_behind_a_redirect_that_works_once(stage: Stage) -> None:
    link = stage.repo().get_archive_link("tarball", stage.head)
    packed = requests.get(link, timeout=10)
    with tarfile.open(fileobj=io.BytesIO(packed.content)) as archive:
        names = archive.getnames()
    assert f"acme-exchange-{stage.head[:7]}/order.rs" in names
    assert requests.get(link, timeout=10).status_code == 404
