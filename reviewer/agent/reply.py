"""A person's reply in the thread of a finding: answered where it asks or contests, else not.

What was said is claimed intent. It can say where to look and what cannot be seen from the code; it
decides nothing by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewer.agent.conversation import VERIFIER, Talk
from reviewer.agent.earlier import Earlier, ThreadTurn, told_earlier, told_thread
from reviewer.agent.earlier_view import EarlierViews
from reviewer.agent.fitting import Expense, heard, put_fitting
from reviewer.agent.material import Material
from reviewer.agent.pack import ReviewUnit
from reviewer.agent.prompt import PROFILE_CHARS, Prompter, fill
from reviewer.agent.proofs import Proofs
from reviewer.agent.question import Form
from reviewer.agent.reading import Reading
from reviewer.agent.reply_answer import (
    REPLY_SCHEMA,
    ReplyKind,
    ReplyVerdict,
    no_half_reply,
    parse_reply,
)
from reviewer.agent.reply_check import CheckedReply, check_reply
from reviewer.agent.report import Stopped
from reviewer.agent.request import Ask, ModelRequest
from reviewer.agent.tools import TOOL_SPECS, Toolbox
from reviewer.agent.untrusted import fence

STAGE = "reply"
MAX_TOKENS = 8_000
SHORTER = "The last answer did not fit. Answer anew with half as many words."
REPLY_FORM = Form(parse_reply, no_half_reply, SHORTER)


@dataclass(frozen=True, slots=True)
class ReplyReport:
    """What is said to a person, or why nothing is."""

    about: str
    """`src/book.rs:13`, by the line that it stood on."""
    answer: CheckedReply | None
    absence: str = ""
    """Why there is no answer, as a sentence; empty when there is one."""
    expense: Expense = field(default_factory=Expense)
    stopped: Stopped = ""
    retry_after: float | None = None
    """With `silent`: in how many seconds the model may answer."""

    @property
    def says_nothing(self) -> bool:
        """Whether the reply wanted no answer."""
        return self.answer is not None and self.answer.kind is ReplyKind.NOTHING

    @property
    def verdict(self) -> ReplyVerdict | None:
        """Of a contest that was judged."""
        return self.answer.verdict if self.answer is not None else None

    @property
    def rests_on_a_word(self) -> bool:
        """Whether it is conceded on nothing but what the person says."""
        said = self.answer
        if said is None or said.verdict is not ReplyVerdict.CONCEDED:
            return False
        return not said.evidence and not said.profile_line


def answer_reply(
    earlier: Earlier,
    said: str,
    author: str,
    earlier_turns: tuple[ThreadTurn, ...],
    material: Material,
    reading: Reading,
    ask: Ask,
) -> ReplyReport:
    """The answer to what `author` said in the thread of a finding.

    Raises Transient when the store of answers is away.
    """
    asking = _Asking(earlier, said, author, earlier_turns, material, reading)
    talk = Talk(STAGE, _about(earlier))
    toolbox = Toolbox(material.head, material.base, material.nonce)
    came = heard(
        lambda: put_fitting(
            REPLY_FORM, ask, asking.unit, asking.request, VERIFIER, reading, toolbox, talk
        )
    )
    answer: CheckedReply | None = None
    if came.answer is not None:
        profile = material.profile.strip()[:PROFILE_CHARS]
        answer = check_reply(came.answer, said, author, earlier_turns, profile, Proofs(material))
    return ReplyReport(
        about=_about(earlier),
        answer=answer,
        absence="" if answer is not None else f"There is no answer: {came.problem}.",
        expense=Expense.of([talk], reading),
        stopped=came.stopped,
        retry_after=came.retry_after,
    )


def opening_of_reply(
    earlier: Earlier,
    said: str,
    author: str,
    earlier_turns: tuple[ThreadTurn, ...],
    material: Material,
    reading: Reading,
) -> tuple[str, ModelRequest]:
    """The first request as it would be sent, with its name."""
    asking = _Asking(earlier, said, author, earlier_turns, material, reading)
    return _about(earlier), asking.request(asking.unit)


class _Asking:
    """The requests of one answer."""

    def __init__(
        self,
        earlier: Earlier,
        said: str,
        author: str,
        turns: tuple[ThreadTurn, ...],
        material: Material,
        reading: Reading,
    ) -> None:
        views = EarlierViews(material)
        self.unit = views.unit(views.sections(earlier))
        self._prompter = Prompter(material, reading, TOOL_SPECS)
        self._text = fill(
            "tasks/reply.md",
            claim=fence("claim", told_earlier(earlier), material.nonce),
            thread=fence("thread", told_thread(said, author, turns), material.nonce),
        )

    def request(self, unit: ReviewUnit | None, *, minimal: bool = False) -> ModelRequest:
        """The request about a unit."""
        return self._prompter.task(
            unit, self._text, MAX_TOKENS, minimal=minimal, schema=REPLY_SCHEMA
        )


def _about(earlier: Earlier) -> str:
    return f"{earlier.path}:{earlier.line}"
