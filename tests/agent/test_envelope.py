from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.agent.envelope import (
    ENVELOPE_SCHEMA,
    BadEnvelope,
    parse_envelope,
    salvage_envelope,
)
from reviewer.finding import Category, Severity, VerdictKind
from tests.agent.samples import claim, envelope_text

VERDICT = {
    "id": "c1",
    "verdict": "confirmed",
    "severity": "critical",
    "against": "",
    "run": "The run is complete.",
    "assumption": "",
    "evidence": [],
    "replacement": ["    a();"],
    "references": ["OB-2"],
}


def test_an_answer_is_read() -> None:
    envelope = parse_envelope(envelope_text(claim(), verdicts=[VERDICT], not_checked=["fees"]))
    assert envelope.findings[0].line == 13
    assert envelope.verdicts[0].replacement == ("    a();",)
    assert envelope.not_checked == ("fees",)


def test_lengths_are_held_in_code() -> None:
    long = claim(title="t" * 500, scenario="s" * 5000, evidence=[_line(n) for n in range(99)])
    found = parse_envelope(envelope_text(*[long] * 100)).findings
    assert len(found) == 60
    assert found[0].title == "t" * 79 + "…"
    assert len(found[0].scenario) == 1500
    assert len(found[0].evidence) == 6


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("I could not find anything.", "the answer"),
        ("{}", "summary"),
        ('{"findings": 7}', "summary"),
        (envelope_text(event="APPROVE"), "the answer: Extra inputs"),
        (f"Looks good. {envelope_text()}", "the answer"),
        (f"{envelope_text()} Looks good.", "the answer"),
        (envelope_text(claim(path=7, quote=[])), "findings.0.path"),
        (envelope_text({k: v for k, v in claim().items() if k != "quote"}), "findings.0.quote"),
        ('{"findings": ' + "[" * 100_000, "the answer"),
        (envelope_text(claim(title="\ud800")), "the answer"),
    ],
)
def test_what_is_no_envelope_is_refused_and_said_where(text: str, says: str) -> None:
    with pytest.raises(BadEnvelope, match=says):
        parse_envelope(text)


def test_the_error_repeats_nothing_of_the_answer() -> None:
    with pytest.raises(BadEnvelope) as refused:
        parse_envelope(envelope_text(quote="hunter2", hunter3="hunter4"))
    assert "hunter" not in str(refused.value)


def test_a_claim_in_its_form_is_read_the_same_in_both_ways() -> None:
    (strict,) = parse_envelope(envelope_text(claim())).findings
    (loose,) = parse_envelope(f"So: {envelope_text(claim())} That is all.").findings
    assert strict == loose


@pytest.mark.parametrize(
    "fields",
    [
        {"severity": "Critical"},
        {"side": "right"},
        {"note": "a field of its own"},
        {"start_line": ...},
        {"line": "13"},
        {"line": 13.0},
        {"line": "R13"},
        {"category": "Book-Integrity"},
        {"assumption": None},
        {"evidence": None},
        {"confidence": "high"},
        {"side": ..., "assumption": ...},
    ],
    ids=str,
)
def test_one_wrong_field_loses_no_claim(fields: dict[str, Any]) -> None:
    written = {k: v for k, v in {**claim(), **fields}.items() if v is not ...}
    envelope = parse_envelope(envelope_text(written, claim(line=9)))
    (expected,) = parse_envelope(envelope_text(claim())).findings
    first, second = envelope.findings
    assert first == expected
    assert (second.line, envelope.unread) == (9, 0)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("data race", Category.CONCURRENCY),
        ("rounding", Category.MONEY_ARITHMETIC),
        ("order matching", Category.ORDER_LOGIC),
        ("style", Category.OTHER),
        (None, Category.OTHER),
    ],
)
def test_a_category_that_there_is_not_is_the_nearest_or_other(said: Any, read: Category) -> None:
    assert parse_envelope(envelope_text(claim(category=said))).findings[0].category is read


def test_a_word_for_the_severity_that_nobody_knows_loses_no_claim() -> None:
    envelope = parse_envelope(envelope_text(claim(severity="P1"), claim(severity="HIGH")))
    assert [one.severity for one in envelope.findings] == [Severity.IMPORTANT] * 2


