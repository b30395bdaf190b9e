"""What a policy answers, and which of several holds."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reviewer.finding import Severity
from reviewer.policy.merge import HostLimits, overlaid, within
from reviewer.policy.policy import Policy
from reviewer.scope.rooms import Room
from tests.policy.samples import GOOD, policy

PATHS = policy("""\
paths:
  - {glob: src/**, rooms: [risk, order_book], guidance: All of it is hot.}
  - {glob: src/gen/, rooms: ignore}
  - {glob: src/gen/kept.rs, rooms: none, guidance: Written by hand.}
""")


def test_the_last_entry_with_rooms_decides() -> None:
    assert PATHS.rooms_for("src/a.rs") == (Room.ORDER_BOOK, Room.RISK)
    assert PATHS.rooms_for("src/gen/a.rs") is None
    assert PATHS.ignored("src/gen/a.rs")
    assert PATHS.rooms_for("src/gen/kept.rs") == ()
    assert not PATHS.ignored("src/gen/kept.rs")
    assert PATHS.rooms_for("benches/a.rs") is None
    assert not PATHS.ignored("benches/a.rs")


def test_all_guidance_that_matches_is_given_in_order() -> None:
    assert PATHS.guidance_for("src/gen/kept.rs") == ("All of it is hot.", "Written by hand.")
    assert PATHS.guidance_for("README.md") == ()


def test_the_profile_names_functions() -> None:
    said = policy('profile: {hot_functions: ["Book::apply_*", "crate::feed::**"]}')
    assert said.is_hot("impl Book::apply_delta", "src/book.rs")
    assert not said.is_hot("impl Book::new", "src/book.rs")
    assert said.is_hot("decode", "core/src/feed/itch.rs")
    assert not said.is_hot("decode", "core/src/replay/feed.rs")


def test_a_repository_takes_one_rule_back_that_its_owner_turned_off() -> None:
    owner = policy("rules: {off: [{id: A16, reason: all of us}, {id: D5, reason: all of us}]}")
    both = overlaid(owner, policy("rules: {on: [{id: A16, reason: no macro here}]}"))
    assert both.rule_off("A16") is None
    assert both.rule_off("D5") is not None


def test_a_rule_that_is_off_gives_its_reason() -> None:
    said = policy("rules: {off: [{id: A16, reason: our macro}]}")
    off = said.rule_off("A16")
    assert off is not None
    assert off.reason == "our macro"
    assert said.rule_off("D5") is None


def test_labels_and_branches_and_gate() -> None:
    said = policy("""\
labels: {skip: [WIP], force: [review]}
base_branches: [main, release/*]
gate: important
dismissal: {second_person_paths: [src/risk/**]}
""")
    assert said.label_says(["wip"]) == "skip"
    assert said.label_says(["wip", "Review"]) == "force"
    assert said.label_says(["bug"]) is None
    assert said.reviews_branch("release/2")
    assert not said.reviews_branch("feature/main")
    assert said.gate_severity is Severity.IMPORTANT
    assert said.needs_second_person("src/risk/limits.rs")
    assert not said.needs_second_person("src/book.rs")


def test_a_policy_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        PATHS.gate = "off"


@pytest.mark.parametrize("text", GOOD)
def test_a_policy_survives_being_stored(text: str) -> None:
    stored = policy(text).model_dump_json(exclude_unset=True)
    back = Policy.model_validate_json(stored)
    assert back == policy(text)
    assert back.model_fields_set == policy(text).model_fields_set


def test_the_repository_is_laid_over_its_organisation_key_by_key() -> None:
    organisation = policy("""\
gate: critical
caps: {important: 3, suggestion: 0}
profile: {venues: [CME, Eurex], maxima: {price: 9}}
rules: {off: [{id: A16, reason: all of us}]}
""")
    repository = policy("caps: {suggestion: 4}\nprofile: {venues: [Binance]}\ndrafts: on")
    both = overlaid(organisation, repository)
    assert both.gate == "critical"
    assert (both.caps.important, both.caps.suggestion) == (3, 4)
    assert both.profile.venues == ("Binance",)
    assert both.profile.maxima.price == 9
    assert both.rule_off("A16") is not None
    assert both.drafts
    assert overlaid(organisation, policy("rules: {off: []}")).rule_off("A16") is None
    assert overlaid(organisation, policy("")) == organisation
    assert overlaid(policy(""), repository) == repository


@pytest.mark.parametrize("host", ["off", "critical", "important"])
@pytest.mark.parametrize("asked", ["off", "critical", "important"])
def test_the_gate_can_be_raised_and_not_lowered(host: str, asked: str) -> None:
    limits = HostLimits(host, 5, 25, agent_allowed=False)  # type: ignore[arg-type]
    order = ["off", "critical", "important"]
    held = within(limits, policy(f"gate: {asked}"))
    assert held.gate == order[max(order.index(host), order.index(asked))]


def test_the_lower_budget_holds_and_an_agent_only_if_allowed() -> None:
    said = policy("budgets: {pull_usd: 9, repo_day_usd: 20}\nagent: a.md")
    held = within(HostLimits("off", 5, 25, agent_allowed=False), said)
    assert (held.budgets.pull_usd, held.budgets.repo_day_usd) == (5, 20)
    assert held.agent is None
    assert within(HostLimits("off", 5, 25, agent_allowed=True), said).agent == "a.md"
    default = within(HostLimits("off", 5, 25, agent_allowed=True), policy(""))
    assert (default.budgets.pull_usd, default.budgets.repo_day_usd) == (5, 25)
