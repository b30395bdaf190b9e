"""Stories of findings that have no comment: GitHub took none, or a person deleted it."""

from __future__ import annotations

import shutil
from typing import Any

from reviewer.sandbox import client_people as people
from reviewer.sandbox.client_pulls import reword_review
from tests.stories.test_rounds import SAFE, about, ours, pushed, summary_of
from tests.support.app import AppProcess, wait_for
from tests.support.stage import BOOK, REPO, UNWRAP, WORSE, WRONG_BID, ZERO_PRICE, Stage

LINE = WRONG_BID.split("\n").index(UNWRAP) + 1
ON_LINE = rf'"line": {LINE}\b'


def gated(stage: Stage, rules: str = "gate: important\n") -> None:
    """The base branch with this configuration."""
    stage.base = stage.repo.commit({".github/trading-reviewer.yml": rules}, "a gate")
    stage.sandbox.set_branch(REPO, "main", stage.base, source=stage.repo.path)


def refuse(stage: Stage, body: str, status: int = 422) -> None:
    """GitHub takes no comment with this in it."""
    stage.sandbox.fault(
        "status", method="POST", path=r"/pulls/1/(reviews|comments)$", body=body,
        status=status, count=999,
    )  # fmt: skip


def said_in_summary(stage: Stage, number: int, line: int = LINE) -> int:
    """How often the summary lists the line."""
    rows = summary_of(stage, number).split("\n")
    return sum(row.startswith(f"- `src/order_book.rs:{line}` ") for row in rows)


def opened(stage: Stage, app: AppProcess, text: str = WRONG_BID) -> tuple[int, dict[str, Any]]:
    """A pull request and the check run of its review."""
    stage.deliver_to(app)
    number = stage.open_pull(text)
    check = stage.wait_for_check(stage.head_of(number), app)
    app.wait_for_log("published")
    return number, check


def reworded(stage: Stage, number: int, body: str) -> None:
    """Somebody writes the summary anew."""
    (summary,) = [r for r in stage.sandbox.reviews(REPO, number) if " summary -->" in r["body"]]
    reword_review(stage.sandbox, REPO, number, summary["id"], body, actor="acme")


def test_a_finding_whose_anchor_github_refuses_is_known_and_said_fixed(stage: Stage) -> None:
    gated(stage)
    refuse(stage, ON_LINE)
    with stage.app() as app:
        number, check = opened(stage, app)
        first = check["output"]["title"]
        assert len(ours(stage, number)) == 1
        assert said_in_summary(stage, number) == 1

        check = pushed(stage, app, number, WRONG_BID + "\n// more\n")
        assert check["output"]["title"] == first
        assert check["conclusion"] == "failure"
        assert "2 still open" in summary_of(stage, number)
        assert "new" not in summary_of(stage, number).split("\n")[0]
        assert said_in_summary(stage, number) == 1
        assert len(stage.sandbox.reviews(REPO, number)) == 1

        pushed(stage, app, number, SAFE)
        assert "1 still open" in summary_of(stage, number)
        assert "| 0 | 0 | 1 | 0 |" in summary_of(stage, number)
        assert said_in_summary(stage, number) == 0
        pushed(stage, app, number, SAFE + "\n// more\n")
        assert "| 0 | 0 | 1 | 0 |" in summary_of(stage, number)

        pushed(stage, app, number, WRONG_BID)
        assert "2 still open" in summary_of(stage, number)
        assert said_in_summary(stage, number) == 1
        assert len(ours(stage, number)) == 1


def test_a_refused_anchor_in_a_later_round_is_known_though_the_app_is_killed(stage: Stage) -> None:
    refuse(stage, ON_LINE)
    app = stage.app()
    with app:
        number, _ = opened(stage, app, BOOK.replace("next_back", "last"))
        stage.sandbox.fault("hang", method="PATCH", path="/check-runs/", seconds=30)
        head = stage.push(number, WRONG_BID)
        wait_for(lambda: stage.reviews_of(number, head), "the review", app.log)
        app.kill()
        stage.sandbox.clear_faults()
        app.start()
        stage.deliver_to(app)
        stage.wait_for_check(head, app)
        app.wait_for_log("published")
        assert said_in_summary(stage, number) == 1
        pushed(stage, app, number, WORSE)
        assert "1 new, 2 still open" in summary_of(stage, number)
        assert len(ours(stage, number)) == 2


def test_what_somebody_edits_in_the_summary_loses_nothing(stage: Stage) -> None:
    refuse(stage, ON_LINE)
    with stage.app() as app:
        number, _ = opened(stage, app)
        words = summary_of(stage, number)
        reworded(stage, number, "I know better.")
        pushed(stage, app, number, WRONG_BID + "\n// more\n")
        assert "2 still open" in summary_of(stage, number)
        assert said_in_summary(stage, number) == 1
        pushed(stage, app, number, SAFE)
        # Old marks that are put back raise nothing from the dead.
        reworded(stage, number, words)
        pushed(stage, app, number, SAFE + "\n// more\n")
        assert "1 still open" in summary_of(stage, number)
        assert len(stage.sandbox.reviews(REPO, number)) == 1


