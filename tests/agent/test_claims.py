from __future__ import annotations

from typing import Any

import pytest

from reviewer.agent.claims import NOT_IN_THE_CHANGE, NOT_THERE, Checker, Found
from reviewer.agent.envelope import Envelope
from reviewer.agent.question import ENVELOPE, Reply, read_in
from reviewer.agent.request import ModelAnswer
from reviewer.agent.usage import Usage
from reviewer.finding import Evidence, Severity, VerdictKind
from reviewer.pull.diff import Diff, Side
from reviewer.pull.parse import parse_diff
from tests.agent.samples import (
    BASE,
    BOOK_PATH,
    HEAD,
    book_change,
    book_items,
    change,
    claim,
    envelope_text,
)


def found(*claims: dict[str, Any], **fields: Any) -> Found:
    text = envelope_text(*claims, **fields)
    return checked(text, book_change(), {BOOK_PATH: HEAD})


def checked(text: str, diff: Diff, heads: dict[str, str]) -> Found:
    envelope = read_in(ENVELOPE, answer(text)).envelope
    assert envelope is not None
    return Checker(diff, heads, book_items, {"src/other.rs": "}\n"}.get).check(envelope)


def reply(text: str, stop_reason: str) -> Reply[Envelope]:
    return read_in(ENVELOPE, answer(text, stop_reason))


def answer(text: str, stop_reason: str = "end_turn") -> ModelAnswer:
    return ModelAnswer(text, stop_reason, Usage(), "req_1", "claude-sonnet-5-5")


def test_a_claim_becomes_a_finding_on_its_line() -> None:
    (finding,) = found(claim()).findings
    assert (finding.path, finding.side, finding.line) == (BOOK_PATH, Side.RIGHT, 13)
    assert finding.quote == "        self.bids.keys().next().copied()"
    assert finding.scope_path == "impl Book::best"
    assert finding.severity is Severity.CRITICAL
    assert finding.source == "model"


def test_nobody_has_checked_it_yet() -> None:
    assert found(claim()).findings[0].verdict is VerdictKind.PLAUSIBLE


def test_a_miscounted_line_is_put_where_its_quote_stands() -> None:
    (finding,) = found(claim(line=9, start_line=8)).findings
    assert (finding.start_line, finding.line) == (12, 13)


def test_a_quote_that_is_not_there_is_dropped_and_counted() -> None:
    outcome = found(claim(quote="self.asks.clear();"), claim())
    assert len(outcome.findings) == 1
    assert [(u.claimed.quote, u.why) for u in outcome.unplaced] == [
        ("self.asks.clear();", NOT_THERE)
    ]


def test_a_file_that_the_change_does_not_touch_is_dropped_and_counted() -> None:
    outcome = found(claim(path="src/risk.rs"), claim())
    assert len(outcome.findings) == 1
    assert [(u.claimed.path, u.why) for u in outcome.unplaced] == [
        ("src/risk.rs", NOT_IN_THE_CHANGE)
    ]


def test_a_removed_line_stands_on_the_left() -> None:
    (finding,) = found(claim(side="LEFT", line=10, quote="self.bids.remove(&price);")).findings
    assert (finding.side, finding.line) == (Side.LEFT, 10)
    assert finding.scope_path == "impl Book::apply_delta"


def test_the_other_side_is_looked_at_where_the_claimed_one_has_no_such_line() -> None:
    (gone,) = found(claim(line=10, quote="self.bids.remove(&price);")).findings
    assert (gone.side, gone.line) == (Side.LEFT, 10)
    (there,) = found(claim(side="LEFT", line=9, quote="self.bids.insert(price, qty);")).findings
    assert (there.side, there.line) == (Side.RIGHT, 9)


def test_of_the_base_only_removed_lines_can_be_quoted() -> None:
    kept_back = found(claim(side="LEFT", line=17, quote="pub fn worst(&self) -> Option<u64> {"))
    assert [u.why for u in kept_back.unplaced] == [NOT_THERE]


@pytest.mark.parametrize(
    "path",
    [
        "./src/book.rs",
        "b/src/book.rs",
        "/src/book.rs",
        "`src/book.rs`",
        "book.rs",
        "src/book.rs:13",
    ],
)
def test_a_path_counts_however_it_was_written_down(path: str) -> None:
    proof = [{"path": path, "line": 4, "quote": "bids: BTreeMap<u64, u64>,"}]
    (finding,) = found(claim(path=path, evidence=proof)).findings
    assert (finding.path, finding.line) == (BOOK_PATH, 13)
    assert finding.evidence == (Evidence(BOOK_PATH, 4, "bids: BTreeMap<u64, u64>,"),)


