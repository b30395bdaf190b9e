"""All rules and hint rules, found by the names of their modules.

A new rule is one new module `rule_<idea>.py` here that holds a `RULE`; hint rules stand by family
in modules `hint_<family>.py` that hold `HINTS`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import reviewer.detect
from reviewer.detect.hint_rule import HintRule
from reviewer.detect.rule import Rule

_WHAT_A_HINT_IS = "hint_rule"


def _modules(prefix: str) -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(reviewer.detect.__path__):
        if module.name.startswith(prefix) and module.name != _WHAT_A_HINT_IS:
            yield import_module(f"{reviewer.detect.__name__}.{module.name}")


RULES: tuple[Rule, ...] = tuple(
    sorted((module.RULE for module in _modules("rule_")), key=lambda rule: rule.id)
)
HINTS: tuple[HintRule, ...] = tuple(
    sorted((hint for module in _modules("hint_") for hint in module.HINTS), key=lambda h: h.id)
)
