"""`// reviewer: allow(A16) reason`: obeyed where it stands, told when the change wrote it."""

from __future__ import annotations

import pytest

from reviewer.detect.run import Detected, detect, examine
from reviewer.detect.silence import told
from tests.detect.test_run import NOWHERE, change

PLAIN = "fn on_row(m: &Row) {{\n    let a = 1;\n{before}    let price = m.p.parse().unwrap_or(0.0);{after}\n}}\n"  # noqa: E501
ASKED = "// reviewer: allow(A16) the venue never sends this field empty"


def row(before: str = "", after: str = "") -> str:
    return PLAIN.format(before=before, after=after)


def examined(before: str, after: str) -> Detected:
    return examine([change(before, after)], NOWHERE)


@pytest.mark.parametrize(
    "text",
    [
        row(after=f" {ASKED}"),
        row(before=f"    {ASKED}\n"),
        row(before=f"    {ASKED}\n    // and another line\n"),
        row(before="    // reviewer: allow(B2) other\n" + f"    {ASKED}\n"),
        row(after=" //reviewer:allow( a16 , A4 ): fine"),
        row(after=f" {ASKED}\r"),
    ],
    ids=["on the line", "above", "above a comment", "two", "loosely written", "carriage return"],
)
def test_an_allowed_rule_is_silent_and_counted(text: str) -> None:
    found = examined("", text)
    assert found.findings == []
    (silence,) = found.silenced
    assert (silence.rule, silence.path, silence.by_this_change) == ("A16", "src/a.rs", True)
    assert text.split("\n")[silence.line - 1].startswith("    let price")
    assert detect([change("", text)], NOWHERE) == []


@pytest.mark.parametrize(
    "text",
    [
        row(after=" // reviewer: allow(A16)"),
        row(after=" // reviewer: allow(A16) --"),
        row(after=" // reviewer: allow(B2) another rule"),
        row(after=" // reviewer: allow() nothing"),
        row(after=" // allow(A16) not for us"),
        row(after=" /// reviewer: allow(A16) documentation"),
        row(after=" /* reviewer: allow(A16) a block */"),
        row(after=' let s = "// reviewer: allow(A16) a string";'),
        row(before=f"    let b = 2; {ASKED}\n"),
        row(before=f"    {ASKED}\n\n"),
        row().replace("fn on_row", f"{ASKED}\nfn on_row"),
        row() + ASKED + "\n",
    ],
    ids=[
        *("no reason", "no word", "other rule", "no rule", "not ours", "doc", "block", "string"),
        *("line before", "blank between", "function", "below"),
    ],
)
def test_what_is_no_such_comment_silences_nothing(text: str) -> None:
    found = examined("", text)
    assert [finding.source for finding in found.findings] == ["rule:A16"]
    assert found.silenced == ()


def test_a_comment_that_was_there_before_is_not_told() -> None:
    before = row(before=f"    {ASKED}\n").replace("m.p.", "m.old.")
    found = examined(before, before.replace("m.old.", "m.p."))
    assert found.findings == []
    assert [silence.by_this_change for silence in found.silenced] == [False]
    assert told(found.silenced) == ()


def test_a_change_that_silences_a_rule_on_itself_is_told_so() -> None:
    assert told(examined("", row(after=f" {ASKED}")).silenced) == (
        "silenced by this change: A16 at src/a.rs:3 (the venue never sends this field empty)",
    )


def test_many_silences_are_counted_and_a_long_reason_is_cut() -> None:
    lines = "".join(
        f"    let price_{n} = m.p.parse().unwrap_or(0.0); // reviewer: allow(A16) {'x' * 900}\n"
        for n in range(25)
    )
    said = told(examined("", f"fn on_row(m: &Row) {{\n{lines}}}\n").silenced)
    assert len(said) == 11
    assert said[-1] == "silenced by this change: 15 more"
    assert all(len(line) < 250 for line in said)


def test_the_comment_may_stand_above_a_statement_of_several_lines() -> None:
    chain = "    let price = m\n        .p\n        .parse()\n        .unwrap_or(0.0);\n"
    plain = f"fn on_row(m: &Row) {{\n{chain}}}\n"
    (finding,) = examined("", plain).findings
    assert finding.start_line == 4
    inside = plain.replace("        .parse()", f"        {ASKED}\n        .parse()")
    assert examined("", inside).findings == []
