"""Every key of the profile reaches those it is written for: the model, and the facts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from reviewer.policy.effect import profile_of
from reviewer.policy.profile import Profile
from reviewer.policy.words import profile_words
from tests.policy.samples import policy

FOR_THE_FACTS = """\
profile:
  maxima: {price: 7, quantity: 8, notional: 9}
  overflow_checks: true
  hot_functions: ["Engine::step"]
  order_sending_functions: ["Link::fire"]
  balance_functions: ["Account::debit"]
  check_functions: ["Gate::vet"]
  status_enums: ["Leg"]
"""


def keys_of(part: type[BaseModel], path: str = "") -> Iterator[tuple[str, str]]:
    """Every key with its example as YAML."""
    for name, field in part.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from keys_of(inner, f"{path}{name}.")
        else:
            assert field.examples, f"{path}{name} has no example"
            yield f"{path}{name}", str(field.examples[0]).replace("True", "true")


@pytest.mark.parametrize(("key", "example"), tuple(keys_of(Profile)))
def test_the_model_is_told(key: str, example: str) -> None:
    outer, _, inner = key.rpartition(".")
    said = f"{outer}: {{{inner}: {example}}}" if outer else f"{inner}: {example}"
    told = profile_words(policy(f"profile: {{{said}}}"), [])
    assert told.startswith("- ")
    assert "\n" not in told


def test_the_facts_are_told() -> None:
    told = profile_of(policy(FOR_THE_FACTS))
    assert told.is_hot("impl Engine::step", "src/engine.rs")
    assert (told.max_price, told.max_quantity, told.max_notional) == (7, 8, 9)
    assert told.overflow_checks is True
    assert told.order_sending == ("Link::fire",)
    assert told.balance_moving == ("Account::debit",)
    assert told.checks == ("Gate::vet",)
    assert told.status_enums == ("Leg",)
