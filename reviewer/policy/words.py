"""What the maintainers say of their system, as the agent is told it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewer.policy.policy import Policy

_MOST_PATHS = 40


EXPLAINED = "explained: each step of the events is told, also to whoever is new to trading systems"


def profile_words(policy: Policy, paths: Iterable[str]) -> str:
    """The profile and the guidance for these files, a line each; empty if nothing is said."""
    rows = [*_system(policy), *_guidance(policy, paths)]
    return "\n".join(rows)


def _system(policy: Policy) -> Iterator[str]:
    said = policy.profile
    types, largest = said.numeric_types, said.maxima
    facts = (
        ("latency target", said.latency_target),
        ("throughput", said.throughput),
        ("venues", ", ".join(said.venues)),
        ("protocols", ", ".join(said.protocols)),
        ("type of a price", types.price),
        ("type of a quantity", types.quantity),
        ("type of a notional", types.notional),
        ("largest price", largest.price),
        ("largest quantity", largest.quantity),
        ("largest notional", largest.notional),
        ("overflow checks in release", _yes_no(said.overflow_checks)),
        ("on the hot path", ", ".join(said.hot_functions)),
        ("send orders", ", ".join(said.order_sending_functions)),
        ("move balances", ", ".join(said.balance_functions)),
        ("check before sending", ", ".join(said.check_functions)),
        ("enums of statuses", ", ".join(said.status_enums)),
        ("regulation", ", ".join(said.regulation)),
        ("notes", said.notes),
        ("tone of findings", EXPLAINED if policy.tone == "explained" else None),
    )
    return (f"- {name}: {value}" for name, value in facts if value not in (None, ""))


def _guidance(policy: Policy, paths: Iterable[str]) -> Iterator[str]:
    by_words: dict[str, list[str]] = {}
    for path in paths:
        for words in policy.guidance_for(path):
            by_words.setdefault(words, []).append(path)
    for words, files in by_words.items():
        named = ", ".join(files[:_MOST_PATHS])
        yield f"- for {named}: {words}"


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else ("on" if value else "off")


def target_words(policy: Policy) -> str:
    """How fast the system has to be and what it has to take, a line each; empty if unknown."""
    said = policy.profile
    facts = (("latency target", said.latency_target), ("throughput", said.throughput))
    return "\n".join(f"- {name}: {value}" for name, value in facts if value)
