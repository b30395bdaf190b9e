"""Stories of the gate: what people do to threads, and what becomes of the verdict."""

from __future__ import annotations

from typing import Any

from reviewer.sandbox.client_people import react
from reviewer.sandbox.client_threads import resolve, unresolve
from tests.stories.test_rounds import SAFE, ours, pushed, summary_of
from tests.support.app import AppProcess, wait_for
from tests.support.stage import BOOK, REPO, UNWRAP, WORSE, WRONG_BID, ZERO_PRICE, Stage
from tests.support.talk import REFUSED, Talk, reviewed

CONFIG = ".github/trading-reviewer.yml"


def ruled(stage: Stage, rules: str) -> None:
    """The base branch has this configuration."""
    stage.base = stage.repo.commit({CONFIG: rules}, "rules")
    stage.sandbox.set_branch(REPO, "main", stage.base, source=stage.repo.path)


def told(stage: Stage, app: AppProcess, number: int, *words: str) -> str:
    """The summary, once it says all of this."""
    wait_for(
        lambda: all(one in summary_of(stage, number) for one in words),
        f"{words} in the summary",
        lambda: f"{summary_of(stage, number)}\n{app.log()}",
    )
    return summary_of(stage, number)


def criticals(stage: Stage, number: int) -> list[dict[str, Any]]:
    return [thread for thread in ours(stage, number) if "**critical**" in thread["body"]]


def verdict(stage: Stage, number: int) -> tuple[str, str]:
    """Conclusion and title of the newest check."""
    check = stage.check(stage.head_of(number))
    return (check["conclusion"], check["output"]["title"]) if check else ("", "")


def test_who_may_not_dismiss_does_not_pass_the_gate_by_resolving(stage: Stage) -> None:
    ruled(stage, "gate: critical\n")
    with stage.app() as app:
        stage.deliver_to(app)
        stage.sandbox.set_role(REPO, "rita", "read")
        stage.sandbox.set_role(REPO, "will", "write")
        number = stage.open_pull(user="rita")
        before = stage.wait_for_check(stage.head_of(number), app)
        app.wait_for_log("published")
        (critical,) = criticals(stage, number)
        for thread in ours(stage, number):
            resolve(stage.sandbox, thread["id"], actor="rita")
        summary = told(stage, app, number, "(resolved by `rita`, who may not dismiss")
        assert summary.count("it still counts)") == 2
        assert "2 still open" in summary
        # Nothing is said again, also of the line where it is after a push.
        pushed(stage, app, number, "// above\n" + WORSE)
        assert len(ours(stage, number)) == 3
        assert verdict(stage, number)[0] == "failure"
        assert before["conclusion"] == "failure"
        # Somebody who may takes it over: unresolved and resolved again.
        resolve(stage.sandbox, criticals(stage, number)[1]["id"], actor="will")
        wait_for(lambda: "1 critical" in verdict(stage, number)[1], "one critical", app.log)
        stage.sandbox.set_role(REPO, "rita", "write")
        pushed(stage, app, number, "// above\n\n" + WORSE)
        assert verdict(stage, number)[0] == "neutral"
        assert critical["id"] in {thread["id"] for thread in criticals(stage, number)}


def test_a_critical_that_takes_two_people_counts_when_one_resolved_it(stage: Stage) -> None:
    ruled(stage, "gate: critical\ndismissal: {second_person_paths: ['src/**']}\n")
    with stage.app() as app:
        stage.deliver_to(app)
        stage.sandbox.set_role(REPO, "will", "write")
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        app.wait_for_log("published")
        for thread in ours(stage, number):
            resolve(stage.sandbox, thread["id"], actor="will")
        summary = told(stage, app, number, "(resolved by `will`, and it takes two people")
        assert summary.count("it still counts)") == 1
        wait_for(lambda: "1 critical" in verdict(stage, number)[1], "one critical", app.log)
        assert verdict(stage, number)[0] == "failure"


