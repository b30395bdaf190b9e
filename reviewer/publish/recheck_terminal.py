"""The outcome of a second look, and the answer to a reply, for a terminal."""

from __future__ import annotations

from reviewer.agent.recheck import RecheckReport
from reviewer.agent.reply import ReplyReport
from reviewer.agent.reply_answer import ReplyKind, ReplyVerdict
from reviewer.agent.untrusted import visible_name
from reviewer.finding import Evidence
from reviewer.publish.defang import visible
from reviewer.publish.paint import paint, wrapped
from reviewer.publish.recheck_text import RECHECKED, expense_words

VERDICTS = {
    ReplyVerdict.CONCEDED: "Conceded",
    ReplyVerdict.UPHELD: "Upheld",
    ReplyVerdict.UNSURE: "Not settled",
}
_QUOTE = 300
NOT_FOR_US = "Nothing is said: the reply neither asks nor contests."


def recheck_text(report: RecheckReport, *, colour: bool, width: int) -> str:
    """One part for each finding: what became of it, why, and the lines that show it."""
    parts = []
    for one in report.outcomes:
        head = paint(f"{RECHECKED[one.verdict]}: {one.fingerprint}", colour, bold=True)
        rows = [head, wrapped(visible_name(one.why), width, "  "), *_lines(one.evidence)]
        parts.append("\n".join(filter(None, rows)))
    if report.absence:
        parts.append(wrapped(visible_name(report.absence), width))
    return "\n\n".join([*parts, wrapped(expense_words(report.expense), width)])


def reply_text(report: ReplyReport, *, colour: bool, width: int) -> str:
    """What would be answered, and what it stands on."""
    foot = wrapped(expense_words(report.expense), width)
    answer = report.answer
    if answer is None or answer.kind is ReplyKind.NOTHING:
        why = NOT_FOR_US if answer is not None else visible_name(report.absence)
        return "\n\n".join([wrapped(why, width), foot])
    head = VERDICTS[answer.verdict] if answer.verdict is not None else "Answer"
    parts = [paint(f"{head}: {visible_name(report.about)}", colour, bold=True)]
    parts += [wrapped(row, width) for row in visible(answer.text).split("\n") if row.strip()]
    if answer.profile_line:
        parts.append(wrapped(f"By the profile: {visible_name(answer.profile_line)}", width))
    if answer.on_their_word:
        parts.append(wrapped(f"Taken on your word: {visible_name(answer.on_their_word)}", width))
    if answer.evidence:
        parts.append("\n".join(["Stands on:", *_lines(answer.evidence)]))
    parts += [wrapped(remark, width) for remark in answer.remarks]
    return "\n\n".join([*parts, foot])


def _lines(evidence: tuple[Evidence, ...]) -> list[str]:
    return [
        f"  {visible_name(e.path)}:{e.line}: {visible_name(e.quote[:_QUOTE])}" for e in evidence
    ]
