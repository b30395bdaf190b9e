"""What a configuration does to the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from reviewer.facts.change import Profile
from reviewer.finding import Finding
from reviewer.policy.policy import Policy
from reviewer.pull.texts import Code


def profile_of(policy: Policy) -> Profile:
    """What the facts need to know of the system."""
    said = policy.profile
    return Profile(
        is_hot=policy.is_hot,
        order_sending=said.order_sending_functions,
        balance_moving=said.balance_functions,
        checks=said.check_functions,
        status_enums=said.status_enums,
        max_price=said.maxima.price,
        max_quantity=said.maxima.quantity,
        max_notional=said.maxima.notional,
        overflow_checks=said.overflow_checks,
    )


def readable(code: Code, policy: Policy) -> Code:
    """The change without the files that are not to be reviewed, for the agent."""
    kept = tuple(file for file in code.diff.files if not policy.ignored(file.path))
    return replace(code, diff=replace(code.diff, files=kept))


def without_rules(
    found: Iterable[Finding], policy: Policy
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """The findings without those of rules that are off, and a sentence on each such rule."""
    kept: list[Finding] = []
    dropped: Counter[str] = Counter()
    for finding in found:
        rule = finding.source.removeprefix("rule:")
        if finding.source.startswith("rule:") and policy.rule_off(rule):
            dropped[rule] += 1
        else:
            kept.append(finding)
    notes = tuple(_note(rule, count, policy) for rule, count in dropped.items())
    return tuple(kept), notes


def _note(rule: str, count: int, policy: Policy) -> str:
    off = policy.rule_off(rule)
    reason = off.reason if off else ""
    places = "1 place" if count == 1 else f"{count} places"
    return f"Rule {rule} fires in {places} and is off in this repository: {reason}"
