"""The evidence as a whole: what is said, what is kept for the agent, and what is only noted."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.evidence import EvidenceReport
from reviewer.gathering import gather
from reviewer.policy.parse import parse_policy
from reviewer.policy.policy import Policy
from reviewer.pull.parse import parse_diff
from reviewer.pull.texts import Code
from reviewer.rust.repository import Repository
from reviewer.scope.classify import classify
from tests.support.git_repo import GitRepo

BASE = "fn on_fill(raw: &str) {}\n"
PARSED = "    let price: f64 = raw.parse().unwrap_or(0.0);\n"


@pytest.fixture
def evidence(tmp_path: Path):  # type: ignore[no-untyped-def]
    def gathered(
        body: str, policy: str = "", path: str = "src/fills.rs", elsewhere: str = ""
    ) -> EvidenceReport:
        repo = GitRepo(tmp_path / "repo")
        head_text = f"fn on_fill(raw: &str) {{\n{body}}}\n"
        base = repo.commit({path: BASE})
        diff = parse_diff(repo.diff(base, repo.commit({path: head_text})))
        head = Repository({path: head_text, "src/elsewhere.rs": elsewhere}, {})
        tree = head.file(path)
        assert tree is not None
        scope = classify([(f, head_text, tree) for f in diff.files])
        held = parse_policy(policy)
        assert isinstance(held, Policy), held
        return gather(Code(diff, {path: head_text}), {path: tree}, head, scope, held, ())

    return gathered


def sources(report: EvidenceReport) -> list[str]:
    return [finding.source for finding in report.findings]


def test_a_rule_speaks(evidence) -> None:  # type: ignore[no-untyped-def]
    assert sources(evidence(PARSED)) == ["rule:A16"]


def test_a_rule_is_silent_where_another_file_proves_it_wrong(evidence) -> None:  # type: ignore[no-untyped-def]
    cancel = "    let _ = book.cancel_order(1);\n"
    assert sources(evidence(cancel)) == ["rule:B4"]
    defined = "impl Book { pub fn cancel_order(&mut self, id: u64) -> bool { true } }\n"
    assert sources(evidence(cancel, elsewhere=defined)) == []


def test_a_rule_that_is_off_is_counted_with_its_reason(evidence) -> None:  # type: ignore[no-untyped-def]
    report = evidence(PARSED, "rules: {off: [{id: A16, reason: our macro checks it}]}")
    assert sources(report) == []
    assert report.notes[0] == (
        "Rule A16 fires in 1 place and is off in this repository: our macro checks it"
    )


@pytest.mark.parametrize(
    ("globs", "told"),
    [
        ("[]", []),
        ("[step]", ["rule:D2b"]),
        ("['crate::fills::*']", ["rule:D2b"]),
        ("['crate::feed::*']", []),
    ],
)
def test_what_the_configuration_calls_hot_is_hot_for_the_rules(evidence, globs, told) -> None:  # type: ignore[no-untyped-def]
    unnamed = '}\nfn step(px: u64) {\n    println!("{px}");\n'
    assert sources(evidence(unnamed, f"profile: {{hot_functions: {globs}}}")) == told


def test_an_ignored_file_is_left_alone_but_for_hidden_text_and_secrets(evidence) -> None:  # type: ignore[no-untyped-def]
    ignored = "paths: [{glob: 'src/**', rooms: ignore}]"
    key = "AKIA" + "Q3EXB4LK7ZTR5VWY"
    report = evidence(f'{PARSED}    let k = "{key}"; // \u202e\n', ignored)
    assert sorted(sources(report)) == ["rule:H1", "rule:S1"]
    assert key not in str(report)


def test_a_change_that_silences_a_rule_on_itself_is_named(evidence) -> None:  # type: ignore[no-untyped-def]
    report = evidence(f"    // reviewer: allow(A16) empty means market\n{PARSED}")
    assert sources(report) == []
    assert report.notes == ("silenced by this change: A16 at src/fills.rs:3 (empty means market)",)


def test_the_same_words_silence_what_a_fact_proves(evidence) -> None:  # type: ignore[no-untyped-def]
    unlike = "    let late = recv_ns - sent_ms;\n"
    code = f"    let recv_ns = 1u64;\n    let sent_ms = 1u64;\n{unlike}"
    assert sources(evidence(code)) == ["rule:U1"]


def test_hints_are_for_the_agent_alone(evidence) -> None:  # type: ignore[no-untyped-def]
    report = evidence("    let s = raw.to_string();\n    self.last[raw.instrument] = raw.price;\n")
    assert sources(report) == []
    assert "hint:B3" in {hint.source for hint in report.hints}
    off = evidence(
        "    self.last[raw.instrument] = raw.price;\n", "rules: {off: [{id: B3, reason: checked}]}"
    )
    assert "hint:B3" not in {hint.source for hint in off.hints}
