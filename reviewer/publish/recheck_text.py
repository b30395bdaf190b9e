"""What is said in the thread of an earlier finding: repaired, or the answer to a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from reviewer.agent.fitting import Expense
from reviewer.agent.recheck import Rechecked, RecheckReport
from reviewer.agent.recheck_answer import WHY_CHARS, RecheckVerdict
from reviewer.agent.reply import ReplyReport
from reviewer.agent.reply_answer import ReplyVerdict
from reviewer.agent.reply_check import CheckedReply
from reviewer.finding import Evidence
from reviewer.publish.defang import code, one_line, paragraphs
from reviewer.publish.markdown import BODY_LIMIT
from reviewer.publish.money import who_answered

VERDICTS: Mapping[ReplyVerdict, str] = MappingProxyType(
    {
        ReplyVerdict.CONCEDED: "You are right",
        ReplyVerdict.UPHELD: "It still stands",
        ReplyVerdict.UNSURE: "Not settled",
    }
)
RECHECKED: Mapping[RecheckVerdict, str] = MappingProxyType(
    {
        RecheckVerdict.REPAIRED: "Repaired",
        RecheckVerdict.STANDS: "Still there",
        RecheckVerdict.UNSURE: "Unsure",
    }
)
_SHA = 7
_TEXT = 2_000
_QUOTE = 300
_REMARK = 300
_LINE = 600


def repaired_line(outcome: Rechecked, head: str) -> str:
    """The one line for a thread that is resolved: in which commit, why, and where to look.

    Empty where the finding is not repaired, so that nothing else can close a thread.
    """
    if outcome.verdict is not RecheckVerdict.REPAIRED or not outcome.evidence:
        return ""
    return _outcome_line(f"Repaired in {code(head[:_SHA])}", outcome)


def recheck_markdown(report: RecheckReport, head: str) -> str:
    """Every outcome on a line of its own, to be looked at before anything is posted."""
    rows = []
    for outcome in report.outcomes:
        told = repaired_line(outcome, head) or _outcome_line(RECHECKED[outcome.verdict], outcome)
        rows.append(f"- {code(outcome.fingerprint[:16])} {told}")
    absence = one_line(report.absence, _REMARK)
    return _joined(["\n".join(rows), absence, _paid(report.expense, answered=bool(rows))])


def reply_markdown(report: ReplyReport, *, closing: tuple[str, ...] = (), marker: str = "") -> str:
    """The comment; empty where nothing is to be said.

    `closing` are sentences that say what follows from it; `marker` stands hidden at its end.
    """
    answer = report.answer
    if answer is None:
        return _joined([one_line(report.absence, _REMARK), _foot(report), marker])
    if report.says_nothing:
        return ""
    head = f"**{VERDICTS[answer.verdict]}.**" if answer.verdict is not None else ""
    parts = [
        head,
        paragraphs(answer.text, _TEXT),
        *_grounds(answer),
        _listed(answer.evidence),
        *(_small(remark) for remark in answer.remarks),
        *closing,
        _foot(report),
        marker,
    ]
    text = _joined(parts)
    if len(text) <= BODY_LIMIT:
        return text
    # Code in it may be all backticks: the words are worth more than the lines they stand on.
    return _joined([head, paragraphs(answer.text, _TEXT), *closing, _foot(report), marker])


def expense_words(
    expense: Expense, *, answered: bool = True, shown: Callable[[str], str] = str
) -> str:
    """Who answered, for how much."""
    return who_answered(
        expense.model, expense.cost_usd, expense.looked_up, answered=answered, shown=shown
    )


def _outcome_line(head: str, outcome: Rechecked) -> str:
    why = one_line(outcome.why, WHY_CHARS)
    places = ", ".join(_place(proof) for proof in outcome.evidence[:2])
    return "".join([head, f": {why}" if why else ".", f" ({places})" if places else ""])


def _grounds(answer: CheckedReply) -> list[str]:
    rows = []
    if answer.profile_line:
        rows.append(f"By what this repository says of itself: {code(answer.profile_line[:_LINE])}")
    if answer.on_their_word:
        rows.append(f"Taken on your word: “{one_line(answer.on_their_word, _LINE)}”")
    return rows


def _listed(evidence: tuple[Evidence, ...]) -> str:
    return "\n".join(f"- {_place(proof)} {code(proof.quote[:_QUOTE])}" for proof in evidence)


def _place(proof: Evidence) -> str:
    return code(f"{proof.path}:{proof.line}")


def _foot(report: ReplyReport) -> str:
    return _paid(report.expense, answered=report.answer is not None)


def _paid(expense: Expense, *, answered: bool) -> str:
    said = expense_words(expense, answered=answered, shown=code).replace("$", "\\$")
    return f"<sub>{said}</sub>"


def _small(text: str) -> str:
    return f"<sub>{one_line(text, _REMARK)}</sub>"


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part)
