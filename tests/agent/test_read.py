"""The stages together, over a scripted door: what is asked, what is said, what money leaves out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reviewer.agent.budget import Account, BudgetSpent
from reviewer.agent.budget import Scope as BudgetScope
from reviewer.agent.conversation import FINDER
from reviewer.agent.read import FEWER_PASSES, read_change
from reviewer.agent.reading import Reading
from reviewer.agent.report import AgentReport
from reviewer.agent.request import (
    Call,
    ModelAnswer,
    ModelRefused,
    ModelUnavailable,
    PromptTooLong,
)
from reviewer.agent.usage import Usage
from reviewer.evidence import EvidenceReport
from reviewer.finding import Category, Evidence, Finding, Severity, VerdictKind
from reviewer.pull.diff import Side
from reviewer.scope.rooms import FileScope, Room, Scope
from tests.agent.asking import Answering, Scripted, answer, looks_up, over_http
from tests.agent.samples import (
    BOOK_PATH,
    EMPTY,
    book_material,
    claim,
    envelope_text,
    material_of,
    scope_of,
    verdict,
)

READING = Reading("claude-sonnet-5-5", concurrency=1)
SPENT = BudgetSpent(Account(BudgetScope.PULL, 1.0, 1.0), 0.5)
LARGE = "".join(
    f"pub fn f{n}(x: u64) -> u64 {{\n    let y = x + {n};\n    y\n}}\n" for n in range(60)
)


def large_material(**more: Any) -> Any:
    """Two files of trading code and one of other code, 240 added lines each."""
    files = dict.fromkeys(("src/book.rs", "src/risk.rs", "src/util.rs"), (None, LARGE))
    scope = Scope(
        (
            FileScope("src/book.rs", (Room.ORDER_BOOK,), ""),
            FileScope("src/risk.rs", (Room.RISK,), ""),
            FileScope("src/util.rs", (), ""),
        )
    )
    return material_of(files, scope=scope, **more)


def read(
    answering: Answering, *, reading: Reading = READING, **more: Any
) -> tuple[AgentReport, Scripted]:
    door = Scripted(answering)
    return read_change(book_material(**more), reading, door), door


def judged(*verdicts: dict[str, Any], **found: Any) -> Answering:
    """Finders claim the sample's bug; the second reader says this."""

    def answering(call: Call) -> ModelAnswer:
        if call.stage == "verify":
            return answer(verdicts=list(verdicts))
        return answer(claim(**found))

    return answering


def test_a_confirmed_claim_is_said_with_its_fix() -> None:
    fixed = "        self.bids.keys().next_back().copied()"
    proof = [{"path": BOOK_PATH, "line": 4, "quote": "bids: BTreeMap<u64, u64>,"}]
    report, door = read(judged(verdict("c1", replacement=[fixed], evidence=proof)))
    (finding,) = report.findings
    assert finding.verdict is VerdictKind.CONFIRMED
    assert finding.replacement == (fixed,)
    assert finding.evidence == (Evidence(BOOK_PATH, 4, "bids: BTreeMap<u64, u64>,"),)
    (record,) = report.claims
    assert (record.votes, record.said, record.references) == (2, True, ("OB-2",))
    assert report.not_reviewed == ()
    assert len(door.of("find")) == 2
    assert len(door.of("verify")) == 1


def test_a_small_change_is_read_in_two_orders() -> None:
    _, door = read(lambda _call: answer())
    first, second = (call.request for call in door.of("find"))
    assert first.user[:1] == second.user[:1]
    assert first.user[1] != second.user[1]
    assert first.user[1].text.index("fn Book::apply_delta") < first.user[1].text.index(
        "fn Book::best"
    )
    assert second.user[1].text.index("fn Book::best") < second.user[1].text.index(
        "fn Book::apply_delta"
    )


@pytest.mark.parametrize(("depth", "passes"), [("economy", 1), ("standard", 2), ("thorough", 3)])
def test_the_depth_says_how_often(depth: Any, passes: int) -> None:
    _, door = read(lambda _call: answer(), reading=replace(READING, depth=depth))
    assert len({call.request.digest for call in door.of("find")}) == passes


