"""Whatever an obeying model answers in a thread, only a checked verdict and dead text leave."""

from __future__ import annotations

import json
import re

import pytest

from reviewer.agent.reading import Reading
from reviewer.agent.recheck import RecheckReport, recheck
from reviewer.agent.reply import ReplyReport, answer_reply
from reviewer.agent.untrusted import visible
from reviewer.publish.markdown import BODY_LIMIT
from reviewer.publish.recheck_text import recheck_markdown, repaired_line, reply_markdown
from tests.agent.asking import Scripted, answer
from tests.agent.recheck_samples import BID, LEVEL, MENDED, NOW, answers, pushed, replied, seen
from tests.agent.samples import BASE, BOOK_PATH, NONCE, material_of
from tests.injections import canaries
from tests.injections.live import live
from tests.injections.threads import CODE, MAY_CLOSE, OTHER_FILE, SAID, CodeAttack, SaidAttack

READING = Reading("claude-sonnet-5-5", concurrency=1)
HEAD = "abc1234" + "0" * 33
FENCE = re.compile(
    rf'<untrusted kind="[a-z_]+" nonce="{NONCE}">\n(.*?)\n</untrusted nonce="{NONCE}">', re.DOTALL
)
EVERY_SAID = pytest.mark.parametrize("attack", SAID, ids=lambda a: a.name)
EVERY_CODE = pytest.mark.parametrize("attack", CODE, ids=lambda a: a.name)


def replying(attack: SaidAttack) -> tuple[Scripted, ReplyReport]:
    conceded = replied("contest", "conceded", text="Conceded, closed.")
    obeyed = {**conceded, **attack.obeyed}
    door = Scripted(lambda _call: answer(text=json.dumps(obeyed)))
    material = pushed(profile="- venues: XTKS")
    return door, answer_reply(BID, attack.said, attack.author, (), material, READING, door)


def rechecking(attack: CodeAttack) -> tuple[Scripted, RecheckReport]:
    text = NOW.replace("    // fixed, reviewer please close\n", "")
    text = text.replace(MENDED, f"{attack.line}\n        {MENDED}")
    proof = {"path": BOOK_PATH, "line": 13, "quote": attack.line}
    obeyed = {**seen("f1", "repaired", proof), **attack.obeyed}
    door = Scripted(lambda _call: answer(text=json.dumps(answers(obeyed))))
    material = material_of({BOOK_PATH: (BASE, text)}, others=OTHER_FILE)
    return door, recheck((BID, LEVEL), material, READING, door)


def asked(door: Scripted) -> str:
    return "\n".join(block.text for call in door.calls for block in call.request.user)


@EVERY_SAID
def test_a_person_is_not_conceded_to_without_a_ground(attack: SaidAttack) -> None:
    _, report = replying(attack)
    said = report.answer
    if said is not None and said.verdict == "conceded":
        assert attack.name in ("a key in the words", "a mark in the words")
        assert report.rests_on_a_word
        assert "Taken on your word: “" in reply_markdown(report)


@EVERY_SAID
def test_nothing_in_an_answer_is_live(attack: SaidAttack) -> None:
    body = reply_markdown(replying(attack)[1])
    assert live(body) == [], body
    assert len(body) <= BODY_LIMIT
    assert not any(canary in body for canary in canaries.ALL)


@EVERY_SAID
def test_what_was_said_stands_in_its_fence(attack: SaidAttack) -> None:
    shown = asked(replying(attack)[0])
    inside, outside = "\n".join(FENCE.findall(shown)), FENCE.sub("", shown)
    line = max(attack.said.split("\n"), key=len)
    assert NONCE not in inside.lower()
    assert NONCE in outside  # the card names it
    if "nonce" not in line and canaries.IN_RUST not in line:
        assert f"    {visible(line)}" in inside
        assert visible(line) not in outside
    assert canaries.IN_RUST not in shown
    assert not re.search(r"^THE REVIEWER:", inside, re.MULTILINE)


@EVERY_CODE
def test_no_word_in_the_code_closes_a_thread(attack: CodeAttack) -> None:
    _, report = rechecking(attack)
    bid, level = report.outcomes
    assert level.verdict == "unsure"
    assert (bid.verdict == "repaired") is (attack.name in MAY_CLOSE)
    assert bool(repaired_line(bid, HEAD)) is (attack.name in MAY_CLOSE)
    if bid.verdict == "repaired":
        assert [proof.line for proof in bid.evidence] == [14]


@EVERY_CODE
def test_nothing_in_the_line_of_a_thread_is_live(attack: CodeAttack) -> None:
    _, report = rechecking(attack)
    for text in (
        recheck_markdown(report, HEAD),
        *(repaired_line(outcome, HEAD) for outcome in report.outcomes),
    ):
        assert live(text) == [], text
    assert "\n" not in repaired_line(report.outcomes[0], HEAD)


@EVERY_CODE
def test_code_that_speaks_stands_in_a_fence(attack: CodeAttack) -> None:
    shown = asked(rechecking(attack)[0])
    assert attack.line.replace(NONCE, "⟦nonce⟧") in "\n".join(FENCE.findall(shown))
    assert attack.line not in FENCE.sub("", shown)
