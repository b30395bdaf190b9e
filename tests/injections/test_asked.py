"""What a stranger wrote stands in fences that it cannot close, and nowhere else in a request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache

import pytest

from reviewer.agent.conversation import ANSWER_NOW, EXHAUSTED, LEFT
from reviewer.agent.envelope import ENVELOPE_SCHEMA
from reviewer.agent.prompt import fill
from reviewer.agent.question import ANEW
from reviewer.agent.redact import hide_secrets
from reviewer.agent.request import Call, ModelRequest
from reviewer.agent.untrusted import visible
from tests.agent.samples import NONCE
from tests.injections.attack import Attack, Where
from tests.injections.corpus import ATTACKS
from tests.injections.desk import reviewed

EVERY = pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: a.name)
FENCE = re.compile(
    rf'<untrusted kind="[a-z_]+" nonce="{NONCE}">\n(.*?)\n</untrusted nonce="{NONCE}">', re.DOTALL
)
HIDDEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
COUNTED = LEFT.format("[0-9]+")
OURS = re.compile(
    rf"there is no tool '[^\n]*'; there are [a-z_, ]+|{EXHAUSTED}|{ANSWER_NOW}|{COUNTED}"
)
FACTS = re.compile(
    r"No fact about the whole change was counted\.\n*|"
    r"Counted by simple rules over the whole change, to be confirmed or refuted:\n*"
)
"""Both sentences are the App's: a change may have facts or none."""
MISTAKE = r"[a-z0-9_. ]{1,40}: [A-Z][A-Za-z0-9 ,:]{1,80} \(\d+ mistakes in \d+ characters\)"
FORM = fill("tasks/json.md", schema=json.dumps(ENVELOPE_SCHEMA, sort_keys=True))
NOT_READ = re.compile(
    r"\n" + MISTAKE.join(map(re.escape, ANEW.split("{}"))) + re.escape(f"\n\n{FORM}")
)
"""So is what is wrong with an answer: a place in the form, in none of the answer's words."""
NOT_SHOWN = {Where.COMMIT, Where.HEAD_FILE, Where.MANIFEST}


@cache
def _calls_about(name: str) -> tuple[Call, ...]:
    return tuple(reviewed(*(a for a in ATTACKS if a.name == name)).model.calls)


def calls_of(attack: Attack | None) -> tuple[Call, ...]:
    """All that the model is asked about a pull request with this attack, or with none."""
    return _calls_about(attack.name if attack else "")


def opening(request: ModelRequest) -> str:
    """The first message."""
    return "\n".join(block.text for block in request.user)


def results(request: ModelRequest) -> Iterator[str]:
    """Each text that went back after the first message."""
    for turn in request.turns:
        if turn.role == "user":
            for block in turn.content:
                yield block["text"] if block["type"] == "text" else block["content"][0]["text"]


def outside(text: str) -> str:
    """The text without what is fenced; the nonce of a fence stands in no fence's content."""
    assert all(NONCE not in inside.lower() for inside in FENCE.findall(text))
    return NOT_READ.sub("", FACTS.sub("", FENCE.sub("", text)))


def as_shown(attack: Attack) -> str:
    """The longest line of the attack, as a model may see it."""
    line = max(attack.text.split("\n"), key=len)
    text = visible(hide_secrets([line])[0])
    return text.replace("{nonce}", "⟦nonce⟧").replace("{NONCE}", "⟦nonce⟧").strip()


@EVERY
def test_all_but_the_fenced_is_that_of_a_harmless_pull_request(attack: Attack) -> None:
    harmless = calls_of(None)
    first = harmless[0].request
    asked_so = {outside(opening(c.request)) for c in harmless if c.stage == "find"}
    judged_so = {outside(opening(c.request)) for c in harmless if c.stage == "verify"}
    for call in calls_of(attack):
        assert (call.request.system, call.request.tools) == (first.system, first.tools)
        known = asked_so if call.stage == "find" else judged_so
        assert outside(opening(call.request)) in known


@EVERY
def test_the_attack_is_seen_and_stands_in_a_fence(attack: Attack) -> None:
    openings = [opening(call.request) for call in calls_of(attack)]
    inside = "\n".join(part for text in openings for part in FENCE.findall(text))
    assert (as_shown(attack) in inside) is (attack.where not in NOT_SHOWN)


@EVERY
def test_nothing_in_a_request_is_hidden_from_a_human_reader(attack: Attack) -> None:
    for call in calls_of(attack):
        for text in (opening(call.request), *results(call.request)):
            assert not HIDDEN.search(text)


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a.obeyed.tools], ids=lambda a: a.name)
def test_what_a_tool_gives_is_fenced(attack: Attack) -> None:
    given = [text for call in calls_of(attack) for text in results(call.request)]
    assert given
    for text in given:
        assert not OURS.sub("", outside(text)), text


def test_a_claim_reaches_the_second_reader_in_a_fence() -> None:
    attack = next(a for a in ATTACKS if a.name == "a claim of its own for the second reader")
    judged = [opening(c.request) for c in calls_of(attack) if c.stage == "verify"]
    assert judged
    for text in judged:
        assert "CLAIM c8" in "".join(FENCE.findall(text))
        assert "CLAIM" not in outside(text)
