"""Stories of a pull request over many pushes: nothing is said twice, and nothing is dropped."""

from __future__ import annotations

import re
import shutil
from typing import Any

from reviewer.publish.fingerprint import read_mark
from reviewer.sandbox.client_checks import buttons, press_rerun
from reviewer.sandbox.client_threads import resolve, threads
from tests.support.app import AppProcess, wait_for
from tests.support.model import ModelProcess
from tests.support.stage import BOOK, NOT_WRITTEN, REPO, UNWRAP, WORSE, WRONG_BID, ZERO_PRICE, Stage

PATH = "src/order_book.rs"
SAFE = WRONG_BID.replace(
    UNWRAP, "        let Some(level) = self.asks.get(&price) else { return 0 };"
)
"""The first of the two findings is repaired."""
QUIET = {
    "answer": {
        "envelope": {
            "summary": "",
            "findings": [],
            "verdicts": [],
            "not_checked": [],
            "questions": [],
        }
    }
}


TWO_OPEN = "Fails: 2 important findings are open and the gate is important"
ONE_OPEN = "Fails: 1 important finding is open and the gate is important"


def ours(stage: Stage, number: int) -> list[dict[str, Any]]:
    """The App's threads, oldest first, each with the mark of its finding."""
    found = []
    for thread in threads(stage.sandbox, REPO, number):
        mark = read_mark(thread["comments"][0]["body"])
        assert mark is not None
        found.append({**thread, "mark": mark, "body": thread["comments"][0]["body"]})
    return found


def about(stage: Stage, number: int, line: str) -> dict[str, Any]:
    """The one thread that was begun on this line."""
    places = {c["id"]: c for c in stage.sandbox.comments(REPO, number)}

    def begun_on(thread: dict[str, Any]) -> str:
        comment = places[thread["comments"][0]["databaseId"]]
        text = stage.repo.git("show", f"{comment['original_commit_id']}:{comment['path']}")
        return str(text.decode().split("\n")[comment["original_line"] - 1])

    (thread,) = [t for t in ours(stage, number) if begun_on(t).strip() == line.strip()]
    return thread


def summary_of(stage: Stage, number: int) -> str:
    (summary,) = [r for r in stage.sandbox.reviews(REPO, number) if " summary -->" in r["body"]]
    return str(summary["body"])


def pushed(stage: Stage, app: AppProcess, number: int, text: str = WORSE) -> dict[str, Any]:
    """Push and wait for the review of it; its check run."""
    check = stage.wait_for_check(stage.push(number, text), app)
    app.wait_for_log("published")
    return check


def test_a_finding_that_is_repaired_comes_back_and_is_moved(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)

        head = pushed(stage, app, number, SAFE)["head_sha"]
        repaired = about(stage, number, UNWRAP)
        assert repaired["isResolved"]
        assert repaired["resolvedBy"]["login"] == "trading-reviewer"
        assert f"✅ Fixed in `{head[:12]}`: the rule no longer fires." in repaired["body"]
        assert not about(stage, number, ZERO_PRICE)["isResolved"]
        summary = summary_of(stage, number)
        assert "| 🔴 critical | 0 | 0 | 1 | 0 |" in summary or "| 0 | 1 | 0 |" in summary
        assert "1 still open" in summary
        assert head[:12] in summary

        pushed(stage, app, number, WRONG_BID)
        back = about(stage, number, UNWRAP)
        assert not back["isResolved"]
        assert "↩️ Back in" in back["body"]
        assert "✅" not in back["body"]

        # The line is the same to a reader, and GitHub has lost it.
        indented = WRONG_BID.replace(UNWRAP, "    " + UNWRAP)
        pushed(stage, app, number, indented)
        first, *_, again = [t for t in ours(stage, number) if t["mark"] == back["mark"] or
                            t["mark"].fingerprint == back["mark"].fingerprint]  # fmt: skip
        assert first["isResolved"]
        assert "➡️ Moved to line" in first["body"]
        assert not again["isResolved"]
        assert again["line"] is not None
        assert len(ours(stage, number)) == 3
        assert f"#discussion_r{again['comments'][0]['databaseId']})" in summary_of(stage, number)
        assert f"#discussion_r{first['comments'][0]['databaseId']})" not in summary_of(
            stage, number
        )


