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
        (envelope_text(claim(severity="terrible")), "findings.0.severity"),
        (envelope_text(claim(line="12")), "findings.0.line"),
        (envelope_text(claim(line=1.5)), "findings.0.line"),
        (envelope_text({k: v for k, v in claim().items() if k != "quote"}), "findings.0.quote"),
        (envelope_text(claim(extra=1)), "findings.0.extra"),
    ],
)
def test_what_is_no_envelope_is_refused_and_said_where(text: str, says: str) -> None:
    with pytest.raises(BadEnvelope, match=says):
        parse_envelope(text)


def test_the_error_repeats_nothing_of_the_answer() -> None:
    with pytest.raises(BadEnvelope) as refused:
        parse_envelope(envelope_text(claim(severity="hunter2")))
    assert "hunter2" not in str(refused.value)


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