TWO_UNWRAPS = BOOK.replace(
    "    pub fn best_ask",
    """\
    pub fn match_order(&mut self, price: u64) -> u64 {
        let ask = self.asks.get(&price).unwrap();
        let half = *ask / 2;
        let lot = half.max(1);
        let most = lot * 4;
        let size = most.min(*ask);
        let rest = *ask - size;
        let bid = self.bids.get(&price).unwrap();
        rest + *bid
    }

    pub fn describe(&mut self, price: u64) -> u64 {
        let top = self.asks.get(&price).unwrap();
        *top
    }

    pub fn best_ask""",
)
"""Rule B1h fires on the first two; it fires on the third once `describe` is a hot function."""


def test_what_the_caps_cut_takes_the_room_of_what_was_repaired(stage: Stage) -> None:
    ruled(stage, "gate: important\ncaps: {important: 1}\n")
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull(TWO_UNWRAPS)
        check = stage.wait_for_check(stage.head_of(number), app)
        assert "2 important" in check["output"]["title"]
        app.wait_for_log("published")
        assert len(ours(stage, number)) == 1
        assert "1 important, 1 not shown" in summary_of(stage, number)
        said = Talk(stage, app, number).ask("/status", "acme")[1]
        assert "Open: 1 important, 1 not shown. Fixed: 0." in said
        # No room: a push beside it says nothing.
        pushed(stage, app, number, "// above\n" + TWO_UNWRAPS)
        assert len(ours(stage, number)) == 1
        assert "| 🟠 important | 0 | 1 | 1 | 0 | 0 |" in summary_of(stage, number)

        repaired = TWO_UNWRAPS.replace("self.asks.get(&price).unwrap();", "&price;", 1)
        pushed(stage, app, number, repaired)
        first, second = ours(stage, number)
        assert first["isResolved"]
        assert not second["isResolved"]
        assert "| 🟠 important | 1 | 0 | 1 | 0 |" in summary_of(stage, number)
        assert "Not shown" not in summary_of(stage, number)
        assert verdict(stage, number)[0] == "failure"


