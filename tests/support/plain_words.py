"""People who say something in a thread of ours that holds no command."""

from __future__ import annotations

from typing import Any

from tests.agent.recheck_samples import replied
from tests.support.app import wait_for
from tests.support.stage import REPO, WRONG_BID
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


def hears(talk: Talk, said: Said, author: str, times: int = 1) -> list[str]:
    """What the App answers, once it is through with so many replies of this person."""
    ended = f" by {author} on {REPO}#{talk.number}: "
    wait_for(lambda: talk.app.log().count(ended) >= times, f"the end of {said}", talk.app.log)
    return talk.answers(said)


def tells(talk: Talk, first: int, words: str, author: str) -> list[str]:
    """Say it in a thread; what the App answers. Plain words are never reacted to."""
    before = talk.app.log().count(f" by {author} on {REPO}#{talk.number}: ")
    said = talk.reply(first, words, author)
    answers = hears(talk, said, author, before + 1)
    assert talk.reactions(said) == []
    return answers