def test_a_large_change_is_read_through_the_lenses_of_its_rooms() -> None:
    door = Scripted(lambda _call: answer())
    report = read_change(large_material(), READING, door)
    assert report.not_reviewed == ()
    assert [call.unit for call in door.of("find")] == [
        "u1 book and money",
        "u1 latent",
        "u1 risk",
    ]


def test_the_second_reader_is_given_the_claim_and_not_how_sure_the_first_one_was() -> None:
    _, door = read(judged(verdict("c1"), confidence="possible"))
    task = door.of("verify")[0].request.user[-1].text
    assert "CLAIM c1\nplace: src/book.rs R13\nline: self.bids.keys().next().copied()" in task
    for secret in ("possible", "critical\n", "votes", "It was slow."):
        assert secret not in task.partition("CLAIM")[2].partition("</untrusted")[0]


@pytest.mark.parametrize(
    ("said", "fields", "why"),
    [
        (True, {"verdict": "plausible", "severity": "critical"}, "plausible and critical"),
        (True, {"verdict": "plausible", "severity": "important"}, "claimed by 2 passes"),
        (False, {"verdict": "refuted"}, "refuted"),
        (False, {"verdict": "out_of_scope"}, "no wrong behaviour"),
    ],
)
def test_what_becomes_of_a_claim_is_kept_with_its_reason(
    said: bool, fields: dict[str, Any], why: str
) -> None:
    report, _ = read(judged(verdict("c1", assumption="the venue sends 0", **fields)))
    (record,) = report.claims
    assert (record.said, len(report.findings)) == (said, int(said))
    assert why in record.why
    assert record.against == "Nothing shown."


def test_a_plausible_claim_of_one_pass_is_kept_to_ourselves() -> None:
    reading = replace(READING, depth="economy")
    given = judged(verdict("c1", verdict="plausible", severity="important"))
    report, _ = read(given, reading=reading)
    assert report.findings == ()
    assert "claimed by one pass alone" in report.claims[0].why
    assert report.remarks == ("1 claim of the model could not be confirmed, and so not shown.",)


RUN = "Bids stand at 99 and 101; best() gives 99, the quote goes out two ticks too low and fills."


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"run": RUN}, RUN),
        ({"run": RUN + " Key " + "ghp_" + "a1B2" * 9}, RUN + " Key ⟦secret⟧"),
        ({"run": "As claimed."}, "It was slow."),
        ({"run": RUN, "verdict": "plausible"}, "It was slow."),
    ],
    ids=["a run", "a secret", "no run", "not confirmed"],
)
def test_of_a_confirmed_claim_the_run_that_was_checked_is_told(
    fields: dict[str, Any], told: str
) -> None:
    report, _ = read(judged(verdict("c1", **fields), scenario="It was slow."))
    assert report.findings[0].scenario == told
    assert report.claims[0].claimed == "It was slow."


def test_a_proof_that_is_not_there_is_not_shown_and_brings_no_fix() -> None:
    proof = [{"path": BOOK_PATH, "line": 4, "quote": "asks: BTreeMap<u64, u64>,"}]
    report, _ = read(judged(verdict("c1", evidence=proof, replacement=["x"])))
    (finding,) = report.findings
    # The claimed line itself was found, and stands for the claim.
    assert (finding.verdict, finding.evidence) == (VerdictKind.CONFIRMED, ())
    assert finding.replacement is None


@pytest.mark.parametrize(
    "replacement",
    [
        ["        self.bids.keys().next().copied()"],
        ["        login(⟦secret⟧)"],
        ["        a\u202eb()"],
        ["x();"] * 21,
    ],
    ids=["no change", "hidden secret", "hidden letter", "too long"],
)
def test_a_fix_that_cannot_be_taken_as_it_is_is_left_out(replacement: list[str]) -> None:
    report, _ = read(judged(verdict("c1", replacement=replacement)))
    assert report.findings[0].replacement is None


