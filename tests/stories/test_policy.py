"""Stories of a repository that sets its reviews up in `.github/trading-reviewer.yml`."""

from __future__ import annotations

import pytest

from tests.support.app import wait_for
from tests.support.stage import BOOK, REPO, UNWRAP, WRONG_BID, ZERO_PRICE, Stage

POLICY = ".github/trading-reviewer.yml"


def configured(stage: Stage, text: str) -> None:
    """Put the configuration on the base branch."""
    stage.base = stage.repo.commit({POLICY: text, "src/order_book.rs": BOOK}, "set up")
    stage.sandbox.set_branch(REPO, "main", stage.base, source=stage.repo.path)


def on_main(stage: Stage, text: str) -> str:
    """Put another configuration on the base branch, beside the open pull request; its commit."""
    head = stage.repo.git("rev-parse", "HEAD").decode().strip()
    stage.repo.git("checkout", "--quiet", "--detach", stage.base)
    commit = stage.repo.commit({POLICY: text}, "set up anew")
    stage.sandbox.set_branch(REPO, "main", commit, source=stage.repo.path)
    stage.repo.git("checkout", "--quiet", "--detach", head)
    return commit


def test_a_rule_that_is_off_says_nothing_and_its_reason_is_told(stage: Stage) -> None:
    configured(stage, "rules:\n  off:\n    - id: A16\n      reason: Our macro checks it.\n")
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        check = stage.wait_for_check(stage.head_of(number), app)
    assert stage.commented_lines(number) == [UNWRAP]
    assert (
        "Rule A16 fires in 1 place and is off in this repository: Our macro checks it."
        in (check["output"]["summary"])
    )


def test_a_mistake_in_it_is_told_with_its_place_and_the_defaults_hold(stage: Stage) -> None:
    configured(stage, "gates: critical\n")
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        check = stage.wait_for_check(stage.head_of(number), app)
    assert sorted(stage.commented_lines(number)) == sorted([UNWRAP, ZERO_PRICE])
    assert "line 1, column 1" in check["output"]["summary"]
    assert "gate" in check["output"]["summary"]
    assert check["conclusion"] == "neutral"
    assert check["output"]["title"].startswith("Configuration not used; ")


def test_while_it_cannot_be_used_the_last_one_that_could_be_holds(stage: Stage) -> None:
    configured(stage, "gate: critical\ncommands:\n  prefix: /trading-\n")
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        assert stage.wait_for_check(stage.head_of(number), app)["conclusion"] == "failure"
        slip = on_main(stage, "gate: criticl\n")
        check = stage.wait_for_check(stage.push(number), app)
        assert check["conclusion"] == "failure"
        assert "line 1, column 7" in check["output"]["summary"]
        assert f"the version of `{stage.base[:12]}` holds" in check["output"]["summary"]
        assert slip != stage.base
        stage.sandbox.set_role(REPO, "ada", "write")
        stage.sandbox.comment(REPO, number, "/trading-status", actor="ada")
        told = wait_for(
            lambda: [c for c in stage.sandbox.issue_comments(REPO, number) if "Open:" in c["body"]],
            "the status",
            app.log,
        )
        assert len(told) == 1


def test_a_repaired_one_is_read_from_the_branch_as_it_is_now(stage: Stage) -> None:
    configured(stage, "gates: critical\n")
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        assert stage.wait_for_check(stage.head_of(number), app)["conclusion"] == "neutral"
        on_main(stage, "gate: critical\n")
        check = stage.wait_for_check(stage.push(number), app)
        assert check["conclusion"] == "failure"
        assert "was not used" not in check["output"]["summary"]


def test_a_change_cannot_choose_how_it_is_judged(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        head = stage.repo.commit({POLICY: "enabled: false\n", "src/order_book.rs": WRONG_BID})
        number = stage.sandbox.open_pull(
            REPO, stage.base, head, "Quiet", None, source=stage.repo.path
        )
        check = stage.wait_for_check(head, app)
    assert sorted(stage.commented_lines(number)) == sorted([UNWRAP, ZERO_PRICE])
    assert f"changes `{POLICY}`" in check["output"]["summary"]


def test_the_gate_of_the_repository_fails_the_check(stage: Stage) -> None:
    configured(stage, "gate: critical\n")
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        check = stage.wait_for_check(stage.head_of(number), app)
    assert check["conclusion"] == "failure"


@pytest.mark.parametrize("text", ["enabled: false\n", "base_branches: [release/*]\n"])
def test_where_it_is_switched_off_nothing_is_said(stage: Stage, text: str) -> None:
    configured(stage, text)
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        wait_for(lambda: "switched off" in app.log(), "the end of the job", app.log, 30)
    assert stage.check(stage.head_of(number)) is None
    assert stage.sandbox.reviews(REPO, number) == []


def test_drafts_are_reviewed_where_that_is_wanted(stage: Stage) -> None:
    configured(stage, "drafts: true\n")
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull(draft=True)
        stage.wait_for_check(stage.head_of(number), app)
    assert sorted(stage.commented_lines(number)) == sorted([UNWRAP, ZERO_PRICE])


def test_a_file_that_is_too_large_is_told_as_a_mistake_and_not_taken_in(stage: Stage) -> None:
    configured(stage, "gate: critical\n" + "# much\n" * 300_000)
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        check = stage.wait_for_check(stage.head_of(number), app)
    assert "the file is larger than 64 kB; shorten it" in check["output"]["summary"]
    assert check["conclusion"] == "neutral"
    asked = [r for r in stage.sandbox.requests("api") if str(r["path"]).endswith(POLICY)]
    assert max(int(r["bytes"]) for r in asked) < 64 * 1024
