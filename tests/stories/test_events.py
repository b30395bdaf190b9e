"""Stories of what happens to a pull request beside pushes. One App for all of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from reviewer.config import Config
from reviewer.edges.github_app import GitHubApp
from reviewer.publish.markdown import CHECK_NAME
from reviewer.refs import InstallationId, RepoName, commit_sha
from reviewer.sandbox.client_checks import press, press_rerun, press_rerun_all
from reviewer.sandbox.client_pulls import add_labels, edit, remove_label
from reviewer.sandbox.client_queue import enqueue, leave_queue, queue_state
from reviewer.sandbox.client_threads import resolve, threads
from tests.support.app import AppProcess, wait_for
from tests.support.github import GithubProcess
from tests.support.model import ModelProcess
from tests.support.stage import BOOK, REPO, UNWRAP, WORSE, WRONG_BID, ZERO_PRICE, Stage

POLICY = ".github/trading-reviewer.yml"
RULES = "gate: critical\nlabels:\n  skip: [no-review]\n  force: [review-me]\n"
SOFT = "labels:\n  skip: [no-review]\n"

TURNS = itertools.count(1)


@pytest.fixture(scope="module")
def stage(
    github_server: GithubProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    github_server.client.reset()
    stage = Stage(github_server, tmp_path_factory.mktemp("events"))
    for name, text in (("gated", RULES), ("soft", SOFT), ("drafts", "drafts: true\n")):
        stage.repo.git("checkout", "--quiet", "--detach", "main")
        commit = stage.repo.commit({POLICY: text, "src/order_book.rs": BOOK}, "set up")
        stage.sandbox.set_branch(REPO, name, commit, source=stage.repo.path)
        stage.repo.git("branch", name, commit)
    stage.sandbox.set_role(REPO, "carol", "write")
    yield stage
    github_server.check_contract()


@pytest.fixture(scope="module")
def app(stage: Stage) -> Iterator[AppProcess]:
    with stage.app() as app:
        stage.deliver_to(app)
        yield app


def opened(stage: Stage, base: str = "soft", text: str = WRONG_BID, **more: Any) -> tuple[int, str]:
    """A pull request into a branch; its number and head."""
    stage.base = commit_sha(stage.repo.git("rev-parse", base).decode().strip())
    # Of one content and one message git makes one commit, and these heads must differ.
    title = f"Match orders, {next(TURNS)}"
    number = stage.open_pull(text, title, base_ref=base, **more)
    return number, stage.head_of(number)


def ended(app: AppProcess, number: int, ending: str, times: int = 1) -> None:
    """Wait until so many jobs of the pull request have ended so."""
    start = f"{REPO}#{number} {ending} "
    wait_for(lambda: app.log().count(start) >= times, start, app.log, 60)


def test_a_new_base_is_reviewed_again_without_a_word_twice(stage: Stage, app: AppProcess) -> None:
    number, head = opened(stage)
    stage.wait_for_check(head, app)
    edit(stage.sandbox, REPO, number, title="Match orders at once", actor="carol")
    edit(stage.sandbox, REPO, number, base="gated", actor="carol")
    ended(app, number, "published", 2)
    assert sorted(stage.commented_lines(number)) == sorted([UNWRAP, ZERO_PRICE])
    assert len(stage.reviews_of(number, head)) == 1
    assert app.log().count(f"{REPO}#{number} published") == 2, "the new title asked for nothing"


def test_a_draft_waits_until_it_is_ready(stage: Stage, app: AppProcess) -> None:
    number, head = opened(stage, draft=True)
    ended(app, number, "draft")
    assert stage.sandbox.reviews(REPO, number) == []
    stage.sandbox.set_draft(REPO, number, draft=False)
    stage.wait_for_check(head, app)
    assert len(stage.reviews_of(number, head)) == 1


def test_a_label_holds_a_review_back_and_its_removal_lets_it_go(
    stage: Stage, app: AppProcess
) -> None:
    number, _ = opened(stage, draft=True)
    add_labels(stage.sandbox, REPO, number, "no-review", actor="carol")
    stage.sandbox.set_draft(REPO, number, draft=False)
    ended(app, number, "switched off")
    head = stage.push(number, WORSE)
    ended(app, number, "switched off", 2)
    assert stage.sandbox.reviews(REPO, number) == []
    remove_label(stage.sandbox, REPO, number, "no-review", actor="carol")
    stage.wait_for_check(head, app)
    assert len(stage.reviews_of(number, head)) == 1


def test_a_label_asks_for_the_review_of_a_draft(stage: Stage, app: AppProcess) -> None:
    number, head = opened(stage, "gated", draft=True)
    ended(app, number, "draft")
    add_labels(stage.sandbox, REPO, number, "review-me", actor="carol")
    assert stage.wait_for_check(head, app)["conclusion"] == "failure"


@pytest.mark.parametrize("fork", [False, True])
def test_the_rerun_button_asks_for_a_review_again(
    stage: Stage, app: AppProcess, fork: bool
) -> None:
    if fork:
        stage.sandbox.fork(REPO, "mallory")
    more = {"head_owner": "mallory", "user": "mallory"} if fork else {}
    number, head = opened(stage, **more)
    check = stage.wait_for_check(head, app)
    ended(app, number, "published")
    press_rerun(stage.sandbox, REPO, check["id"], actor="carol")
    ended(app, number, "published", 2)
    press_rerun_all(stage.sandbox, REPO, head, stage.app_id, actor="carol")
    ended(app, number, "published", 3)
    press(stage.sandbox, REPO, check["id"], "review_full", actor="carol", stale=True)
    ended(app, number, "published", 4)
    assert len(stage.reviews_of(number, head)) == 1


def test_a_check_that_names_no_pull_request_is_found_among_the_open_ones(
    stage: Stage, app: AppProcess
) -> None:
    stage.sandbox.fork(REPO, "trudy")
    number, head = opened(stage, draft=True, head_owner="trudy", user="trudy")
    ended(app, number, "draft")
    run_id = posted_by_hand(stage, head, status="completed", conclusion="neutral")
    press_rerun(stage.sandbox, REPO, run_id, actor="carol")
    ended(app, number, "draft", 2)


def posted_by_hand(stage: Stage, head: str, **more: str) -> int:
    """A check run of the App as a former version would have left it."""
    http = GitHubApp(Config.from_env(stage.environ())).connect(
        InstallationId(stage.installation), RepoName.parse(REPO)
    )
    run = {"name": CHECK_NAME, "head_sha": head, **more}
    posted = http.write("POST", f"/repos/{REPO}/check-runs", run).json()
    http.close()
    return int(posted["id"])


def test_a_closed_pull_request_is_not_asked_for_again(stage: Stage, app: AppProcess) -> None:
    number, head = opened(stage)
    check = stage.wait_for_check(head, app)
    stage.sandbox.set_state(REPO, number, "closed", actor="carol")
    press_rerun(stage.sandbox, REPO, check["id"], actor="carol")
    ended(app, number, "closed")


@pytest.mark.parametrize(("base", "state"), [("gated", "UNMERGEABLE"), ("soft", "MERGEABLE")])
def test_a_merge_queue_never_hangs(stage: Stage, app: AppProcess, base: str, state: str) -> None:
    number, head = opened(stage, base)
    stage.wait_for_check(head, app)
    group = enqueue(stage.sandbox, REPO, number, required=[CHECK_NAME], actor="carol")
    check = stage.wait_for_check(group["head_sha"], app)
    assert queue_state(stage.sandbox, REPO, group["id"]) == state
    if state == "MERGEABLE":
        assert check["conclusion"] == "neutral"
        assert "was not read by anybody" in check["output"]["summary"]
        assert f"#{number}" in check["output"]["summary"]
    else:
        assert check["output"]["title"] == f"The review of #{number} failed"
    leave_queue(stage.sandbox, REPO, group["id"], "dequeued", actor="carol")


def test_a_merge_queue_goes_on_where_the_verdict_cannot_be_read(
    stage: Stage, app: AppProcess
) -> None:
    number, head = opened(stage, "gated")
    stage.wait_for_check(head, app)
    ended(app, number, "published")
    stage.sandbox.fault("status", method="GET", path=f"/pulls/{number}$", status=404, count=1)
    group = enqueue(stage.sandbox, REPO, number, required=[CHECK_NAME], actor="carol")
    assert stage.wait_for_check(group["head_sha"], app)["conclusion"] == "neutral"
    assert queue_state(stage.sandbox, REPO, group["id"]) == "MERGEABLE"
    stage.sandbox.clear_faults()
    leave_queue(stage.sandbox, REPO, group["id"], "dequeued", actor="carol")


def test_a_fork_has_no_say_in_how_it_is_judged(stage: Stage, app: AppProcess) -> None:
    stage.sandbox.fork(REPO, "eve")
    stage.repo.git("checkout", "--quiet", "--detach", "gated")
    head = stage.repo.commit(
        {
            POLICY: "enabled: false\n",
            ".github/workflows/ci.yml": "on: pull_request_target\n",
            "src/order_book.rs": WRONG_BID,
        }
    )
    base = stage.repo.git("rev-parse", "gated").decode().strip()
    number = stage.sandbox.open_pull(
        REPO,
        base,
        head,
        "Small fix",
        None,
        source=stage.repo.path,
        base_ref="gated",
        head_owner="eve",
        user="eve",
    )
    check = stage.wait_for_check(head, app)
    assert check["conclusion"] == "failure", "the gate of the base holds"
    assert sorted(stage.commented_lines(number)) == sorted([UNWRAP, ZERO_PRICE])
    touched = {r["path"] for r in stage.sandbox.requests("api") if "/eve/" in r["path"]}
    assert touched == set(), "nothing is asked of the fork"


def test_what_is_in_progress_is_completed_when_the_work_ends(stage: Stage, app: AppProcess) -> None:
    number, head = opened(stage, draft=True)
    ended(app, number, "draft")
    posted_by_hand(stage, head, status="in_progress")
    stage.sandbox.set_state(REPO, number, "closed", actor="carol")
    check = stage.wait_for_check(head, app)
    assert (check["conclusion"], check["output"]["title"]) == ("neutral", "Not reviewed")


def test_a_draft_that_is_wanted_is_reviewed_to_its_end(stage: Stage, app: AppProcess) -> None:
    number, head = opened(stage, "drafts")
    stage.sandbox.set_draft(REPO, number, draft=True)
    stage.wait_for_check(head, app)
    assert len(stage.reviews_of(number, head)) == 1


def test_a_thread_that_a_person_resolves_is_heard_of(stage: Stage, app: AppProcess) -> None:
    number, head = opened(stage)
    stage.wait_for_check(head, app)
    thread = threads(stage.sandbox, REPO, number)[0]
    resolve(stage.sandbox, thread["id"], actor="carol")
    app.wait_for_log(f"pull_request_review_thread.resolved {REPO}")


def test_closed_while_the_model_reads_nothing_is_said(github: GithubProcess, tmp_path: Any) -> None:
    stage = Stage(github, tmp_path)
    stage.sandbox.set_role(REPO, "carol", "write")
    with ModelProcess([{"delay": 2.0}]) as model:
        app = stage.app(ANTHROPIC_API_KEY="a-model-key", REVIEWER_MODEL_URL=model.url)
        with app:
            stage.deliver_to(app)
            number = stage.open_pull()
            wait_for(model.journal, "the model to be asked", app.log)
            stage.sandbox.set_state(REPO, number, "closed", actor="carol")
            app.wait_for_log("superseded")
            app.wait_for_log("pull_request.closed acme/exchange: stopped")
    assert stage.sandbox.reviews(REPO, number) == []
    checks = stage.sandbox.check_runs(REPO, stage.head_of(number))
    assert [c for c in checks if c["conclusion"] != "neutral"] == [], "nothing stays in progress"