@pytest.mark.parametrize(
    "second",
    [answer(), answer(text="no"), answer(stop="refusal", text=""), ModelUnavailable("away")],
    ids=["no verdict", "no envelope", "declined", "away"],
)
def test_a_second_reader_that_fails_leaves_the_claim_plausible(second: Any) -> None:
    def answering(call: Call) -> ModelAnswer:
        if call.stage == "find":
            return answer(claim())
        if isinstance(second, Exception):
            raise second
        assert isinstance(second, ModelAnswer)
        return second

    report, _ = read(answering)
    (finding,) = report.findings
    assert finding.verdict is VerdictKind.PLAUSIBLE
    assert "not judged by a second reader" in report.claims[0].why


def test_a_claim_that_a_rule_makes_already_is_not_judged() -> None:
    rule = Finding(
        path=BOOK_PATH,
        side=Side.RIGHT,
        line=13,
        start_line=None,
        quote="",
        category=Category.BOOK_INTEGRITY,
        severity=Severity.CRITICAL,
        title="The first key of the bids is the worst",
        scenario="",
        source="rule:wrong-end",
    )
    report, door = read(judged(), evidence=EvidenceReport((rule,)))
    assert door.of("verify") == []
    assert report.findings == ()
    assert report.claims[0].why == "rule:wrong-end says it already"


def test_in_economy_one_reader_judges_several_claims() -> None:
    def answering(call: Call) -> ModelAnswer:
        if call.stage == "verify":
            return answer(verdicts=[verdict("c1"), verdict("c2", verdict="refuted")])
        other = {"line": 9, "quote": "self.bids.insert(price, qty);", "title": "Zero stays"}
        return answer(claim(), claim(**other))

    report, door = read(answering, reading=replace(READING, depth="economy"))
    assert len(door.of("verify")) == 1
    assert [(r.id, r.verdict.value) for r in report.claims] == [
        ("c1", "confirmed"),
        ("c2", "refuted"),
    ]


def test_questions_are_asked_once_whoever_asks_them() -> None:
    def answering(call: Call) -> ModelAnswer:
        if call.stage == "verify":
            return answer(verdicts=[verdict("c1")], questions=["What latency is the target?"])
        return answer(claim(), questions=["What is the latency target?"], not_checked=["fees"])

    report, _ = read(answering)
    assert report.questions == ("What is the latency target?",)
    assert report.not_judged == ("fees",)


def test_what_could_not_be_judged_is_told_once_and_not_beside_its_question() -> None:
    points = [
        "Whether `Venue::send` retries is not shown here.",
        "What is the target of latency?",
        "The change calls `Venue::send`; it is not shown whether it retries.",
        "The rounding of fees.",
        "How long a halt may last.",
        "Who owns the clock?",
        "A second session of the same account.",
        "Tick sizes above 1,000.",
    ]

    def answering(call: Call) -> ModelAnswer:
        return answer(questions=["What is the latency target?"], not_checked=points)

    report, _ = read(answering)
    assert report.not_judged == (points[0], *points[3:7])
    assert report.remarks == ("1 more could not be judged from the change alone.",)


def test_what_the_model_declines_is_asked_in_short_then_of_another_then_named() -> None:
    reading = replace(READING, depth="economy", fallback="claude-opus-5-5")
    report, door = read(
        lambda _call: answer(stop="refusal", text="", declined="cyber"), reading=reading
    )
    asked = [call.request for call in door.calls]
    assert [request.model for request in asked] == ["claude-sonnet-5-5"] * 2 + ["claude-opus-5-5"]
    assert "It was slow." in str(asked[0].user)
    assert "It was slow." not in str(asked[1].user)
    assert all(request.turns == () for request in asked)
    assert report.not_reviewed == ((BOOK_PATH, "the model declined to read it (cyber)"),)


