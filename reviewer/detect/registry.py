"""All rules. A new rule is one new module `rule_<idea>.py` here that holds a `RULE`."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import reviewer.detect
from reviewer.detect.rule import Rule

_PREFIX = "rule_"


def _load() -> tuple[Rule, ...]:
    names = [
        module.name
        for module in pkgutil.iter_modules(reviewer.detect.__path__)
        if module.name.startswith(_PREFIX)
    ]
    rules = [import_module(f"{reviewer.detect.__name__}.{name}").RULE for name in names]
    return tuple(sorted(rules, key=lambda rule: rule.id))


RULES: tuple[Rule, ...] = _load()
