"""People who say something in a thread of ours that holds no command."""

from __future__ import annotations

from typing import Any

from tests.agent.recheck_samples import replied
from tests.support.stage import WRONG_BID
from tests.support.talk import Said, Talk

RUNNING = "self.bids.insert(price, qty);"
PROOF = {
    "path": "src/order_book.rs",
    "line": next(n for n, row in enumerate(WRONG_BID.splitlines(), 1) if RUNNING in row),
    "quote": RUNNING,
}


def weighed(
    words: str, kind: str, verdict: str = "unsure", *, behind: str = "", **fields: Any
) -> dict[str, Any]:
    """The script's entry for a reply that begins with these words, with others before it."""
    return {
        "match": {"contains": [f"the reply to answer:\n    {words}", behind]},
        "answer": {"envelope": replied(kind, verdict, **fields)},
    }


def hears(talk: Talk, said: Said) -> list[str]:
    """What the App answers, once it is through with the comment."""
    talk.app.wait_for_log(f"#{talk.number}: comment {said.id} by ")
    return talk.answers(said)


def tells(talk: Talk, first: int, words: str, author: str) -> list[str]:
    """Say it in a thread; what the App answers. Plain words are never reacted to."""
    said = talk.reply(first, words, author)
    answers = hears(talk, said)
    assert talk.reactions(said) == []
    return answers
