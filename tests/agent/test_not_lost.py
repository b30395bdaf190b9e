"""True claims that come in another dress: none is lost on the way, and none goes uncounted."""

from __future__ import annotations

from typing import Any

import pytest

from reviewer.agent.material import PullText
from reviewer.agent.read import read_change
from reviewer.agent.reading import Reading
from reviewer.finding import Evidence, VerdictKind
from tests.agent.asking import answer, over_http
from tests.agent.samples import (
    BASE,
    BOOK_PATH,
    EMPTY,
    HEAD,
    book_material,
    claim,
    material_of,
    verdict,
)
from tests.agent.test_read import judged, read

ONCE = Reading("claude-sonnet-5-5", depth="economy", concurrency=1)
FIXED = "        self.bids.keys().next_back().copied()"
ZERO = {"line": 9, "quote": "self.bids.insert(price, qty);", "title": "Zero stays"}


@pytest.mark.parametrize(
    "proof",
    [
        {"path": BOOK_PATH, "line": 10, "quote": "self.bids.remove(&price);"},
        {"path": f"./{BOOK_PATH}", "line": 17, "quote": "self.bids.keys().next_back().copied()"},
        {"path": "book.rs", "line": 4, "quote": "BTreeMap<u64, u64>"},
    ],
    ids=["a removed line", "another path", "a part of a line"],
)
def test_a_proof_counts_however_it_is_written_down(proof: dict[str, Any]) -> None:
    report, _ = read(judged(verdict("c1", evidence=[proof], replacement=[FIXED])))
    (finding,) = report.findings
    assert (finding.verdict, finding.replacement) == (VerdictKind.CONFIRMED, (FIXED,))


def test_a_removed_line_proves_and_is_not_shown_as_a_line_of_the_head() -> None:
    proof = [
        {"path": BOOK_PATH, "line": 10, "quote": "self.bids.remove(&price);"},
        {"path": BOOK_PATH, "line": 4, "quote": "bids: BTreeMap<u64, u64>"},
    ]
    report, _ = read(judged(verdict("c1", evidence=proof)))
    assert report.findings[0].evidence == (Evidence(BOOK_PATH, 4, "bids: BTreeMap<u64, u64>,"),)


@pytest.mark.parametrize(
    ("evidence", "said", "why"),
    [
        ([], False, "refuted by a second reader"),
        (
            [{"path": BOOK_PATH, "line": 10, "quote": "self.bids.remove(&price);"}],
            False,
            "refuted by a second reader",
        ),
        (
            [{"path": BOOK_PATH, "line": 12, "quote": "self.bids.reverse();"}],
            True,
            "not judged by a second reader (the lines that it was refuted with are not there)",
        ),
    ],
    ids=["no proof", "a line that is there", "a line that is not"],
)
def test_a_claim_is_not_refuted_with_lines_that_nobody_wrote(
    evidence: list[dict[str, Any]], said: bool, why: str
) -> None:
    report, _ = read(judged(verdict("c1", verdict="refuted", evidence=evidence)))
    (record,) = report.claims
    assert record.said is said
    assert record.why.startswith(why)


@pytest.mark.parametrize("name", ["c1", "CLAIM c1", "C1", "1", " c1.", "claim 1:", "c01"])
def test_a_verdict_finds_its_claim_however_it_names_it(name: str) -> None:
    def answering(call: Any) -> Any:
        if call.stage == "verify":
            return answer(verdicts=[verdict(name), verdict("c2", verdict="refuted")])
        return answer(claim(), claim(**ZERO))

    report, _ = read(answering, reading=ONCE)
    # In the order of the lines, so that c1 is the one that stands first.
    assert [r.verdict.value for r in report.claims] == ["confirmed", "refuted"]


def test_one_claim_and_one_verdict_belong_together() -> None:
    report, _ = read(judged(verdict("the claim about best")))
    assert [f.verdict for f in report.findings] == [VerdictKind.CONFIRMED]


def test_a_verdict_on_no_claim_of_several_judges_none() -> None:
    def answering(call: Any) -> Any:
        if call.stage == "verify":
            return answer(verdicts=[verdict("both of them")])
        return answer(claim(), claim(**ZERO))

    report, _ = read(answering, reading=ONCE)
    assert all("said nothing of it" in record.why for record in report.claims)


