"""What is left of an answer to a person once its grounds were looked up."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.agent.earlier import SAID_CHARS, TURN_CHARS, ThreadTurn
from reviewer.agent.proofs import Proofs
from reviewer.agent.quotes import normal
from reviewer.agent.redact import redact
from reviewer.agent.reply_answer import MOST_WORDS, ReplyAnswer, ReplyKind, ReplyVerdict
from reviewer.agent.task_check import NO_QUOTE_FOUND, SOME_NOT_FOUND
from reviewer.finding import Evidence

NOT_SETTLED = (
    "What would settle this could not be found in the code, so the finding stays as it is."
)
_FEWEST_WORDS = 3
"""Of a statement that is taken on a person's word."""
_SHORTEST_LINE = 8
"""Characters of a line of the profile that is a ground."""


@dataclass(frozen=True, slots=True)
class CheckedReply:
    """An answer whose grounds are there."""

    kind: ReplyKind
    verdict: ReplyVerdict | None
    """Of a contest; None for the other kinds."""
    text: str
    evidence: tuple[Evidence, ...] = ()
    profile_line: str = ""
    on_their_word: str = ""
    remarks: tuple[str, ...] = ()


def check_reply(
    answer: ReplyAnswer, said: str, author: str, turns: tuple[ThreadTurn, ...], profile: str,
    proofs: Proofs,
) -> CheckedReply:  # fmt: skip
    """A verdict without its ground is `unsure`, and its words are not said either."""
    if answer.kind is ReplyKind.NOTHING:
        return CheckedReply(answer.kind, None, "")
    text = _at_most(MOST_WORDS, redact(answer.text.strip()))
    if answer.kind is ReplyKind.QUESTION:
        there = proofs.there(answer.evidence)
        return CheckedReply(answer.kind, None, text, there, remarks=_missing(answer, len(there)))
    if answer.verdict is ReplyVerdict.UNSURE:
        there = proofs.there(answer.evidence)
        return CheckedReply(answer.kind, answer.verdict, text, there)
    lines = proofs.running(answer.evidence)
    if answer.verdict is ReplyVerdict.UPHELD:
        if lines:
            return CheckedReply(answer.kind, answer.verdict, text, lines)
        return CheckedReply(answer.kind, ReplyVerdict.UNSURE, NOT_SETTLED)
    row = _profile_line(answer.profile_line, profile)
    word = _their_word(answer.their_words, said, author, turns)
    if not (lines or row or word):
        return CheckedReply(answer.kind, ReplyVerdict.UNSURE, NOT_SETTLED)
    return CheckedReply(answer.kind, answer.verdict, text, lines, row, word)


def _missing(answer: ReplyAnswer, found: int) -> tuple[str, ...]:
    if answer.evidence and not found:
        return (NO_QUOTE_FOUND,)
    wanted = len({(q.path, q.quote.strip()) for q in answer.evidence})
    return (SOME_NOT_FOUND,) if found < wanted else ()


def _profile_line(quoted: str, profile: str) -> str:
    """The line of the profile that is meant; empty if there is none."""
    wanted = normal(quoted).removeprefix("- ")
    if len(wanted) < _SHORTEST_LINE:
        return ""
    rows = (normal(row).removeprefix("- ") for row in profile.split("\n"))
    return next((row for row in rows if wanted in row), "")


def _their_word(quoted: str, said: str, author: str, turns: tuple[ThreadTurn, ...]) -> str:
    """The statement, if this very person made it; what they quote of others is not theirs."""
    wanted = normal(quoted).strip(" \"'`“”")
    if len(wanted.split()) < _FEWEST_WORDS:
        return ""
    own = [turn.text[:TURN_CHARS] for turn in turns if turn.author == author and not turn.ours]
    for text in (said[:SAID_CHARS], *own):
        rows = (row for row in text.split("\n") if not row.lstrip().startswith(">"))
        if wanted.casefold() in normal("\n".join(rows)).casefold():
            return redact(wanted)
    return ""


def _at_most(words: int, text: str) -> str:
    """The text with its paragraphs, cut behind so many words."""
    if len(text.split()) <= words:
        return text
    kept: list[str] = []
    for line in text.split("\n"):
        row = line.split()[:words]
        words -= len(row)
        kept.append(" ".join(row))
        if words <= 0:
            break
    return "\n".join(kept).rstrip() + " …"
