"""Stories of findings that people let go, and of those whose line an author wrote anew."""

from __future__ import annotations

import re

from reviewer.sandbox import client_people as people
from reviewer.sandbox.client_people import react
from reviewer.sandbox.client_threads import resolve, unresolve
from tests.agent.recheck_samples import answers, seen
from tests.stories.test_rounds import PATH, about, ours, pushed, summary_of
from tests.stories.test_with_a_model import CLAIM, LEVEL_KEPT
from tests.support.app import wait_for
from tests.support.model import ModelProcess
from tests.support.stage import REPO, UNWRAP, WORSE, WRONG_BID, ZERO_PRICE, Stage

WRITTEN_ANEW = "        self.bids.entry(price).or_insert(qty);"
REPAIRED = "        if qty > 0 { self.bids.entry(price).or_insert(qty); }"
MENDED = WRONG_BID.replace(LEVEL_KEPT, REPAIRED)


def line_in(text: str, line: str) -> int:
    return text.split("\n").index(line) + 1


def test_a_line_that_was_written_anew_is_looked_at_again(stage: Stage) -> None:
    """The model says that the second of two pushes repairs it, and shows by which line."""
    unsure = {"answer": {"envelope": answers(seen("f1", "unsure"))}}
    proof = {"path": PATH, "line": line_in(MENDED, REPAIRED), "quote": REPAIRED.strip()}
    repaired = answers(seen("f1", "repaired", proof, why="A level of size zero is not kept."))
    entries = [
        {"match": {"contains": "FINDING f1"}, "times": 1, **unsure},
        {"match": {"contains": "FINDING f1"}, "answer": {"envelope": repaired}},
    ]
    with ModelProcess({"entries": entries, "planted": [CLAIM]}) as model:
        app = stage.app(ANTHROPIC_API_KEY="a-model-key", REVIEWER_MODEL_URL=model.url)
        with app:
            stage.deliver_to(app)
            number = stage.open_pull()
            stage.wait_for_check(stage.head_of(number), app)
            pushed(stage, app, number, WRONG_BID.replace(LEVEL_KEPT, WRITTEN_ANEW))
            assert not about(stage, number, LEVEL_KEPT)["isResolved"]
            head = pushed(stage, app, number, MENDED)["head_sha"]
            thread = about(stage, number, LEVEL_KEPT)
            assert thread["isResolved"]
            said = f"✅ Repaired in `{head[:7]}`: A level of size zero is not kept."
            assert said in thread["body"]


def test_what_was_let_go_is_not_raised_on_the_next_pull_request(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        stage.sandbox.set_role(REPO, "will", "write")
        stage.sandbox.set_role(REPO, "rita", "read")
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        first = about(stage, number, UNWRAP)["comments"][0]["databaseId"]
        people.reply(
            stage.sandbox, REPO, number, first, "/dismiss asks has the price here", actor="will"
        )
        wait_for(lambda: about(stage, number, UNWRAP)["isResolved"], "the dismissal", app.log)
        # Whoever may not dismiss may not do it by a thumb either.
        second = about(stage, number, ZERO_PRICE)["comments"][0]["databaseId"]
        react(stage.sandbox, REPO, second, "-1", actor="rita")
        pushed(stage, app, number, WORSE)
        assert not about(stage, number, ZERO_PRICE)["isResolved"]
        assert len(ours(stage, number)) == 3
        react(stage.sandbox, REPO, second, "-1", actor="will")
        pushed(stage, app, number, "// more\n" + WORSE)
        rows = [r for r in summary_of(stage, number).splitlines() if r.startswith(("| 🔴", "| 🟠"))]
        assert sum(int(row.split("|")[5]) for row in rows) == 2

        again = stage.open_pull(WRONG_BID, "The same once more", head_ref="again")
        check = stage.wait_for_check(stage.head_of(again), app)
        assert ours(stage, again) == []
        told = check["output"]["summary"]
        assert "2 findings are not raised" in told
        assert re.search(rf"- 🔴 `{PATH}:\d+`, let go by `will` in #{number}\n", told)

        changed = WRONG_BID.replace("*level", "*level + 1").replace("qty);", "qty + 1);")
        other = stage.open_pull(changed, "Changed items", head_ref="changed")
        stage.wait_for_check(stage.head_of(other), app)
        assert len(ours(stage, other)) == 2


def test_the_verdict_follows_what_people_decide(stage: Stage) -> None:
    stage.base = stage.repo.commit({".github/trading-reviewer.yml": "gate: critical\n"}, "a gate")
    stage.sandbox.set_branch(REPO, "main", stage.base, source=stage.repo.path)
    with stage.app() as app:
        stage.deliver_to(app)
        stage.sandbox.set_role(REPO, "will", "write")
        number = stage.open_pull()
        head = stage.head_of(number)
        assert stage.wait_for_check(head, app)["conclusion"] == "failure"
        app.wait_for_log("published")
        critical = next(t for t in ours(stage, number) if "**critical**" in t["body"])
        resolve(stage.sandbox, critical["id"], actor="will")

        def passes() -> bool:
            check = stage.check(head)
            return check is not None and check["conclusion"] == "neutral"

        wait_for(passes, "the verdict", app.log)
        wait_for(lambda: "| 1 |\n" in summary_of(stage, number), "the summary", app.log)
        unresolve(stage.sandbox, critical["id"], actor="will")
        wait_for(lambda: not passes(), "the verdict", app.log)
        assert len(ours(stage, number)) == 2
