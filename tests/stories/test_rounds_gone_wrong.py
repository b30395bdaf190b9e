"""Stories of later rounds in which something is missing, lost or out of the way."""

from __future__ import annotations

from typing import Any

from reviewer.publish.markdown import failed_title
from reviewer.pull.trace import MOST_LINES
from reviewer.sandbox.client_threads import resolve
from tests.stories.test_rounds import QUIET, about, ours, planted, pushed, summary_of
from tests.support.app import wait_for
from tests.support.model import ModelProcess
from tests.support.stage import BOOK, NOT_WRITTEN, REPO, UNWRAP, WORSE, WRONG_BID, ZERO_PRICE, Stage

NOT_TOLD = "GitHub did not let the threads be read this time"
REFUSED: dict[str, Any] = {
    "status": 403,
    "message": "Resource not accessible by integration",
    "count": 999,
}


def test_where_graphql_is_refused_the_rounds_go_on_from_the_comments(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        stage.sandbox.fault("status", path="/graphql$", **REFUSED)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        assert len(ours(stage, number)) == 2
        assert NOT_TOLD not in summary_of(stage, number), "nothing stood in the first round"

        # The line that a person resolved is lost to GitHub, and it is not made again.
        resolve(stage.sandbox, about(stage, number, UNWRAP)["id"], actor="acme")
        head = pushed(stage, app, number, WORSE.replace(UNWRAP, "    " + UNWRAP))["head_sha"]
        assert len(ours(stage, number)) == 3
        assert head[:12] in summary_of(stage, number)
        assert NOT_TOLD in summary_of(stage, number)
        assert "1 new, 2 still open" in summary_of(stage, number)

        stage.sandbox.clear_faults()
        pushed(stage, app, number, "// a book\n" + WORSE)
        assert NOT_TOLD not in summary_of(stage, number)
        assert "2 still open" in summary_of(stage, number)
        assert len(ours(stage, number)) == 3
        assert about(stage, number, UNWRAP)["isResolved"]
        assert not about(stage, number, ZERO_PRICE)["isResolved"]


def test_where_graphql_is_down_for_long_the_round_is_made_all_the_same(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        stage.sandbox.fault("status", path="/graphql$", status=502, count=1)
        pushed(stage, app, number, "// one\n" + WRONG_BID)
        assert NOT_TOLD not in summary_of(stage, number), "it was tried again"
        stage.sandbox.fault("status", path="/graphql$", status=502, count=999)
        head = stage.push(number, WORSE)
        assert stage.wait_for_check(head, app)["output"]["title"].startswith("Static checks only")
        assert NOT_TOLD in summary_of(stage, number)
        assert len(ours(stage, number)) == 3


def test_more_comments_than_are_read_are_no_review_and_nothing_twice(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        stage.sandbox.fault("status", path="/graphql$", **REFUSED)
        endless = {"Link": '<http://github.test/next>; rel="next"'}
        of_pull = rf"/pulls/{number}/comments$"
        stage.sandbox.fault("headers", method="GET", path=of_pull, headers=endless, count=999)
        check = stage.wait_for_check(stage.push(number, WORSE), app)
        assert check["conclusion"] == "neutral"
        assert check["output"]["title"] == failed_title()
        assert "more than 100 pages" in app.log()
        stage.sandbox.clear_faults()
        assert len(ours(stage, number)) == 2
        pushed(stage, app, number, "// a book\n" + WORSE)
        assert len(ours(stage, number)) == 3


def test_a_head_without_trading_code_that_comes_back_gets_a_check_of_its_own(stage: Stage) -> None:
    """The first try's check run is lost on the way, and the second finds that of the first time."""
    with stage.app() as app:
        stage.deliver_to(app)
        stage.repo.git("checkout", "--quiet", "--detach", stage.base)
        words = stage.repo.commit({"README.md": "Still an exchange.\n"}, "words")
        number = stage.sandbox.open_pull(
            REPO, stage.base, words, "Words", None, source=stage.repo.path
        )
        assert "was not used" not in stage.wait_for_check(words, app)["output"]["summary"]
        pushed(stage, app, number, WRONG_BID)
        wrong = {".github/trading-reviewer.yml": "gates: critical\n", "src/order_book.rs": BOOK}
        stage.repo.git("checkout", "--quiet", "--detach", stage.base)
        base = stage.repo.commit(wrong, "a mistake")
        stage.sandbox.set_branch(REPO, "main", base, source=stage.repo.path)
        stage.sandbox.fault("status", method="POST", path="/check-runs$", status=502)
        stage.sandbox.push(REPO, number, words, source=stage.repo.path)
        wait_for(lambda: app.log().count("published") == 3, "the third review", app.log)
        check = stage.wait_for_check(words, app)
        assert "was not used: line 1, column 1" in check["output"]["summary"]
        assert all(thread["isResolved"] for thread in ours(stage, number))


def test_what_the_model_could_not_judge_outlives_what_people_decide(stage: Stage) -> None:
    told = {**QUIET["answer"]["envelope"], "not_checked": ["Whether the venue sends zero"]}
    entries = [{"answer": {"envelope": told}}]
    with ModelProcess({"entries": [*entries * 3, QUIET], "planted": []}) as model:
        app = stage.app(ANTHROPIC_API_KEY="a-model-key", REVIEWER_MODEL_URL=model.url)
        with app:
            stage.deliver_to(app)
            number = stage.open_pull()
            stage.wait_for_check(stage.head_of(number), app)
            before = summary_of(stage, number)
            assert "- Whether the venue sends zero" in before
            asked = len(model.journal())
            resolve(stage.sandbox, about(stage, number, UNWRAP)["id"], actor="acme")
            wait_for(lambda: " 1 |\n" in summary_of(stage, number), "the summary", app.log)
            after = summary_of(stage, number)
            assert "- Whether the venue sends zero" in after
            small = [line for line in before.split("\n") if line.startswith("<sub>")]
            assert [line for line in small if line not in after] == []
            assert "No trading code changed since" not in after
            assert len(model.journal()) == asked


def test_a_patch_too_large_for_a_trace_is_known_again_under_another_commit(stage: Stage) -> None:
    with ModelProcess({"entries": [], "planted": []}) as model:
        app = stage.app(ANTHROPIC_API_KEY="a-model-key", REVIEWER_MODEL_URL=model.url)
        with app:
            stage.deliver_to(app)
            stage.repo.git("checkout", "--quiet", "--detach", stage.base)
            table = "".join(f"// {n}\n" for n in range(MOST_LINES + 1))
            head: str = stage.repo.commit({"src/order_book.rs": WRONG_BID, "src/table.rs": table})
            number = stage.sandbox.open_pull(
                REPO, stage.base, head, "Much", None, source=stage.repo.path
            )
            stage.wait_for_check(head, app)
            asked = len(model.journal())
            assert asked
            stage.repo.git("commit", "--quiet", "--amend", "--message", "Reworded")
            head = stage.repo.git("rev-parse", "HEAD").decode().strip()
            stage.sandbox.push(REPO, number, head, source=stage.repo.path)
            stage.wait_for_check(head, app)
            assert len(model.journal()) == asked
            assert "No trading code changed since" in summary_of(stage, number)
            # Of another one it is not known what is new in it.
            stage.wait_for_check(stage.push(number, "// a book\n" + WRONG_BID), app)
            assert len(model.journal()) > asked


def test_a_finding_on_a_removed_line_follows_it_on_the_left_side(stage: Stage) -> None:
    check = "        if qty == 0 { return false; }"
    guarded = BOOK.replace(
        "    pub fn best_ask",
        f"    pub fn accept(&self, qty: u64) -> bool {{\n{check}\n        true\n    }}\n\n"
        "    pub fn best_ask",
    )
    stage.base = stage.repo.commit({"src/order_book.rs": guarded}, "a guard")
    stage.sandbox.set_branch(REPO, "main", stage.base, source=stage.repo.path)
    claim = {**planted(check, "An order of size zero is accepted"), "kinds": ["removed"]}
    with ModelProcess({"entries": [], "planted": [claim]}) as model:
        app = stage.app(ANTHROPIC_API_KEY="a-model-key", REVIEWER_MODEL_URL=model.url)
        with app:
            stage.deliver_to(app)
            number = stage.open_pull(guarded.replace(check + "\n", ""))
            stage.wait_for_check(stage.head_of(number), app)
            (first,) = stage.sandbox.comments(REPO, number)
            assert first["side"] == "LEFT"
            # The base indents the line anew under lines of its own, and the branch follows.
            above = "// one\n// two\n" * 6
            moved = above + guarded.replace(check, "    " + check)
            stage.repo.git("checkout", "--quiet", "--detach", stage.base)
            base = stage.repo.commit({"src/order_book.rs": moved}, "words")
            stage.sandbox.set_branch(REPO, "main", base, source=stage.repo.path)
            pushed(stage, app, number, moved.replace("    " + check + "\n", ""))
            old, again = stage.sandbox.comments(REPO, number)
            assert old["line"] is None
            assert (again["side"], again["line"]) == ("LEFT", first["line"] + 12)
            assert [t["isResolved"] for t in ours(stage, number)] == [True, False]
            pushed(stage, app, number, moved.replace("    " + check + "\n", "") + "// end\n")
            assert len(ours(stage, number)) == 2


def test_the_check_of_a_new_head_annotates_what_stands_on_it(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        text = "// one\n// two\n" + WORSE
        check = pushed(stage, app, number, text)
        lines = text.split("\n")

        def annotated() -> dict[str, str]:
            noted = stage.sandbox.annotations(REPO, check["id"])
            assert len(noted) == 3
            assert all(note["path"] == "src/order_book.rs" for note in noted)
            return {lines[n["start_line"] - 1]: n["annotation_level"] for n in noted}

        assert annotated() == {ZERO_PRICE: "failure", UNWRAP: "warning", NOT_WRITTEN: "failure"}
        # People decide, and nothing is annotated twice by it.
        resolve(stage.sandbox, about(stage, number, UNWRAP)["id"], actor="acme")
        wait_for(lambda: " 1 |\n" in summary_of(stage, number), "the summary", app.log)
        app.wait_for_log("published (pull_request_review_thread.resolved)")
        assert len(annotated()) == 3
