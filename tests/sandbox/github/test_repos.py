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


def test_a_file_is_read_at_a_commit(shared: Stage) -> None:
    repo = shared.repo()
    at_base = repo.get_contents("order.rs", shared.base)
    at_head = repo.get_contents("order.rs", shared.head)
    assert isinstance(at_base, ContentFile)
    assert isinstance(at_head, ContentFile)
    assert b"line 12\n" in at_base.decoded_content
    assert b"changed\n" in at_head.decoded_content
    for path, ref in (("nowhere.rs", shared.base), ("order.rs", "no-branch")):
        with pytest.raises(pygithub.UnknownObjectException):
            repo.get_contents(path, ref)


def test_a_directory_is_listed(shared: Stage) -> None:
    head = shared.work.commit({"src/a.rs": "a\n", "src/deep/b.rs": "b\n"})
    shared.sandbox.set_branch(REPO, "dirs", head, source=shared.work.path)
    found = shared.repo().get_contents("src", "dirs")
    assert isinstance(found, list)
    assert [(entry.path, entry.type) for entry in found] == [
        ("src/a.rs", "file"),
        ("src/deep", "dir"),
    ]
    tree = shared.repo().get_git_tree("dirs", recursive=True)
    assert "src/deep/b.rs" in [entry.path for entry in tree.tree]
    blob = next(entry for entry in tree.tree if entry.path == "src/a.rs")
    assert shared.repo().get_git_blob(blob.sha).size == 2


def test_a_comparison_names_the_merge_base(shared: Stage) -> None:
    later = shared.work.commit({"elsewhere.rs": "new on main\n"})
    shared.sandbox.set_branch(REPO, "main", later, source=shared.work.path)
    compared = shared.repo().compare("main", shared.head)
    assert compared.merge_base_commit.sha == shared.base
    assert (compared.status, compared.ahead_by, compared.behind_by) == ("diverged", 1, 1)
    assert [f.filename for f in compared.files] == ["gone.rs", "logo.png", "new.rs", "order.rs"]
    assert shared.repo().compare(shared.base, shared.base).status == "identical"
    with pytest.raises(pygithub.UnknownObjectException):
        shared.repo().compare(shared.base, "0" * 40)


def test_histories_without_a_common_commit_cannot_be_compared(shared: Stage) -> None:
    shared.work.git("checkout", "--quiet", "--orphan", "island")
    island = shared.work.commit({"order.rs": "alone\n"})
    shared.sandbox.set_branch(REPO, "island", island, source=shared.work.path)
    with pytest.raises(pygithub.GithubException, match="No common ancestor") as refused:
        shared.repo().compare("main", "island")
    assert refused.value.status == 404


def test_a_commit_says_what_it_changed(shared: Stage) -> None:
    commit = shared.repo().get_commit(shared.head)
    assert commit.parents[0].sha == shared.base
    assert commit.commit.author.name == "A Trader"
    assert commit.stats.total == 7
    assert [c.sha for c in shared.repo().get_commits(shared.head)] == [shared.head, shared.base]


@pytest.mark.parametrize("name", ["-x", "main~1", "main^", "a..b", "main@{0}", "HEAD:order.rs"])
def test_only_names_and_ids_are_revisions(shared: Stage, name: str) -> None:
    headers = {"Authorization": f"Bearer {shared.token()}"}
    url = f"{shared.sandbox.api_url}/repos/{REPO}/git/trees/{quote(name)}"
    assert requests.get(url, headers=headers, timeout=10).status_code == 404


def test_the_archive_lies_behind_a_redirect_that_works_once(shared: Stage) -> None:
    link = shared.repo().get_archive_link("tarball", shared.head)
    packed = requests.get(link, timeout=10)
    with tarfile.open(fileobj=io.BytesIO(packed.content)) as archive:
        names = archive.getnames()
    assert f"acme-exchange-{shared.head[:7]}/order.rs" in names
    assert requests.get(link, timeout=10).status_code == 404
