"""Stories of reviews that are not made: whoever waits for one is told why."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from reviewer.refs import commit_sha
from reviewer.sandbox.client_pulls import add_labels, remove_label
from tests.support.app import AppProcess, wait_for
from tests.support.github import GithubProcess
from tests.support.stage import BOOK, REPO, WRONG_BID, Stage
from tests.support.talk import DONE, REFUSED, ROLES, Talk

POLICY = ".github/trading-reviewer.yml"
LABELS = "labels:\n  skip: [no-review]\n"
TURNS = itertools.count(1)


@pytest.fixture(scope="module")
def stage(
    github_server: GithubProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    github_server.client.reset()
    stage = Stage(github_server, tmp_path_factory.mktemp("not-reviewed"))
    for name, text in (("soft", LABELS), ("other", "base_branches: [main]\n")):
        stage.repo.git("checkout", "--quiet", "--detach", "main")
        commit = stage.repo.commit({POLICY: text, "src/order_book.rs": BOOK}, "set up")
        stage.sandbox.set_branch(REPO, name, commit, source=stage.repo.path)
        stage.repo.git("branch", name, commit)
    for login, role in ROLES.items():
        stage.sandbox.set_role(REPO, login, role)
    yield stage
    github_server.check_contract()


@pytest.fixture(scope="module")
def app(stage: Stage) -> Iterator[AppProcess]:
    with stage.app() as app:
        stage.deliver_to(app)
        yield app


def opened(stage: Stage, app: AppProcess, base: str = "soft", **more: Any) -> Talk:
    """A pull request into a branch, and those who talk on it."""
    stage.base = commit_sha(stage.repo.git("rev-parse", base).decode().strip())
    # Of one content and one message git makes one commit, and these heads must differ.
    title = f"Match orders, {next(TURNS)}"
    return Talk(stage, app, stage.open_pull(WRONG_BID, title, base_ref=base, **more))


def test_who_asks_for_the_review_of_a_draft_is_told_how_to_have_it(
    stage: Stage, app: AppProcess
) -> None:
    talk = opened(stage, app, draft=True)
    reacted, said = talk.ask("/review", "tom")
    assert reacted == REFUSED
    assert "This is a draft; `/review full` reviews it all the same." in said


def test_who_asks_under_a_label_that_holds_reviews_back_is_told_its_name(
    stage: Stage, app: AppProcess
) -> None:
    talk = opened(stage, app, draft=True)
    add_labels(stage.sandbox, REPO, talk.number, "No-Review", actor="ada")
    for command in ("/review", "/review full"):
        reacted, said = talk.ask(command, "tom")
        assert reacted == REFUSED
        assert "The label `No-Review` holds reviews back." in said


def test_who_asks_on_a_base_branch_that_is_not_reviewed_is_told_so(
    stage: Stage, app: AppProcess
) -> None:
    reacted, said = opened(stage, app, "other").ask("/review full", "tom")
    assert reacted == REFUSED
    assert "Pull requests into `other` are not reviewed in this repository." in said


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("src/nothing.rs", "No changed file matches `src/nothing.rs`."),
        ("full.", "No changed file matches `full.`. Did you mean `/review full`?"),
        ("--full", "No changed file matches `--full`. Did you mean `/review full`?"),
    ],
)
def test_who_names_no_changed_file_is_told_so(
    stage: Stage, app: AppProcess, words: str, answer: str
) -> None:
    reacted, said = opened(stage, app).ask(f"/review {words}", "tom")
    assert reacted == REFUSED
    assert answer in said.split("\n")


def is_told(stage: Stage, app: AppProcess, head: str, title: str) -> None:
    """Wait for a completed, neutral check run of this title on a head."""

    def told() -> bool:
        check = stage.check(head)
        return check is not None and check["output"]["title"] == title

    wait_for(told, title, app.log, 30)
    check = stage.check(head)
    assert check is not None
    assert check["conclusion"] == "neutral"


def test_a_draft_says_that_it_waits_and_its_review_comes_on_top(
    stage: Stage, app: AppProcess
) -> None:
    talk = opened(stage, app, draft=True)
    head = stage.head_of(talk.number)
    is_told(stage, app, head, "Not reviewed: a draft")
    # Another word on the same head replaces the first.
    add_labels(stage.sandbox, REPO, talk.number, "no-review", actor="ada")
    stage.sandbox.set_draft(REPO, talk.number, draft=False)
    is_told(stage, app, head, "Not reviewed: the label no-review holds reviews back")
    remove_label(stage.sandbox, REPO, talk.number, "no-review", actor="ada")
    stage.wait_for_check(head, app)
    assert len(stage.reviews_of(talk.number, head)) == 1


def test_a_label_hides_no_verdict(stage: Stage, app: AppProcess) -> None:
    talk = opened(stage, app)
    head = stage.head_of(talk.number)
    before = stage.wait_for_check(head, app)
    add_labels(stage.sandbox, REPO, talk.number, "no-review", actor="ada")
    stage.sandbox.set_draft(REPO, talk.number, draft=True)
    stage.sandbox.set_draft(REPO, talk.number, draft=False)
    app.wait_for_log(f"{REPO}#{talk.number} already reviewed")
    assert stage.check(head) == before


def test_a_draft_of_a_head_that_is_reviewed_elsewhere_hides_no_verdict(
    stage: Stage, app: AppProcess
) -> None:
    talk = opened(stage, app)
    head = stage.head_of(talk.number)
    before = stage.wait_for_check(head, app)
    again = stage.sandbox.open_pull(
        REPO, stage.base, head, "Again", "", source=stage.repo.path, base_ref="soft", draft=True
    )
    app.wait_for_log(f"{REPO}#{again} draft")
    after = stage.check(head)
    assert after is not None
    assert (after["id"], after["output"]) == (before["id"], before["output"])


def test_a_paused_head_says_since_when_and_is_reviewed_when_asked(
    stage: Stage, app: AppProcess
) -> None:
    talk = opened(stage, app)
    first = stage.head_of(talk.number)
    stage.wait_for_check(first, app)
    talk.ask("/pause", "will")
    head = stage.push(talk.number)
    is_told(stage, app, head, f"Paused: not reviewed since {first[:12]}; /resume goes on")
    assert talk.ask("/review", "tom")[0] == DONE
    stage.wait_for_check(head, app)
