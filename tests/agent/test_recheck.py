"""Earlier findings looked at again, once over real HTTP to the stand-in for the model API."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from reviewer.agent.budget import Account, BudgetSpent
from reviewer.agent.budget import Scope as BudgetScope
from reviewer.agent.earlier import Earlier
from reviewer.agent.reading import Reading
from reviewer.agent.recheck import (
    MOST_RECHECKED,
    NOT_PROVED,
    SHORTER,
    RecheckReport,
    openings_of,
    recheck,
)
from reviewer.agent.recheck_answer import RECHECK_SCHEMA
from reviewer.agent.request import (
    Ask,
    Call,
    ModelAnswer,
    ModelRefused,
    ModelUnavailable,
    PromptTooLong,
)
from reviewer.finding import Evidence, Severity
from tests.agent.asking import Answering, OverHttp, Scripted, answer, over_http
from tests.agent.recheck_samples import (
    BID,
    COMMENT,
    GATED,
    KEEPS,
    LEVEL,
    MENDED,
    MENDS,
    NOW,
    NOWHERE,
    answers,
    pushed,
    seen,
)
from tests.agent.samples import BASE, BOOK_PATH, material_of
from tests.agent.task_samples import GATE, GATE_PATH

READING = Reading("claude-sonnet-5-5", concurrency=1)
TESTED = "tests/book.rs"


def look(ask: Ask, *earlier: Earlier, **more: Any) -> RecheckReport:
    return recheck(earlier or (BID,), more.get("material") or pushed(), READING, ask)


def looked(*found: dict[str, Any], **more: Any) -> RecheckReport:
    """The report on an answer about one finding."""
    return look(saying(*found), **more)


def saying(*found: dict[str, Any]) -> Scripted:
    return Scripted(lambda _call: answer(text=json.dumps(answers(*found))))


def asked(door: OverHttp | Scripted, number: int = 0) -> str:
    return "\n".join(block.text for block in door.calls[number].request.user)


def verdicts(report: RecheckReport) -> list[str]:
    return [one.verdict.value for one in report.outcomes]


def test_findings_of_one_file_share_a_call_and_each_has_its_outcome() -> None:
    entry = answers(seen("f1", "repaired", MENDS), seen("f2", "stands", KEEPS, why="It inserts."))
    gate = answers(seen("f3", "unsure", why="The caller is unknown."))
    with over_http({"answer": {"envelope": entry}}, {"answer": {"envelope": gate}}) as door:
        report = look(door, GATED, LEVEL, BID)
        first, second = door.calls
    gated, level, bid = report.outcomes
    assert (bid.fingerprint, bid.verdict, bid.why) == (
        "1" * 16,
        "repaired",
        "`best` takes the last key.",
    )
    assert bid.evidence == (Evidence(BOOK_PATH, 14, MENDED),)
    assert (level.verdict, level.why, level.evidence[0].line) == ("stands", "It inserts.", 9)
    assert (gated.verdict, gated.why) == ("unsure", "The caller is unknown.")
    assert (report.absence, report.stopped, report.expense.calls) == ("", "", 2)
    assert report.expense.cost_usd > 0
    assert (first.stage, first.unit, second.unit) == (
        "recheck",
        "src/book.rs f1, f2",
        "src/gate.rs f3",
    )
    assert first.request.schema == RECHECK_SCHEMA


def test_the_item_is_shown_as_it_is_now_with_what_the_change_does_to_it() -> None:
    door = saying(seen("f1", "unsure"))
    look(door)
    shown = asked(door)
    assert f"R14 +         {MENDED}" in shown
    assert "L17 -" not in shown.partition("### FILE")[0]
    assert "FINDING f1\nplace: src/book.rs R13 at head abababababab" in shown
    assert "line then: self.bids.keys().next().copied()" in shown
    assert "critical" not in shown.partition("FINDING f1")[2].partition("</untrusted")[0]
    assert "{{" not in shown


def test_an_item_that_is_gone_brings_what_the_change_does_to_its_file() -> None:
    renamed = replace(BID, scope_path="impl Book::top")
    door = saying(seen("f1", "unsure"))
    look(door, renamed)
    shown = asked(door)
    assert "### FILE src/book.rs (modified" in shown
    assert MENDED in shown


def test_a_file_that_is_gone_is_asked_about_and_can_not_be_quoted() -> None:
    material = material_of({BOOK_PATH: (BASE, None)}, others={GATE_PATH: GATE})
    report = looked(seen("f1", "repaired", MENDS), material=material)
    assert verdicts(report) == ["unsure"]


@pytest.mark.parametrize(
    ("verdict", "evidence"),
    [
        ("repaired", []),
        ("repaired", [NOWHERE]),
        ("repaired", [COMMENT]),
        ("repaired", [{"path": BOOK_PATH, "line": 15, "quote": "}"}]),
        ("repaired", [{"path": GATE_PATH, "line": 4, "quote": "limit: u64,"}]),
        ("repaired", [{"path": TESTED, "line": 2, "quote": "fn mended() {}"}]),
        ("stands", [NOWHERE]),
        ("stands", [COMMENT]),
    ],
)
def test_a_verdict_that_no_line_of_code_shows_is_unsure(
    verdict: str, evidence: list[dict[str, Any]]
) -> None:
    test_file = {TESTED: (None, "#[test]\nfn mended() {}\n")}
    material = material_of({BOOK_PATH: (BASE, NOW), **test_file}, others={GATE_PATH: GATE})
    (one,) = looked(seen("f1", verdict, *evidence), material=material).outcomes
    assert (one.verdict, one.why, one.evidence) == ("unsure", NOT_PROVED, ())


def test_a_line_that_only_bears_a_string_or_a_comment_proves_nothing() -> None:
    said = '    #[doc = "repaired"]\n    /* repaired\n    by ada */\n    pub fn best'
    text = NOW.replace("    pub fn best", said)
    material = material_of({BOOK_PATH: (BASE, text)})
    for quote in ('#[doc = "repaired"]', "/* repaired", "by ada */"):
        line = next(n for n, row in enumerate(text.split("\n"), 1) if quote in row)
        proof = {"path": BOOK_PATH, "line": line, "quote": quote}
        assert verdicts(looked(seen("f1", "repaired", proof), material=material)) == ["unsure"]


def test_another_name_or_a_second_answer_changes_nothing() -> None:
    twice = looked(seen("f1", "stands", KEEPS), seen("f1", "repaired", MENDS))
    assert verdicts(twice) == ["stands"]
    other = looked(seen("f9", "repaired", MENDS))
    assert verdicts(other) == ["unsure"]
    assert other.absence == (
        "1 earlier finding was not looked at again: the model said nothing of it."
    )


def test_the_reason_is_short_on_one_line_and_without_a_secret() -> None:
    key = "ghp_" + "z9Y8" * 9
    (one,) = looked(seen("f1", "repaired", MENDS, why=f"It is\n\n{key} " + "x " * 900)).outcomes
    assert key not in one.why
    assert "\n" not in one.why
    assert len(one.why) <= 310


def test_twenty_are_looked_at_the_worst_first() -> None:
    worst = replace(BID, fingerprint="f" * 16)
    small = replace(LEVEL, severity=Severity.SUGGESTION)
    many = [replace(small, fingerprint=f"{n:016x}") for n in range(MOST_RECHECKED + 3)]
    door = Scripted(lambda _call: answer(text=json.dumps(answers())))
    report = look(door, *many, worst)
    assert "FINDING f1\nplace: src/book.rs R13" in asked(door)
    assert len(door.calls) == MOST_RECHECKED // READING.claims_together
    assert verdicts(report) == ["unsure"] * (MOST_RECHECKED + 4)
    assert "no more than 20 findings are looked at after one push" in report.absence


def test_nothing_to_look_at_asks_nobody() -> None:
    door = Scripted(lambda _call: answer(text=""))
    report = recheck((), pushed(), READING, door)
    assert (report.outcomes, report.absence, door.calls) == ((), "", [])


def refuses(_call: Call) -> ModelAnswer:
    return answer(stop="refusal", declined="cyber")


def is_cut_off(_call: Call) -> ModelAnswer:
    return answer(text='{"answers": [{"id"', stop="max_tokens")


def talks(_call: Call) -> ModelAnswer:
    return answer(text="Sure!")


def takes_no_key(_call: Call) -> ModelAnswer:
    raise ModelRefused("401")


def is_silent(_call: Call) -> ModelAnswer:
    raise ModelUnavailable("529", retry_after=7.0)


def takes_less(_call: Call) -> ModelAnswer:
    raise PromptTooLong("413")


@pytest.mark.parametrize(
    ("model", "stopped", "reason", "calls"),
    [
        (refuses, "", "the model declined to read it (cyber)", 2),
        (is_cut_off, "", "the model's answer was cut off", 2),
        (takes_less, "", "it is too long for the model", 2),
        (talks, "", "could not be understood", 1),
        (takes_no_key, "refused", "the model API refused the question", 1),
        (is_silent, "silent", "the model did not answer", 1),
    ],
)
def test_each_way_to_fail_leaves_all_unsure_and_is_said(
    model: Answering, stopped: str, reason: str, calls: int
) -> None:
    door = Scripted(model)
    report = look(door, BID, LEVEL)
    assert verdicts(report) == ["unsure", "unsure"]
    assert report.stopped == stopped
    assert report.retry_after == (7.0 if stopped == "silent" else None)
    assert report.absence.startswith("2 earlier findings were not looked at again: ")
    assert reason in report.absence
    assert len(door.calls) == calls


def test_a_spent_budget_ends_the_round_and_keeps_what_was_found() -> None:
    def spent(call: Call) -> ModelAnswer:
        if call.unit.startswith(BOOK_PATH):
            return answer(text=json.dumps(answers(seen("f1", "repaired", MENDS))))
        raise BudgetSpent(Account(BudgetScope.PULL, 1.0, 1.0), 0.5)

    door = Scripted(spent)
    report = look(door, BID, GATED, replace(GATED, path="src/other.rs"))
    assert verdicts(report) == ["repaired", "unsure", "unsure"]
    assert report.stopped == "over budget"
    assert "the model budget is spent" in report.absence
    assert len(door.calls) == 3


def test_what_is_whole_of_a_long_answer_counts() -> None:
    whole = json.dumps(answers(seen("f1", "repaired", MENDS)))[:-2]
    half = f'{whole}, {{"id": "f2", "ver'
    door = Scripted(lambda _call: answer(text=half, stop="max_tokens"))
    report = look(door, BID, LEVEL)
    first, second = (call.request for call in door.calls)
    assert verdicts(report) == ["repaired", "unsure"]
    assert second.max_tokens == 2 * first.max_tokens
    assert second.user[-1].text == SHORTER


def test_a_plan_asks_what_the_round_would_ask() -> None:
    door = Scripted(lambda _call: answer(text=json.dumps(answers())))
    look(door, BID, LEVEL, GATED)
    planned = openings_of((BID, LEVEL, GATED), pushed(), READING)
    assert [(call.unit, call.request) for call in door.calls] == planned