def test_a_mark_that_somebody_edits_out_of_a_comment_is_known_all_the_same(stage: Stage) -> None:
    with stage.app() as app:
        number, _ = opened(stage, app)
        comment = about(stage, number, UNWRAP)["comments"][0]["databaseId"]
        people.edit_comment(stage.sandbox, REPO, comment, "Nonsense.", actor="acme")
        pushed(stage, app, number, WORSE)
        assert "1 new, 2 still open" in summary_of(stage, number)
        assert len(stage.sandbox.comments(REPO, number)) == 3


def test_more_findings_without_a_comment_than_the_summary_has_room_for(stage: Stage) -> None:
    # One rule in one file is said three times at most, so that many files are needed.
    files = {
        f"src/order_book_{n}.rs": f"pub fn match_order(price: &str) -> u64 {{\n"
        f"    let price_{n}: u64 = price.parse().unwrap_or(0);\n    price_{n}\n}}\n"
        for n in range(90)
    }
    gated(stage, "gate: critical\n")
    refuse(stage, r'"line": \d')
    with stage.app() as app:
        stage.deliver_to(app)
        stage.repo.git("checkout", "--quiet", "--detach", stage.base)
        head = stage.repo.commit(files, "many")
        number = stage.sandbox.open_pull(
            REPO, stage.base, head, "Many", None, source=stage.repo.path
        )
        first = stage.wait_for_check(head, app, 200)["output"]["title"]
        assert "90" in first
        app.wait_for_log("published")
        head = stage.repo.commit({"README.md": "More.\n"}, "more")
        stage.sandbox.push(REPO, number, head, source=stage.repo.path)
        assert stage.wait_for_check(head, app)["output"]["title"] == first
        wait_for(lambda: "90 still open" in summary_of(stage, number), "the summary", app.log)
        assert len(stage.sandbox.reviews(REPO, number)) == 1


def test_with_the_ledger_lost_the_marks_of_the_summary_are_enough(stage: Stage) -> None:
    refuse(stage, r'"line": \d')
    app = stage.app()
    with app:
        number, _ = opened(stage, app)
        assert stage.sandbox.comments(REPO, number) == []
        app.stop()
        shutil.rmtree(stage.directory / "data")
        app.start()
        stage.deliver_to(app)
        pushed(stage, app, number, WORSE)
        assert "1 new, 2 still open" in summary_of(stage, number)


def test_a_comment_that_a_person_deletes_is_let_go(stage: Stage) -> None:
    gated(stage)
    with stage.app() as app:
        number, _ = opened(stage, app)
        for line in (UNWRAP, ZERO_PRICE):
            comment = about(stage, number, line)["comments"][0]["databaseId"]
            people.delete_comment(stage.sandbox, REPO, comment, actor="acme")
        check = pushed(stage, app, number, WRONG_BID + "\n// more\n")
        assert check["conclusion"] != "failure"
        assert stage.sandbox.comments(REPO, number) == []
        assert "nothing open" in summary_of(stage, number)
        assert "2 findings count as dismissed" in summary_of(stage, number)
        pushed(stage, app, number, WORSE)
        assert len(ours(stage, number)) == 1
        assert "2 findings count as dismissed" in summary_of(stage, number)


def test_a_deletion_does_not_do_what_takes_two_people(stage: Stage) -> None:
    gated(stage, "gate: critical\ndismissal: {second_person_paths: [src/**]}\n")
    with stage.app() as app:
        number, check = opened(stage, app)
        assert check["conclusion"] == "failure"
        critical = next(t for t in ours(stage, number) if "**critical**" in t["body"])
        comment = critical["comments"][0]["databaseId"]
        people.delete_comment(stage.sandbox, REPO, comment, actor="acme")
        for text in (WRONG_BID + "\n// more\n", WRONG_BID + "\n// and more\n"):
            check = pushed(stage, app, number, text)
            assert check["conclusion"] == "failure"
            assert len(ours(stage, number)) == 1
            assert "2 still open" in summary_of(stage, number)


def test_a_comment_that_could_not_be_read_was_not_deleted(stage: Stage) -> None:
    with stage.app() as app:
        number, _ = opened(stage, app)
        comment = about(stage, number, UNWRAP)["comments"][0]["databaseId"]
        people.delete_comment(stage.sandbox, REPO, comment, actor="acme")
        where = rf"/pulls/comments/{comment}$"
        stage.sandbox.fault("status", method="GET", path=where, status=403, count=1)
        pushed(stage, app, number, WRONG_BID + "\n// more\n")
        assert "2 still open" in summary_of(stage, number)
        assert "dismissed:" not in summary_of(stage, number)
        assert len(stage.sandbox.comments(REPO, number)) == 1
        pushed(stage, app, number, WRONG_BID + "\n// and more\n")
        assert "1 finding counts as dismissed" in summary_of(stage, number)
