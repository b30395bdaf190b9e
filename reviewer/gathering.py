"""All evidence about a change, gathered from the rules, the hints, the facts and the team's CI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reviewer.detect.ci_report import CiResult, ci_hints
from reviewer.detect.hidden_text import detect_hidden_text
from reviewer.detect.run import detect
from reviewer.detect.secrets import secrets
from reviewer.evidence import EvidenceReport
from reviewer.facts.change import Change
from reviewer.facts.gather import gather_facts
from reviewer.policy.effect import profile_of, without_rules
from reviewer.policy.policy import Policy
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
    found = (
        *detect(files, scope),
        *detect_hidden_text(code.diff.files, scope),
        *secrets(code.diff.files, scope),
        *(finding for fact in facts for finding in fact.findings),
    )
    said, notes = without_rules(found, policy)
    return EvidenceReport(
        findings=said,
        hints=(
            *(hint for fact in facts for hint in fact.hints),
            *ci_hints(ci_results, code.diff.files),
        ),
        facts=facts,
        notes=notes,
    )
