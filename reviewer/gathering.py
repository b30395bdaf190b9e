"""All evidence about a change, gathered from the rules, the hints, the facts and the team's CI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reviewer.agent.redact import hide_secrets
from reviewer.detect.ci_report import CiResult, ci_hints
from reviewer.detect.confirm import confirmed
from reviewer.detect.hidden_text import detect_hidden_text
from reviewer.detect.hints import hints
from reviewer.detect.run import examine
from reviewer.detect.secrets import secrets
from reviewer.detect.silence import heard, told
from reviewer.evidence import EvidenceReport
from reviewer.facts.change import Change
from reviewer.facts.gather import gather_facts
from reviewer.finding import Finding
from reviewer.policy.effect import profile_of, without_rules
from reviewer.policy.policy import POLICY_PATH, Policy
from reviewer.policy.problem import shown
from reviewer.pull.base import repository_before
from reviewer.pull.texts import Code
from reviewer.rust.file import RustFile
from reviewer.rust.repository import Repository
from reviewer.scope.rooms import Scope


def gather(
    code: Code,
    trees: Mapping[str, RustFile],
    head: Repository,
    scope: Scope,
    policy: Policy,
    ci_results: Iterable[CiResult],
) -> EvidenceReport:
    """What is known without a model. `trees` are the changed Rust files, `head` is all of them."""
    files = [
        (file, trees[file.path])
        for file in code.diff.files
        if file.path in trees and not policy.ignored(file.path)
    ]
    base = repository_before(code.diff, head)
    facts = gather_facts(Change(code.diff, base, head, scope, profile_of(policy)))
    examined = examine(files, scope)
    loud, silenced = heard(
        (f for fact in facts for f in fact.findings),
        {diff.path: (diff, file) for diff, file in files},
    )
    examined = confirmed(examined, head.index)
    found = (
        *examined.findings,
        *detect_hidden_text(code.diff.files, scope),
        *secrets(code.diff.files, scope),
        *loud,
    )
    said, off = without_rules(map(_without_secrets, found), policy)
    hinted, once = hints(files)
    return EvidenceReport(
        findings=said,
        hints=(
            *(hint for fact in facts for hint in fact.hints),
            *(hint for hint in hinted if not policy.rule_off(hint.source.removeprefix("hint:"))),
            *ci_hints(ci_results, code.diff.files),
        ),
        facts=facts,
        notes=(*_of_itself(code, policy), *off, *told((*examined.silenced, *silenced)), *once),
    )


def _of_itself(code: Code, policy: Policy) -> tuple[str, ...]:
    """What a change to its own review is told: the base's file counts."""
    ruling = [POLICY_PATH, *([policy.agent] if policy.agent is not None else [])]
    touched = {path for file in code.diff.files for path in (file.path, file.old_path)}
    return tuple(
        f"This change changes {shown(path)}; it is reviewed under the one of its base."
        for path in ruling
        if path in touched
    )


def _without_secrets(finding: Finding) -> Finding:
    """The finding with every secret in the lines that it quotes hidden."""
    (quote,) = hide_secrets([finding.quote])
    evidence = tuple(
        replace(proof, quote=shown)
        for proof in finding.evidence
        for shown in hide_secrets([proof.quote])
    )
    fix = finding.replacement
    if fix is not None and hide_secrets(fix) != list(fix):
        fix = None
    return replace(finding, quote=quote, evidence=evidence, replacement=fix)
