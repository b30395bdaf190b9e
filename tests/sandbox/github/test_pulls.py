"""Pull requests as GitHub shows them: objects, diffs, files, pages, events."""

from __future__ import annotations

from typing import Any

import github as pygithub
import pytest
import requests

from tests.sandbox.github.stage import REPO, Stage, numbered

DIFF = "application/vnd.github.v3.diff"


def _diff(stage: Stage, number: int) -> requests.Response:
    headers = {"Authorization": f"Bearer {stage.token()}", "Accept": DIFF}
    url = f"{stage.sandbox.api_url}/repos/{REPO}/pulls/{number}"
    return requests.get(url, headers=headers, timeout=30)


def test_a_pull_request_says_what_it_is(stage: Stage) -> None:
    pull = stage.pull()
    assert (pull.base.sha, pull.head.sha) == (stage.base, stage.head)
    assert pull.base.ref == "main"
    assert (pull.title, pull.body, pull.user.login) == ("Change orders", "Why not?", "octocat")
    assert (pull.changed_files, pull.additions, pull.deletions) == (4, 3, 4)
    assert pull.commits == 1
    assert pull.head.repo.full_name == REPO
    assert pull.html_url == f"{stage.sandbox.url}/{REPO}/pull/{stage.number}"


def test_the_diff_is_gits_own_from_the_merge_base(stage: Stage) -> None:
    # main goes on after the branch left it: the diff must not show that
    later = stage.work.commit({"elsewhere.rs": "new on main\n"})
    stage.sandbox.set_branch(REPO, "main", later, source=stage.work.path)
    shown = _diff(stage, stage.number)
    assert shown.status_code == 200
    assert shown.headers["Content-Type"].startswith("application/vnd.github.diff")
    assert shown.text == stage.work.diff(stage.base, stage.head)
    assert "rename from old.rs\nrename to new.rs" in shown.text


def test_the_files_carry_patches_without_headers(stage: Stage) -> None:
    files = {file.filename: file for file in stage.pull().get_files()}
    assert {name: file.status for name, file in files.items()} == {
        "gone.rs": "removed",
        "logo.png": "added",
        "new.rs": "renamed",
        "order.rs": "modified",
    }
    assert files["new.rs"].previous_filename == "old.rs"
    assert files["order.rs"].patch.startswith("@@ -9,7 +9,7 @@")
    assert files["order.rs"].patch.count("\n@@ ") == 1
    assert files["logo.png"].patch is None


def test_lists_come_in_pages(stage: Stage) -> None:
    head = stage.work.commit({f"many/f{n:03}.rs": f"{n}\n" for n in range(130)})
    number = stage.sandbox.open_pull(REPO, stage.base, head, "Many", source=stage.work.path)
    assert stage.repo().get_pull(number).get_files().totalCount == 130
    assert len({f.filename for f in stage.repo().get_pull(number).get_files()}) == 130
    headers = {"Authorization": f"Bearer {stage.token()}"}
    url = f"{stage.sandbox.api_url}/repos/{REPO}/pulls/{number}/files?per_page=50&page=2"
    page = requests.get(url, headers=headers, timeout=10)
    assert len(page.json()) == 50
    assert set(page.links) == {"prev", "first", "next", "last"}
    assert page.links["last"]["url"].endswith("page=3")
    assert requests.get(page.links["next"]["url"], headers=headers, timeout=10).json()


def test_a_diff_of_too_many_files_is_not_served(stage: Stage) -> None:
    head = stage.work.commit({f"many/f{n:03}.rs": f"{n}\n" for n in range(301)})
    number = stage.sandbox.open_pull(REPO, stage.base, head, "Many", source=stage.work.path)
    refused = _diff(stage, number)
    assert refused.status_code == 406
    assert "exceeded the maximum number of files (300)" in refused.json()["message"]


