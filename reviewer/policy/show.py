"""A configuration as a file that would bring it about, defaults written out."""

from __future__ import annotations

import yaml

from reviewer.policy.policy import Policy


def as_yaml(policy: Policy) -> str:
    """Every key that has a value, in the order of the manual; the parser reads it back."""
    values = policy.model_dump(mode="json", exclude_none=True)
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100)
