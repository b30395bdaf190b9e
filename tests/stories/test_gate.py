"""Stories of the gate: what people do to threads, and what becomes of the verdict."""

from __future__ import annotations

from typing import Any

from reviewer.sandbox.client_threads import resolve
from tests.stories.test_rounds import ours, pushed, summary_of
from tests.support.app import AppProcess, wait_for
from tests.support.stage import REPO, WORSE, Stage

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