def test_an_answer_cut_off_is_asked_for_again_with_twice_the_room() -> None:
    whole = envelope_text(claim(), claim(line=9, quote="self.bids.insert(price, qty);"))
    cut = answer(stop="max_tokens", text=whole[: whole.rindex('"quote"')])

    def answering(call: Call) -> ModelAnswer:
        return cut if call.stage == "find" else answer(verdicts=[verdict("c1")])

    report, door = read(answering, reading=replace(READING, depth="economy"))
    first, second = (call.request for call in door.of("find"))
    assert (first.max_tokens, second.max_tokens) == (16_000, 32_000)
    assert second.user[: len(first.user)] == first.user
    assert "at most 6 findings" in second.user[-1].text
    assert len(report.findings) == 1
    assert "cut off" in report.not_reviewed[0][1]


def test_a_prompt_that_is_too_long_is_halved_down_to_its_changed_lines() -> None:
    def answering(call: Call) -> ModelAnswer:
        view = call.request.user[1].text
        if view.count("####") > 1 or "R12 " in view:
            raise PromptTooLong("too long")
        return answer()

    report, door = read(answering, reading=replace(READING, depth="economy"))
    assert len(door.calls) == 4
    assert report.not_reviewed == ((BOOK_PATH, "it is too long for the model"),)


def test_when_the_api_refuses_no_model_has_read_it() -> None:
    def refuse(_call: Call) -> ModelAnswer:
        raise ModelRefused("no such key")

    report, door = read(refuse)
    assert (report.model, report.stopped) == (None, "refused")
    assert report.not_reviewed == ((BOOK_PATH, "the model API refused the question"),)
    assert len(door.calls) <= 2


def test_a_model_that_is_away_is_told_with_its_wish() -> None:
    def away(_call: Call) -> ModelAnswer:
        raise ModelUnavailable("busy", retry_after=40.0)

    report, _ = read(away)
    assert (report.model, report.stopped, report.retry_after) == (None, "silent", 40.0)


@pytest.mark.parametrize("failing", ["u1 ", "u1 latent"])
def test_an_error_on_our_side_ends_no_reading(failing: str) -> None:
    def answering(call: Call) -> ModelAnswer:
        if call.unit.startswith(failing):
            raise KeyError("a defect of ours")
        return answer()

    report = read_change(large_material(), READING, Scripted(answering))
    unread = {path for path, why in report.not_reviewed if "an error on our side" in why}
    if failing == "u1 ":
        assert report.model is None
        assert {"src/book.rs", "src/risk.rs"} <= unread
    else:
        # Others have read the same code.
        assert report.model == "claude-sonnet-5-5"
        assert unread == set()


def test_a_second_reader_that_fails_for_our_error_leaves_its_claims_unsaid() -> None:
    def answering(call: Call) -> ModelAnswer:
        if call.stage == "verify":
            raise KeyError("a defect of ours")
        return answer(claim())

    report, _ = read(answering)
    (record,) = report.claims
    assert record.verdict is not VerdictKind.CONFIRMED
    assert "error on our side" in record.why


def test_when_one_pass_was_answered_its_unit_was_read() -> None:
    def answering(call: Call) -> ModelAnswer:
        if "order 2" in call.unit:
            raise ModelUnavailable("busy", retry_after=40.0)
        return answer()

    report, _ = read(answering)
    assert report.model == "claude-sonnet-5-5"
    # The unit was read once, and the other reader may still be had by who can wait.
    assert (report.not_reviewed, report.stopped, report.retry_after) == ((), "silent", 40.0)


def dear(share: float) -> Usage:
    """Usage that costs this share of the budget of 5 dollars."""
    return Usage(input_tokens=int(share * 5.0 / 2.0 * 1_000_000))


@pytest.mark.parametrize(("share", "asked"), [(0.3, True), (0.4, False)])
def test_from_three_quarters_of_the_money_on_suggestions_are_not_judged(
    share: float, asked: bool
) -> None:
    """Two finders spend the share each."""

    def answering(call: Call) -> ModelAnswer:
        if call.stage == "verify":
            return answer(verdicts=[verdict("c1", severity="suggestion")], usage=Usage())
        return answer(claim(severity="suggestion"), usage=dear(share))

    report, door = read(answering)
    assert bool(door.of("verify")) is asked
    if not asked:
        assert "the model budget ran low" in report.claims[0].why