def test_a_claim_that_cannot_be_read_is_left_out_and_counted() -> None:
    claims = [claim(), "oops", claim(path=None)]
    envelope = parse_envelope(envelope_text(findings=claims, verdicts=[{}]))
    assert (len(envelope.findings), envelope.unread) == (1, 3)


@pytest.mark.parametrize("missing", ["summary", "verdicts", "not_checked", "questions"])
def test_a_list_that_is_left_out_is_empty(missing: str) -> None:
    whole = json.loads(envelope_text())
    envelope = parse_envelope(json.dumps({k: v for k, v in whole.items() if k != missing}))
    assert envelope.findings == ()


def test_prose_before_the_answer_is_passed_over() -> None:
    prose = "The guard `if qty == 0 { return; }` is gone. {} Here is the envelope:\n```json\n"
    assert len(parse_envelope(f"{prose}{envelope_text(claim())}\n```").findings) == 1


@pytest.mark.parametrize("around", ["```json\n{}\n```", "```\n{}\n```\n"])
def test_a_clean_envelope_may_stand_in_a_block_of_code(around: str) -> None:
    assert parse_envelope(around.replace("{}", envelope_text())).findings == ()


def test_a_verdict_is_read_however_it_is_spelled() -> None:
    loose = {**VERDICT, "verdict": "Confirmed", "severity": "Critical", "evidence": None}
    out = {"id": "c2", "verdict": "out of scope", "severity": "low", "replacement": "    a();"}
    lost = {**VERDICT, "verdict": "maybe not"}
    envelope = parse_envelope(envelope_text(verdicts=[loose, out, lost]))
    whole = parse_envelope(envelope_text(verdicts=[VERDICT]))
    assert envelope.verdicts[0] == whole.verdicts[0]
    assert envelope.verdicts[1].verdict is VerdictKind.OUT_OF_SCOPE
    assert envelope.unread == 1


def test_a_claim_spelled_otherwise_survives_in_an_answer_that_is_cut_off() -> None:
    whole = envelope_text(claim(severity="Critical"), claim(line=2), claim(line=3))
    cut = whole[: whole.rindex('"scenario"') + 30]
    assert [c.line for c in salvage_envelope(cut).findings] == [13, 2]


def test_every_field_is_required_and_none_other_allowed() -> None:
    def objects(schema: Any) -> list[dict[str, Any]]:
        if isinstance(schema, list):
            return [found for part in schema for found in objects(part)]
        if not isinstance(schema, dict):
            return []
        inner = [found for part in schema.values() for found in objects(part)]
        return [schema, *inner] if schema.get("type") == "object" else inner

    found = objects(ENVELOPE_SCHEMA)
    assert len(found) == 4
    for schema in found:
        assert schema["required"] == list(schema["properties"])
        assert schema["additionalProperties"] is False


def test_an_answer_cut_off_gives_up_its_last_claim_only() -> None:
    whole = envelope_text(claim(line=1), claim(line=2), claim(line=3))
    cut = whole[: whole.rindex('"scenario"') + 30]
    assert [c.line for c in salvage_envelope(cut).findings] == [1, 2]


@given(st.data())
def test_wherever_it_is_cut_only_whole_claims_come_out(data: st.DataObject) -> None:
    claims = [claim(line=n, evidence=[_line(n)]) for n in range(1, 4)]
    whole = envelope_text(*claims, verdicts=[VERDICT])
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    try:
        salvaged = salvage_envelope(cut)
    except BadEnvelope:
        assert not cut
        return
    expected = parse_envelope(whole)
    assert salvaged.findings == expected.findings[: len(salvaged.findings)]


def test_nothing_at_all_is_no_envelope() -> None:
    for text in ("", "Sorry", "[1, 2"):
        with pytest.raises(BadEnvelope):
            salvage_envelope(text)


def test_the_schema_is_the_same_bytes_in_every_process() -> None:
    assert json.dumps(ENVELOPE_SCHEMA).startswith('{"$defs": {"Category"')
    assert len(json.dumps(ENVELOPE_SCHEMA)) < 4000


def _line(number: int) -> dict[str, Any]:
    return {"path": "src/book.rs", "line": number, "quote": "}"}