def test_a_rule_that_begins_to_fire_on_an_old_line_is_said(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull(TWO_UNWRAPS)
        stage.wait_for_check(stage.head_of(number), app)
        app.wait_for_log("published")
        before = len(ours(stage, number))
        pushed(stage, app, number, TWO_UNWRAPS.replace("fn describe", "fn match_level"))
        assert len(ours(stage, number)) == before + 1
        assert "Not shown" not in summary_of(stage, number)


SIX_ZEROS = BOOK.replace(
    "    pub fn best_ask",
    "".join(
        f"    pub fn on_{name}(&mut self, {name}_price: &str, qty: u64) {{\n"
        f"        let price: u64 = {name}_price.parse().unwrap_or(0);\n"
        "        self.bids.insert(price, qty);\n"
        "    }\n\n"
        for name in ("bid", "ask", "trade", "open", "high", "low")
    )
    + "    pub fn best_ask",
)
"""Rule A16 fires six times; the third comment names the last three places."""


def test_the_places_that_a_comment_names_are_counted_one_by_one(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull(SIX_ZEROS)
        stage.wait_for_check(stage.head_of(number), app)
        app.wait_for_log("published")
        assert "The same rule fires on lines " in ours(stage, number)[2]["body"]

        def line_of(name: str, text: str) -> int:
            return next(n for n, at in enumerate(text.split("\n"), 1) if f"{name}_price.p" in at)

        def without(text: str, *names: str) -> str:
            for name in names:
                text = text.replace(f"{name}_price.parse().unwrap_or(0)", "qty")
            return text

        def pushed_and_told(text: str, *words: str) -> str:
            pushed(stage, app, number, text)
            told(stage, app, number, *words)
            third = ours(stage, number)[2]
            assert not third["isResolved"]
            return str(third["body"])

        fourth = without(SIX_ZEROS, "open")
        body = pushed_and_told(fourth, "5 still open", "| 0 | 5 | 1 | 0 |", "### 🔴 Critical (5)")
        left = f"{line_of('high', fourth)}, {line_of('low', fourth)}"
        assert f"The same rule fires on lines {left}." in body
        # The comment's own line is repaired, and its thread speaks for the others.
        third = without(fourth, "trade")
        body = pushed_and_told(third, "4 still open", "| 0 | 4 | 2 | 0 |")
        assert f"lines {left}; here it is fixed." in body
        back = without(SIX_ZEROS, "trade")
        body = pushed_and_told(back, "5 still open", "| 0 | 5 | 1 | 0 |")
        assert f"lines {line_of('open', back)}, {left}; here it is fixed." in body
        pushed(stage, app, number, without(SIX_ZEROS, "trade", "open", "high", "low"))
        told(stage, app, number, "2 still open", "| 0 | 2 | 4 | 0 |")
        assert ours(stage, number)[2]["isResolved"]
        assert len(ours(stage, number)) == 3
        said = Talk(stage, app, number).ask("/status", "acme")[1]
        assert "Open: 2 critical. Fixed: 4." in said
        assert "$0.00 for reviews and 0.00 USD for commands and answers" in said


def test_taking_a_finding_up_again_is_followed_or_refused_with_the_reason(stage: Stage) -> None:
    with stage.app() as app:
        talk = reviewed(stage, app)
        number, first = talk.number, talk.thread_on(UNWRAP)
        app.wait_for_log("published")
        reacted, said = talk.ask("/reopen", "will", first=first)
        assert reacted == REFUSED
        assert "The finding is open already." in said
        pushed(stage, app, number, SAFE)
        told(stage, app, number, "1 still open")
        reacted, said = talk.ask("/reopen", "will", first=first)
        assert reacted == REFUSED
        assert "The rule does not fire there any more" in said

        # "Unresolve" on what was dismissed takes the dismissal back, for whoever may.
        other = talk.thread_on(ZERO_PRICE)
        talk.ask("/dismiss the gateway checks it", "will", first=other)
        told(stage, app, number, "nothing open")
        thread = next(t for t in ours(stage, number) if t["comments"][0]["databaseId"] == other)
        unresolve(stage.sandbox, thread["id"], actor="will")
        told(stage, app, number, "1 still open")
        assert "Dismissed" not in talk.ask("/status", "rita")[1]


def test_a_thumb_down_says_who_let_go_and_two_people_stay_two(stage: Stage) -> None:
    with stage.app() as app:
        talk = reviewed(stage, app)
        number, zero = talk.number, talk.thread_on(ZERO_PRICE)
        app.wait_for_log("published")
        react(stage.sandbox, REPO, zero, "-1", actor="will")
        pushed(stage, app, number, "// one\n" + WRONG_BID)

        def critical() -> dict[str, Any]:
            return criticals(stage, number)[0]

        said = "👎 Let go by `will` (thumb down); `/reopen` takes it back."
        wait_for(lambda: critical()["isResolved"], "the thread", app.log)
        assert said in critical()["body"]
        assert "1 important" in stage.check(stage.head_of(number))["output"]["title"]  # type: ignore[index]

        # Since then two people are needed: one thumb does not do.
        rules = "dismissal: {second_person_paths: ['src/**']}\n"
        at = stage.repo.git("rev-parse", "HEAD").decode().strip()
        stage.repo.git("checkout", "--quiet", "--detach", stage.base)
        ruled(stage, rules)
        stage.repo.git("checkout", "--quiet", "--detach", at)
        pushed(stage, app, number, "// two\n" + WRONG_BID)
        wait_for(lambda: not critical()["isResolved"], "the thread", app.log)
        assert "👎" not in critical()["body"]
        assert "1 critical" in verdict(stage, number)[1]