def test_what_moves_with_a_renamed_file_is_said_in_one_review(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        before = {thread["id"] for thread in ours(stage, number)}
        reviews = len(stage.sandbox.reviews(REPO, number))
        stage.repo.git("mv", "src/order_book.rs", "src/levels.rs")
        head = stage.repo.commit({"src/levels.rs": WRONG_BID}, "rename")
        stage.sandbox.push(REPO, number, head, source=stage.repo.path)
        stage.wait_for_check(head, app)
        new = [thread for thread in ours(stage, number) if thread["id"] not in before]
        old = [thread for thread in ours(stage, number) if thread["id"] in before]
        assert len(new) == len(old) == 2
        assert all("➡️ Moved to `src/levels.rs:" in thread["body"] for thread in old)
        assert len(stage.sandbox.reviews(REPO, number)) == reviews + 1
        for thread in new:
            link = f"#discussion_r{thread['comments'][0]['databaseId']})"
            assert link in summary_of(stage, number)


def test_what_a_person_resolved_is_not_raised_again(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        resolve(stage.sandbox, about(stage, number, UNWRAP)["id"], actor="acme")
        pushed(stage, app, number, WORSE)
        reworded = WORSE.replace("let level", "let best_level")
        pushed(stage, app, number, reworded)
        assert len(ours(stage, number)) == 3
        assert about(stage, number, UNWRAP)["isResolved"]
        assert not about(stage, number, NOT_WRITTEN)["isResolved"]
        assert " 1 |\n" in summary_of(stage, number)


def test_twelve_pushes_with_a_rebase_and_force_pushes(stage: Stage) -> None:
    """Each finding has one thread at the end, whatever way its line took."""
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        above = "// a book of one instrument\n"
        versions = [
            WORSE,
            above + WORSE,
            above + SAFE + WORSE.removeprefix(WRONG_BID),
            above + WORSE,
            WORSE.replace("price: &str, qty: u64", "price: &str, quantity: u64, qty: u64"),
            BOOK,
            WRONG_BID,
            "\n\n\n" + WRONG_BID,
        ]
        for version in versions:
            pushed(stage, app, number, version)

        # A force-push that writes the history anew.
        stage.repo.git("checkout", "--quiet", "--detach", stage.base)
        pushed(stage, app, number, WORSE)
        # The base goes on, and the branch is rebased on it.
        stage.repo.git("checkout", "--quiet", "--detach", stage.base)
        base = stage.repo.commit({PATH: "// the book\n" + BOOK}, "a comment on main")
        stage.sandbox.set_branch(REPO, "main", base, source=stage.repo.path)
        pushed(stage, app, number, "// the book\n" + WORSE)
        # The base is merged into the branch.
        stage.repo.git("checkout", "--quiet", "--detach", base)
        other = stage.repo.commit({"README.md": "Still an exchange.\n"}, "words on main")
        stage.sandbox.set_branch(REPO, "main", other, source=stage.repo.path)
        stage.repo.git("checkout", "--quiet", "--detach", stage.head_of(number))
        stage.repo.git("merge", "--quiet", "--no-edit", other)
        merged = stage.repo.git("rev-parse", "HEAD").decode().strip()
        stage.sandbox.push(REPO, number, merged, source=stage.repo.path)
        stage.wait_for_check(merged, app)
        # The same patch under another message.
        stage.repo.git("commit", "--quiet", "--amend", "--message", "Reworded")
        head = stage.repo.git("rev-parse", "HEAD").decode().strip()
        stage.sandbox.push(REPO, number, head, source=stage.repo.path)
        stage.wait_for_check(head, app)

        live = [t for t in ours(stage, number) if not t["isResolved"]]
        marks = [t["mark"].fingerprint for t in live]
        assert len(marks) == len(set(marks)) == 3
        text = stage.repo.git("show", f"{head}:{PATH}").decode().split("\n")
        assert sorted(text[t["line"] - 1] for t in live) == sorted(
            [UNWRAP, ZERO_PRICE, NOT_WRITTEN]
        )
        assert len([r for r in stage.sandbox.reviews(REPO, number) if " summary" in r["body"]]) == 1
        assert stage.sandbox.issue_comments(REPO, number) == []


def test_with_the_ledger_lost_github_alone_is_enough(stage: Stage) -> None:
    app = stage.app()
    with app:
        stage.deliver_to(app)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        app.wait_for_log("published")
        app.stop()
        shutil.rmtree(stage.directory / "data")
        app.start()
        stage.deliver_to(app)
        pushed(stage, app, number, WORSE)
        assert len(ours(stage, number)) == 3
        assert "1 new, 2 still open" in summary_of(stage, number)


def test_the_check_run_tells_that_the_work_goes_on(stage: Stage) -> None:
    with ModelProcess([{"delay": 1.5, **QUIET}, QUIET]) as model:
        app = stage.app(ANTHROPIC_API_KEY="a-model-key", REVIEWER_MODEL_URL=model.url)
        with app:
            stage.deliver_to(app)
            number = stage.open_pull()
            head = stage.head_of(number)

            def running() -> bool:
                runs = stage.sandbox.check_runs(REPO, head)
                return [run["status"] for run in runs] == ["in_progress"]

            wait_for(running, "the check run", app.log)
            check = stage.wait_for_check(head, app)
            assert len(stage.sandbox.check_runs(REPO, head)) == 1
            assert check["conclusion"] == "neutral"
            noted = stage.sandbox.annotations(REPO, check["id"])
            assert {note["annotation_level"] for note in noted} == {"failure", "warning"}
            assert [b["identifier"] for b in buttons(stage.sandbox, REPO, check["id"])] == [
                "review_full"
            ]
            assert len(ours(stage, number)) == 2
            press_rerun(stage.sandbox, REPO, check["id"], actor="acme")
            assert len(ours(stage, number)) == 2


def test_a_fix_that_brings_a_new_mistake_names_the_old_one(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        unfinished = '        let level: &u64 = todo!("no such level");'
        pushed(stage, app, number, WRONG_BID.replace(UNWRAP, unfinished))
        old, new = about(stage, number, UNWRAP), about(stage, number, unfinished)
        assert old["isResolved"]
        assert not new["isResolved"]
        link = f"#discussion_r{old['comments'][0]['databaseId']}"
        assert "the answer to [an earlier finding](" in new["body"]
        assert link in new["body"]


def test_a_force_push_back_to_a_head_that_was_reviewed_before(stage: Stage) -> None:
    """What the head between repaired is open again, and the summary tells of the head that is."""
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        first = stage.head_of(number)
        stage.wait_for_check(first, app)
        pushed(stage, app, number, SAFE)
        assert about(stage, number, UNWRAP)["isResolved"]

        stage.sandbox.push(REPO, number, first, source=stage.repo.path)
        wait_for(lambda: app.log().count("published") == 3, "the third review", app.log)
        back = about(stage, number, UNWRAP)
        assert not back["isResolved"]
        assert f"↩️ Back in `{first[:12]}`" in back["body"]
        assert len(ours(stage, number)) == 2
        assert first[:12] in summary_of(stage, number)
        assert "2 still open" in summary_of(stage, number)
        assert len(stage.reviews_of(number, first)) == 1


def planted(line: str, title: str) -> dict[str, Any]:
    """An important claim that the model makes of a line whenever it reads it."""
    finding = {
        "category": "book_integrity",
        "severity": "important",
        "title": title,
        "scenario": "A level of size zero comes and stays.",
    }
    return {"line_regex": re.escape(line.strip()), "finding": finding}


def test_what_the_caps_cut_of_the_model_is_counted_in_every_round(stage: Stage) -> None:
    """Nothing was repaired, so a push beside it takes nothing from the verdict."""
    rules = "gate: important\ncaps: {important: 1}\n"
    stage.base = stage.repo.commit({".github/trading-reviewer.yml": rules}, "a gate")
    stage.sandbox.set_branch(REPO, "main", stage.base, source=stage.repo.path)
    bid, ask = "        self.bids.insert(price, qty);", "        self.asks.insert(price, qty);"
    text = BOOK.replace(
        "    pub fn best_ask",
        f"    pub fn on_bid(&mut self, price: u64, qty: u64) {{\n{bid}\n    }}\n\n"
        f"    pub fn on_ask(&mut self, price: u64, qty: u64) {{\n{ask}\n    }}\n\n"
        "    pub fn best_ask",
    )
    claims = [planted(bid, "A bid of size zero stays"), planted(ask, "An ask is never removed")]
    with ModelProcess({"entries": [], "planted": claims}) as model:
        app = stage.app(ANTHROPIC_API_KEY="a-model-key", REVIEWER_MODEL_URL=model.url)
        with app:
            stage.deliver_to(app)
            stage.sandbox.set_role(REPO, "will", "write")
            number = stage.open_pull(text)
            first = stage.wait_for_check(stage.head_of(number), app)
            assert first["output"]["title"] == TWO_OPEN
            assert len(ours(stage, number)) == 1
            above = "// a book of one instrument\n" + text
            for version in (above, above + "\npub fn depth() -> usize {\n    5\n}\n"):
                check = pushed(stage, app, number, version)
                assert check["output"]["title"] == TWO_OPEN
                assert check["conclusion"] == "failure"
                assert "Not shown, to keep this short: 1 important" in summary_of(stage, number)
            # Somebody lets go what was said; what was not said stands.
            resolve(stage.sandbox, ours(stage, number)[0]["id"], actor="will")
            wait_for(lambda: " 1 |\n" in summary_of(stage, number), "the summary", app.log)
            assert len(ours(stage, number)) == 1

            def verdict() -> dict[str, Any] | None:
                check = stage.check(stage.head_of(number))
                told = check is not None and check["output"]["title"] == ONE_OPEN
                return check if told else None

            assert wait_for(verdict, "the verdict", app.log)["conclusion"] == "failure"


def test_killed_behind_the_first_words_of_a_later_round_there_is_one_summary(
    stage: Stage,
) -> None:
    """The ledger knows of no summary, for the round that made it was never finished."""
    app = stage.app()
    with app:
        stage.deliver_to(app)
        number = stage.open_pull(BOOK.replace("next_back", "last"))
        stage.wait_for_check(stage.head_of(number), app)
        app.wait_for_log("published")
        stage.sandbox.fault("hang", method="PATCH", path="/check-runs/", seconds=30)
        head = stage.push(number, WRONG_BID)
        wait_for(lambda: stage.reviews_of(number, head), "the review", app.log)
        app.kill()
        stage.sandbox.clear_faults()
        stage.push(number, "// one\n" + WRONG_BID)
        app.start()
        stage.deliver_to(app)
        pushed(stage, app, number, "// two\n" + WORSE)
        assert len(ours(stage, number)) == 3
        assert "1 new, 2 still open" in summary_of(stage, number)