def test_a_diff_of_too_many_lines_is_not_served(stage: Stage) -> None:
    head = stage.work.commit({"long.rs": numbered(20_001)})
    number = stage.sandbox.open_pull(REPO, stage.base, head, "Long", source=stage.work.path)
    refused = _diff(stage, number)
    assert refused.status_code == 406
    assert "maximum number of lines (20000)" in refused.json()["message"]


def test_a_pull_request_can_be_opened_as_github_does_it(stage: Stage) -> None:
    repo = stage.repo()
    head = stage.work.commit({"order.rs": numbered(60, l5="mine")})
    stage.sandbox.set_branch(REPO, "mine", head, source=stage.work.path)
    pull = repo.create_pull(base="main", head="mine", title="Mine", draft=True)
    assert pull.draft
    assert pull.user.login == "trading-reviewer[bot]"
    again: dict[str, Any] = {"base": "main", "head": "mine", "title": "Again"}
    for change, says in (
        ({"head": "mine"}, "A pull request already exists for acme:mine."),
        ({"head": "main"}, "No commits between main and main"),
        ({"head": "nowhere"}, "invalid"),
        ({"base": "nowhere"}, "invalid"),
    ):
        with pytest.raises(pygithub.GithubException) as refused:
            repo.create_pull(**{**again, **change})
        assert refused.value.status == 422
        assert says in str(refused.value.data)


def test_a_pull_request_can_be_changed_closed_and_reopened(stage: Stage) -> None:
    pull = stage.pull()
    pull.edit(title="Better", body="Because")
    pull.edit(state="closed")
    assert stage.pull().state == "closed"
    assert stage.pull().closed_at is not None
    assert [p.number for p in stage.repo().get_pulls(state="open")] == []
    pull.edit(state="open")
    assert (stage.pull().state, stage.pull().title) == ("open", "Better")
    assert [p.number for p in stage.repo().get_pulls()] == [stage.number]


def test_a_push_moves_the_head(stage: Stage) -> None:
    head = stage.work.commit({"order.rs": numbered(60, l12="third")})
    stage.sandbox.push(REPO, stage.number, head, source=stage.work.path)
    pull = stage.pull()
    assert pull.head.sha == head
    assert [c.sha for c in pull.get_commits()] == [head]
    assert stage.repo().get_branch(pull.head.ref).commit.sha == head


def test_a_pull_request_from_a_fork_has_another_head_repository(stage: Stage) -> None:
    stage.sandbox.fork(REPO, "mallory")
    head = stage.work.commit({"order.rs": numbered(60, l2="hostile")})
    number = stage.sandbox.open_pull(
        REPO, stage.base, head, "Fork", source=stage.work.path, head_owner="mallory", user="mallory"
    )
    pull = stage.repo().get_pull(number)
    assert pull.head.repo.full_name == "mallory/exchange"
    assert pull.head.repo.fork
    assert pull.base.repo.full_name == REPO
    assert [f.filename for f in pull.get_files()] == ["order.rs"]
    with pytest.raises(pygithub.UnknownObjectException):
        stage.github().get_repo("mallory/exchange")
    pushed = stage.work.commit({"order.rs": numbered(60, l2="more hostile")})
    stage.sandbox.push(REPO, number, pushed, source=stage.work.path)
    assert stage.repo().get_pull(number).head.sha == pushed


def test_a_name_that_git_would_quote_stays_whole(stage: Stage) -> None:
    odd = 'src/übel "a\tb".rs'
    head = stage.work.commit({odd: "one\ntwo\n"})
    number = stage.sandbox.open_pull(REPO, stage.base, head, "Odd", source=stage.work.path)
    pull = stage.repo().get_pull(number)
    assert [f.filename for f in pull.get_files()] == [odd]
    pull.create_review(body="x", event="COMMENT", comments=[{"path": odd, "line": 2, "body": "y"}])
    assert [c.path for c in pull.get_review_comments()] == [odd]
