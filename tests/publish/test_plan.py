"""What is said, what is left unsaid, and what the check run concludes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer.finding import Finding, Severity
from reviewer.publish.coverage import Coverage
from reviewer.publish.placement import Inline, Placed
from reviewer.publish.plan import NOTHING_EARLIER, Conclusion, PublicationPlan, make_plan
from reviewer.publish.rounds import Tally
from reviewer.pull.diff import Side
from tests.support.findings import a_finding

READ = Coverage(
    files_changed=3, rust_files=2, files_in_scope=2, lines_added=60, model="claude-sonnet-5-5"
)
NO_MODEL = replace(READ, model=None, model_absence="No model.")


def placed(finding: Finding) -> Placed:
    return Placed(finding, Inline(finding.path, Side.RIGHT, finding.line))


def plan(
    *findings: Finding,
    coverage: Coverage = READ,
    earlier: Tally = NOTHING_EARLIER,
    gate: Severity | None = None,
) -> PublicationPlan:
    return make_plan([placed(f) for f in findings], coverage, earlier=earlier, gate=gate)


CRITICAL = a_finding()
IMPORTANT = a_finding(severity=Severity.IMPORTANT, line=20, quote="important")
SUGGESTION = a_finding(severity=Severity.SUGGESTION, line=5, quote="suggestion")


def test_the_worst_comes_first() -> None:
    made = plan(SUGGESTION, IMPORTANT, CRITICAL)
    assert [entry.severity for entry in made.entries] == list(Severity)


def test_a_storm_of_suggestions_is_cut_and_counted_but_no_critical_one() -> None:
    many = [
        a_finding(severity=s, line=n, quote=f"{s}{n}", source="model")
        for s in Severity
        for n in range(20)
    ]
    made = plan(*many)
    assert made.counts() == {
        Severity.CRITICAL: 20,
        Severity.IMPORTANT: 8,
        Severity.SUGGESTION: 4,
    }
    assert made.cut == {Severity.IMPORTANT: 12, Severity.SUGGESTION: 16}


def test_what_stands_counts_for_the_gate_and_is_not_said_again() -> None:
    stands = Tally(open={Severity.CRITICAL: 1})
    made = plan(IMPORTANT, earlier=stands, gate=Severity.CRITICAL)
    assert [entry.severity for entry in made.entries] == [Severity.IMPORTANT]
    assert made.conclusion is Conclusion.FAILURE


@pytest.mark.parametrize(
    ("findings", "coverage", "gate", "conclusion"),
    [
        ((), READ, None, Conclusion.SUCCESS),
        ((IMPORTANT,), READ, None, Conclusion.SUCCESS),
        ((CRITICAL,), READ, None, Conclusion.NEUTRAL),
        ((CRITICAL,), READ, Severity.CRITICAL, Conclusion.FAILURE),
        ((IMPORTANT,), READ, Severity.CRITICAL, Conclusion.SUCCESS),
        ((IMPORTANT,), READ, Severity.IMPORTANT, Conclusion.FAILURE),
        ((), NO_MODEL, None, Conclusion.NEUTRAL),
        ((CRITICAL,), NO_MODEL, Severity.CRITICAL, Conclusion.FAILURE),
        ((), replace(READ, not_reviewed=(("src/a.rs", "too large"),)), None, Conclusion.NEUTRAL),
        ((), replace(READ, files_in_scope=0), None, Conclusion.NEUTRAL),
    ],
)
def test_the_check_is_green_only_on_code_that_was_read(
    findings: tuple[Finding, ...],
    coverage: Coverage,
    gate: Severity | None,
    conclusion: Conclusion,
) -> None:
    assert plan(*findings, coverage=coverage, gate=gate).conclusion is conclusion


def rule_hits(count: int, apart: int = 10) -> list[Finding]:
    lines = range(apart, count * apart + 1, apart)
    return [
        a_finding(line=n, quote=f"line {n}", title=f"Part {n} is unfinished", source="rule:B2")
        for n in lines
    ]


def test_a_rule_that_repeats_in_a_file_speaks_three_times_and_names_the_rest() -> None:
    made = plan(*rule_hits(6))
    assert [entry.placed.finding.line for entry in made.entries] == [10, 20, 30]
    assert [line for _, line in made.entries[-1].more] == [40, 50, 60]
    assert made.counts()[Severity.CRITICAL] == 6


def test_places_of_a_rule_that_one_look_takes_in_are_one_comment() -> None:
    fields = rule_hits(4, apart=2)
    far, beside = (replace(fields[0], line=n, quote=f"{n}", title=f"At {n}") for n in (40, 44))
    model = [replace(one, source="model") for one in fields[:2]]
    made = plan(far, *fields, beside)
    assert {e.placed.finding.line: [at for _, at in e.more] for e in made.entries} == {
        2: [4, 6, 8],
        40: [44],
    }
    assert made.counts()[Severity.CRITICAL] == 6
    assert [entry.more for entry in plan(*model).entries] == [(), ()]


def test_suggestions_of_a_rule_in_a_file_are_one_comment_and_no_severer_one_goes_into_it() -> None:
    mild = [replace(one, severity=Severity.SUGGESTION) for one in rule_hits(4)]
    severe = [replace(one, line=one.line + 100) for one in rule_hits(2)]
    made = plan(*mild, *severe)
    said = [(e.severity, e.placed.finding.line, [at for _, at in e.more]) for e in made.entries]
    assert said == [
        (Severity.CRITICAL, 110, []),
        (Severity.CRITICAL, 120, []),
        (Severity.SUGGESTION, 10, [20, 30, 40]),
    ]


def test_what_a_rule_says_in_the_same_words_of_one_item_is_said_once() -> None:
    same = [replace(one, title="A hot function panics") for one in rule_hits(4)]
    elsewhere = replace(same[3], scope_path="impl Book::on_fill")
    milder = replace(same[2], severity=Severity.SUGGESTION)
    other_rule = replace(same[0], source="rule:B3")
    made = plan(same[0], same[1], milder, elsewhere, other_rule)
    said = {
        (e.placed.finding.source, e.placed.finding.line): [line for _, line in e.more]
        for e in made.entries
    }
    assert said == {
        ("rule:B2", 10): [20], ("rule:B2", 30): [], ("rule:B2", 40): [], ("rule:B3", 10): [],
    }  # fmt: skip
    assert plan(*(replace(one, source="model") for one in same[:2])).entries[1].more == ()


def test_outside_trading_code_nothing_is_commented() -> None:
    made = plan(CRITICAL, coverage=replace(READ, files_in_scope=0))
    assert made.entries == ()
    assert [p.finding for p in made.outside_scope] == [CRITICAL]
