"""All evidence about a change, gathered from the rules, the hints, the facts and the team's CI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from reviewer.agent.redact import hide_secrets
from reviewer.detect.ci_report import CiResult, ci_hints
from reviewer.detect.confirm import confirmed
from reviewer.detect.hidden_text import detect_hidden_text
from reviewer.detect.hint_rule import HintRule
from reviewer.detect.hints import hints
from reviewer.detect.registry import HINTS, RULES
from reviewer.detect.rule import Rule
from reviewer.detect.run import examine
from reviewer.detect.secrets import secrets
from reviewer.detect.silence import heard, told
from reviewer.evidence import EvidenceReport
from reviewer.facts.change import Change
from reviewer.facts.fact import Fact
from reviewer.facts.gather import FACT_LOOKS, FactLook, gather_facts
from reviewer.finding import Finding
from reviewer.looks import Looks
from reviewer.policy.effect import profile_of, without_rules
from reviewer.policy.policy import POLICY_PATH, Policy
from reviewer.policy.problem import shown
from reviewer.pull.base import repository_before
from reviewer.pull.texts import Code
from reviewer.rust.file import RustFile
from reviewer.rust.repository import Repository
from reviewer.scope.rooms import Scope


@dataclass(frozen=True, slots=True)
class Searched:
    """All that a change is searched for, but for hidden text and secrets."""

    rules: tuple[Rule, ...] = RULES
    hints: tuple[HintRule, ...] = HINTS
    facts: tuple[FactLook, ...] = FACT_LOOKS


EVERYTHING = Searched()


def gather(
    code: Code,
    trees: Mapping[str, RustFile],
    head: Repository,
    scope: Scope,
    policy: Policy,
    ci_results: Iterable[CiResult],
    searched: Searched = EVERYTHING,
) -> EvidenceReport:
    """What is known without a model. `trees` are the changed Rust files, `head` is all of them.

    Each look is on its own; those that could not be made stand in `missed`.
    """
    looks = Looks()
    files = [
        (file, trees[file.path])
        for file in code.diff.files
        if file.path in trees and not policy.ignored(file.path)
    ]
    for _, tree in files:
        tree.configured_hot = _hot_lines(tree, policy)
    see_facts = partial(_facts, code, head, scope, policy, looks, searched.facts)
    facts = looks.at("facts", "", see_facts, ())
    examined = examine(files, scope, looks, searched.rules)
    loud, silenced = heard(
        (f for fact in facts for f in fact.findings),
        {diff.path: (diff, file) for diff, file in files},
    )
    ask_others = partial(confirmed, examined, head)
    examined = looks.at("what other files say of the findings", "", ask_others, examined)
    found = (
        *examined.findings,
        *detect_hidden_text(code.diff.files, scope, looks),
        *secrets(code.diff.files, scope, looks),
        *loud,
    )
    shown = (looks.at(f.source, f.path, partial(_without_secrets, f), None) for f in found)
    said, off = without_rules((f for f in shown if f is not None), policy)
    hinted, once = hints(files, looks, searched.hints)
    ci = looks.at("CI reports", "", lambda: ci_hints(ci_results, code.diff.files), ())
    return EvidenceReport(
        findings=said,
        hints=(
            *(hint for fact in facts for hint in fact.hints),
            *(hint for hint in hinted if not policy.rule_off(hint.source.removeprefix("hint:"))),
            *ci,
        ),
        facts=facts,
        notes=(*_of_itself(code, policy), *off, *told((*examined.silenced, *silenced)), *once),
        missed=looks.missed,
    )


def _facts(
    code: Code,
    head: Repository,
    scope: Scope,
    policy: Policy,
    looks: Looks,
    kinds: tuple[FactLook, ...],
) -> tuple[Fact, ...]:
    base = repository_before(code.diff, head)
    facts = gather_facts(Change(code.diff, base, head, scope, profile_of(policy)), looks, kinds)
    for path, error in {**base.unindexed, **head.unindexed}.items():
        looks.note("index", path, error)
    return facts


def _hot_lines(tree: RustFile, policy: Policy) -> frozenset[int]:
    if not policy.profile.hot_functions:
        return frozenset()
    functions = (item for item in tree.items if item.kind == "fn")
    return frozenset(f.start for f in functions if policy.is_hot(f.name_path, tree.path))


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
