"""What the rest of the repository says against findings of rules that read one file."""

from __future__ import annotations

from dataclasses import replace

from reviewer.detect.registry import RULES
from reviewer.detect.run import Detected
from reviewer.finding import Finding
from reviewer.rust.repository import Repository

_ASK = {f"rule:{rule.id}": rule.stands for rule in RULES if rule.stands is not None}


def confirmed(detected: Detected, repository: Repository) -> Detected:
    """The findings that still stand when the other files have been asked."""
    return replace(detected, findings=[f for f in detected.findings if _stands(f, repository)])


def _stands(finding: Finding, repository: Repository) -> bool:
    ask = _ASK.get(finding.source)
    return ask is None or ask(finding, repository)
