"""Configurations that are right, and such that are wrong in one place."""

from __future__ import annotations

from reviewer.policy.parse import parse_policy
from reviewer.policy.policy import Policy
from reviewer.policy.problem import Problem

GOOD = (
    "",
    "# nothing yet\n",
    "---\n",
    "enabled: off",
    "enabled: false\ndrafts: on",
    "base_branches: [main, 'release/**']",
    "labels: {skip: [wip], force: []}",
    "paths:\n  - {glob: src/**, rooms: [risk, order_book]}\n  - {glob: gen/, rooms: ignore}",
    "paths: [{glob: 'a[!b]?', guidance: look here}]",
    "profile: {latency_target: 10us p99, overflow_checks: true}",
    "profile: {maxima: {price: 1_000_000, quantity: 5}, numeric_types: {price: i64 ticks}}",
    "profile: {hot_functions: ['Book::apply_*', 'crate::a::**', 'r?n']}",
    "profile:\n  notes: |\n    two\n    lines\n",
    "gate: important",
    "gate: 'off'\nseverity_floor: critical\ncaps: {important: 0, suggestion: 50}",
    "budgets: {pull_usd: 0, repo_day_usd: 12.5}",
    "rules: {off: [{id: A16, reason: our own macro}]}",
    "commands: {prefix: /trading-, who: {fix: maintain, help: read}}",
    "dismissal: {second_person_paths: [src/risk/**]}",
    "tone: explained\nagent: .github/agents/reviewer.md",
)

BAD = (
    "[]",
    "text",
    "7",
    "enabld: on",
    "enabled: yes",
    "enabled: 1",
    "enabled:",
    "base_branches: main",
    "base_branches: [1]",
    "base_branches: ['']",
    "labels: [wip]",
    "labels: {skip: [" + "x" * 51 + "]}",
    "paths: {glob: a, rooms: none}",
    "paths: [{glob: a}]",
    "paths: [{rooms: none}]",
    "paths: [{glob: a, rooms: []}]",
    "paths: [{glob: a, rooms: risk}]",
    "paths: [{glob: a, rooms: [book]}]",
    "paths: [{glob: a, guidance: " + "x" * 1001 + "}]",
    "paths: [{glob: " + "x" * 257 + ", rooms: none}]",
    "paths: [" + "{glob: a, rooms: none}, " * 201 + "]",
    "profile: {latency: 1us}",
    "profile: {latency_target: 10}",
    'profile: {latency_target: "two\\nlines"}',
    "profile: {venues: [x, {y: z}]}",
    "profile: {overflow_checks: on}",
    "profile: {maxima: {price: 0}}",
    "profile: {maxima: {price: -1}}",
    "profile: {maxima: {price: 1.5}}",
    "profile: {maxima: {price: many}}",
    "profile: {numeric_types: {price: 64}}",
    "profile: {numeric_types: {price: 'i64  \\n'}}".replace("'", '"'),
    "gate: high",
    "gate: suggestion",
    "gate: null",
    "severity_floor: off",
    "caps: {critical: 3}",
    "caps: {important: 51}",
    "caps: {important: '3'}",
    "caps: {important: true}",
    "caps: {suggestion: 1.5}",
    "budgets: {pull_usd: -1}",
    "budgets: {pull_usd: '3'}",
    "budgets: {pull_usd: .inf}",
    "rules: {off: [{id: A16}]}",
    "rules: {off: [{id: A16, reason: ''}]}",
    "rules: {off: [{id: A99, reason: x}]}",
    "rules: {off: [{id: H1, reason: x}]}",
    "rules: {off: [{id: a16, reason: x}]}",
    "rules: {off: [A16]}",
    "commands: {prefix: trading}",
    "commands: {prefix: /trading}",
    'commands: {prefix: "/\\n"}',
    "commands: {who: {merge: write}}",
    "commands: {who: {fix: owner}}",
    "agent: /etc/reviewer.md",
    "agent: a/../../b.md",
    "agent: reviewer.txt",
    "tone: rude",
)

ONLY_THE_PARSER = (
    "gate: off\ngate: off",
    "paths: [{glob: '!a', rooms: none}]",
    "paths: [{glob: 'a//b', rooms: none}]",
    "paths: [{glob: '../b', rooms: none}]",
    "paths: [{glob: '[a', rooms: none}]",
    "base_branches: ['{a,b}']",
    "profile: {hot_functions: ['Book<P>::apply']}",
    "profile: {hot_functions: [crate]}",
    "profile: {maxima: {price: 256}, numeric_types: {price: u8 ticks}}",
    'tone: "concise\\u200b"',
    'profile: {notes: "\\u202eabc"}',
    'profile: {notes: "\\x1b[31m"}',
)


def policy(text: str) -> Policy:
    """The configuration of a text that has to be right."""
    parsed = parse_policy(text)
    assert isinstance(parsed, Policy), parsed
    return parsed


def problems(text: str | bytes) -> tuple[Problem, ...]:
    """What is wrong with a text that has to be wrong."""
    parsed = parse_policy(text)
    assert not isinstance(parsed, Policy), text
    assert parsed
    return parsed