def test_from_nine_tenths_on_trading_code_alone_is_read() -> None:
    door = Scripted(lambda _call: answer(usage=dear(0.13)))
    files = {f"crate{n}/src/util.rs": (None, LARGE * 9) for n in range(7)}
    files["src/book.rs"] = (None, LARGE * 9)
    report = read_change(material_of(files, scope=scope_of("src/book.rs")), READING, door)
    assert door.calls[0].unit == "u1 book and money"
    assert "src/book.rs" not in dict(report.not_reviewed)
    assert set(dict(report.not_reviewed).values()) == {"the model budget was nearly spent"}


def test_when_the_budget_is_spent_what_was_found_is_kept_and_the_rest_is_named() -> None:
    def answering(call: Call) -> ModelAnswer:
        if call.stage == "verify":
            raise SPENT
        return answer(claim())

    report, _ = read(answering)
    assert report.stopped == "over budget"
    assert len(report.findings) == 1
    assert report.claims[0].verdict is VerdictKind.PLAUSIBLE

    def at_once(_call: Call) -> ModelAnswer:
        raise SPENT

    report, _ = read(at_once)
    assert report.model is None
    assert report.not_reviewed == ((BOOK_PATH, "the model budget was spent before"),)


def test_a_reading_that_is_begun_again_asks_the_same() -> None:
    def answering(call: Call) -> ModelAnswer:
        if call.stage == "verify":
            return answer(verdicts=[verdict("c1")])
        return looks_up(("list_files", {"dir": ""})) if call.number == 1 else answer(claim())

    one, first = read(answering)
    other, second = read(answering, reading=replace(READING, concurrency=4))
    assert one == other
    digests = [sorted(c.request.digest for c in door.calls) for door in (first, second)]
    assert digests[0] == digests[1]


def test_the_cache_is_filled_before_calls_that_share_a_prefix_run_at_once() -> None:
    material = large_material()
    door = Scripted(lambda _call: answer())
    read_change(material, replace(READING, concurrency=4), door)
    (warmed,) = door.warmed
    for call in door.calls:
        assert call.request.user[: len(warmed.user)] == warmed.user
        assert (call.request.system, call.request.tools) == (warmed.system, warmed.tools)
    alone = Scripted(lambda _call: answer())
    read_change(material, READING, alone)
    assert alone.warmed == []


def test_over_real_http_a_finder_looks_up_and_a_second_reader_confirms() -> None:
    tools = [{"name": "read_base", "input": {"path": BOOK_PATH, "start": 16, "end": 18}}]
    with over_http(
        {"match": {"contains": "find"}, "answer": {"tool_use": tools}},
        {"answer": {"envelope": {**EMPTY, "findings": [claim()]}}},
        {
            "match": {"contains": "CLAIM c1"},
            "answer": {"envelope": {**EMPTY, "verdicts": [verdict("c1")]}},
        },
    ) as door:
        report = read_change(book_material(), replace(READING, depth="economy"), door)
    assert [call.stage for call in door.calls] == ["find", "find", "verify"]
    assert [finding.line for finding in report.findings] == [13]
    assert report.cached_share > 0.5
    assert report.cost_usd > 0
    assert FINDER.turns == 8


def test_a_change_of_nothing_to_read_asks_nobody() -> None:
    door = Scripted(lambda _call: answer())
    material = material_of({"README.md": ("a\n", "b\n")})
    assert read_change(material, READING, door) == AgentReport(None, "")
    assert door.calls == []


def test_half_the_money_spent_leaves_out_further_passes() -> None:
    door = Scripted(lambda _call: answer(usage=dear(0.2)))
    files = {f"crate{n}/src/book.rs": (None, LARGE * 9) for n in range(3)}
    report = read_change(material_of(files), replace(READING, depth="thorough"), door)
    assert FEWER_PASSES in report.remarks
    assert report.not_reviewed == ()
    assert 8 <= len(door.of("find")) < 12