@pytest.mark.parametrize("path", ["ook.rs", "src", "", "../src/book.rs", "src/book.rs/x", "lib.rs"])
def test_a_path_that_is_none_of_the_change_names_no_file(path: str) -> None:
    files: dict[str, tuple[str | None, str | None]] = {
        BOOK_PATH: (BASE, HEAD),
        "a/lib.rs": (None, "fn a() {}\n"),
        "b/lib.rs": (None, "fn a() {}\n"),
    }
    heads = {path: head for path, (_, head) in files.items() if head is not None}
    outcome = checked(envelope_text(claim(path=path)), change(files), heads)
    assert [u.why for u in outcome.unplaced] == [NOT_IN_THE_CHANGE]


def test_the_name_that_a_file_had_is_its_own() -> None:
    diff = parse_diff(
        "diff --git a/src/old.rs b/src/new.rs\nsimilarity index 90%\nrename from src/old.rs\n"
        "rename to src/new.rs\n--- a/src/old.rs\n+++ b/src/new.rs\n@@ -1,2 +1 @@\n"
        "-    check_the_limit()?;\n     send()\n"
    )
    text = envelope_text(claim(path="src/old.rs", side="LEFT", line=1, quote="check_the_limit()?;"))
    (finding,) = checked(text, diff, {"src/new.rs": "    send()\n"}).findings
    assert (finding.path, finding.side, finding.line) == ("src/new.rs", Side.LEFT, 1)


def test_a_deleted_file_has_a_left_side_only() -> None:
    diff = change({BOOK_PATH: (BASE, None)})
    text = envelope_text(claim(side="RIGHT", line=10, quote="self.bids.remove(&price);"))
    (finding,) = checked(text, diff, {}).findings
    assert (finding.side, finding.line) == (Side.LEFT, 10)


@pytest.mark.parametrize("start", [13, 14, 0, -3, 10_000])
def test_a_range_that_is_none_is_left_out(start: int) -> None:
    assert found(claim(start_line=start)).findings[0].start_line is None


def test_evidence_has_to_be_proved_too() -> None:
    evidence = [
        {"path": BOOK_PATH, "line": 4, "quote": "bids: BTreeMap<u64, u64>,"},
        {"path": BOOK_PATH, "line": 4, "quote": "asks: BTreeMap<u64, u64>,"},
        {"path": "src/other.rs", "line": 1, "quote": "}"},
        {"path": "src/nowhere.rs", "line": 1, "quote": "}"},
    ]
    (finding,) = found(claim(evidence=evidence)).findings
    assert finding.evidence == (
        Evidence(BOOK_PATH, 4, "bids: BTreeMap<u64, u64>,"),
        Evidence("src/other.rs", 1, "}"),
    )


def test_secrets_in_what_the_model_says_are_hidden() -> None:
    key = "ghp_" + "a1B2" * 9
    outcome = found(
        claim(title=f"{key} leaks", scenario=f"It logs {key}.", assumption=f"{key} is live"),
    )
    assert key not in str(outcome)


def test_a_secret_in_the_quoted_line_is_not_repeated() -> None:
    secret = "AKIA" + "B7QX" * 4
    head = HEAD.replace("self.bids.keys().next().copied()", f'login("{secret}")')
    text = envelope_text(claim(quote='login("⟦secret⟧")'))
    diff = change({BOOK_PATH: (BASE, head)})
    (finding,) = checked(text, diff, {BOOK_PATH: head}).findings
    assert finding.line == 13
    assert secret not in str(finding)


@pytest.mark.parametrize(
    ("stop_reason", "text", "says"),
    [
        ("pause_turn", envelope_text(), "pause_turn"),
        ("tool_use", "", "looked things up"),
        ("end_turn", "Looks good to me!", "could not be understood"),
        ("max_tokens", "Looks", "was cut off"),
    ],
)
def test_an_answer_that_is_none_is_a_problem_not_a_clean_review(
    stop_reason: str, text: str, says: str
) -> None:
    outcome = reply(text, stop_reason)
    assert outcome.envelope is None
    assert says in outcome.problem


def test_of_an_answer_cut_off_the_whole_claims_stay_and_it_is_said() -> None:
    text = envelope_text(claim(), claim())
    outcome = reply(text[: text.rindex('"quote"')], "max_tokens")
    assert outcome.envelope is not None
    assert len(outcome.envelope.findings) == 1
    assert "cut off" in outcome.problem
