"""Stories of reviews that are not made: whoever waits for one is told why."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from reviewer.refs import commit_sha
from reviewer.sandbox.client_pulls import add_labels
from tests.support.app import AppProcess
from tests.support.github import GithubProcess
from tests.support.stage import BOOK, REPO, WRONG_BID, Stage
from tests.support.talk import REFUSED, ROLES, Talk

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