def test_two_things_of_one_pass_are_both_judged_and_both_said() -> None:
    """Over HTTP: same function, same category, three lines apart."""
    head = HEAD.replace(
        "        self.bids.insert(price, qty);\n",
        "        self.bids.insert(price, qty);\n"
        "        self.filled += qty;\n        self.open -= qty;\n        self.filled += qty;\n",
    )
    zero = claim(**{**ZERO, "title": "Zero level stays in the book"})
    twice = claim(line=12, quote="self.filled += qty;", title="Filled counted twice over ten")
    with over_http(
        {"answer": {"envelope": {**EMPTY, "findings": [zero, twice]}}},
        {
            "match": {"contains": "CLAIM c2"},
            "answer": {"envelope": {**EMPTY, "verdicts": [verdict("c1"), verdict("c2")]}},
        },
    ) as door:
        report = read_change(material_of({BOOK_PATH: (BASE, head)}), ONCE, door)
    assert [(f.line, f.title) for f in report.findings] == [
        (9, "Zero level stays in the book"),
        (12, "Filled counted twice over ten"),
    ]


def test_claims_that_go_no_further_are_kept_with_the_reason() -> None:
    def answering(call: Any) -> Any:
        if call.stage == "verify":
            return answer(verdicts=[verdict("c1")])
        if "order 2" in call.unit:
            return answer(claim(line=14, quote="    }", title="`best` gives the worst bids"))
        return answer(claim(), claim(path="src/fees.rs"), claim(quote="self.asks.clear();"))

    report, _ = read(answering)
    assert [(r.id, r.stage, r.said, r.why) for r in report.claims] == [
        ("c1", "verify", True, "confirmed by a second reader"),
        ("c1.1", "merge", False, "c1 says the same"),
        ("p1", "place", False, "the change does not touch its file"),
        ("p2", "place", False, "the line that it quotes is not there"),
    ]
    assert report.claims[2].finding.path == "src/fees.rs"
    assert report.remarks == ("2 claims of the model could not be placed on a line.",)


def test_an_answer_that_nobody_can_read_is_asked_for_once_more_and_told_what_is_wrong() -> None:
    with over_http(
        {"answer": {"text": "I found that `best` gives the worst bid.", "raw": True}},
        {"answer": {"envelope": {**EMPTY, "findings": [claim()]}}},
        {
            "match": {"contains": "CLAIM c1"},
            "answer": {"envelope": {**EMPTY, "verdicts": [verdict("c1")]}},
        },
    ) as door:
        report = read_change(book_material(), ONCE, door)
    assert [call.stage for call in door.calls] == ["find", "find", "verify"]
    first, second = (call.request for call in door.calls[:2])
    assert second.user[:-1] == first.user
    assert "could not be read: the answer: Invalid JSON" in second.user[-1].text
    assert "worst bid" not in second.user[-1].text
    assert '"required": ["path", "side", "line"' in second.user[-1].text
    assert [finding.line for finding in report.findings] == [13]


def test_it_is_asked_for_once_more_and_not_for_ever() -> None:
    report, door = read(lambda _call: answer(text="Nothing to say."), reading=ONCE)
    assert len(door.calls) == 2
    assert report.not_reviewed == ((BOOK_PATH, "the model's answer could not be understood"),)


def test_what_could_not_be_read_of_an_answer_is_counted() -> None:
    def answering(call: Any) -> Any:
        if call.stage == "verify":
            return answer(verdicts=[verdict("c1")])
        return answer(claim(severity="Critical"), claim(quote=None))

    report, _ = read(answering, reading=ONCE)
    assert len(report.findings) == 1
    assert "1 claim of the model could not be read, and so not judged." in report.remarks


def test_where_nobody_says_what_a_change_is_for_no_block_says_so() -> None:
    _, spoken = read(lambda _call: answer(), reading=ONCE)
    _, silent = read(lambda _call: answer(), reading=ONCE, pull=PullText("", " "))
    asked = [door.calls[0].request for door in (spoken, silent)]
    assert len(asked[0].user) - len(asked[1].user) == 1
    assert "Title:" in str(asked[0].user)
    assert "Title:" not in str(asked[1].user)
