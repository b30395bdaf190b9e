"""Every rule that can speak, for the people who read about them."""

from __future__ import annotations

from difflib import get_close_matches

from reviewer.detect.hidden_rules import BIDI_RULE, HOMOGLYPH_RULE, ZERO_WIDTH_RULE
from reviewer.detect.registry import HINTS, RULES
from reviewer.detect.rule import Described, Explained
from reviewer.detect.secret_rule import SECRET_RULE
from reviewer.facts.risk_rules import BYPASS_RULE, LOST_CHECK_RULE
from reviewer.facts.units_rules import RANGE_RULE, UNITS_RULE

CATALOGUE: tuple[Explained, ...] = (
    *RULES,
    *(BIDI_RULE, ZERO_WIDTH_RULE, HOMOGLYPH_RULE),
    *(BYPASS_RULE, LOST_CHECK_RULE),
    *(UNITS_RULE, RANGE_RULE, SECRET_RULE),
)
"""The rules that are shown; `HINTS` are those that only the agent hears."""
_BY_ID: dict[str, Described] = {rule.id.lower(): rule for rule in (*CATALOGUE, *HINTS)}


def rule_named(identifier: str) -> Described | None:
    """The rule or hint of this id, in whatever case it is written."""
    return _BY_ID.get(identifier.strip().lower())


def nearest(identifier: str) -> Described:
    """The rule or hint whose id is most like this."""
    close = get_close_matches(identifier.strip().lower(), _BY_ID, n=1, cutoff=0.0)
    return _BY_ID[close[0]]
