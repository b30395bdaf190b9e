"""Every sentence that this App posts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from reviewer.finding import Finding, Severity, VerdictKind
from reviewer.publish.coverage import Coverage
from reviewer.publish.defang import (
    code,
    fenced,
    is_inert,
    one_line,
    paragraphs,
)
from reviewer.publish.explanation import explanation
from reviewer.publish.fingerprint import finding_marker, mark_of
from reviewer.publish.further_places import further_places
from reviewer.publish.let_go_before import LetGoBefore, worst_first
from reviewer.publish.money import cost
from reviewer.publish.placement import Inline, Placed
from reviewer.publish.plan import Entry, PublicationPlan
from reviewer.pull.diff import Side
from reviewer.refs import CommitSha

BODY_LIMIT = 65_536
"""Characters that GitHub takes in a body."""
BADGES = {Severity.CRITICAL: "🔴", Severity.IMPORTANT: "🟠", Severity.SUGGESTION: "🔵"}
CHECK_NAME = "trading review"
NO_MODEL = "No model has read this code: these are static checks alone. Silence is not approval."

MODEL_SILENT = (
    "The model did not answer, so no model has read this code: these are static checks alone. "
    "A new push asks it again."
)
MODEL_REFUSED = (
    "The model API refused the question, so no model has read this code: these are static checks "
    "alone. The operator finds the reason in the log."
)
OVER_BUDGET = (
    "The model budget is spent, so no model has read this code: these are static checks alone."
)

_TITLE = 120
SCENARIO = 1200
_LISTED = 20
_POINTS = 5


def absence_of(stopped: str) -> str:
    """Why no model has read the code, by what ended the reading."""
    known = {"silent": MODEL_SILENT, "refused": MODEL_REFUSED, "over budget": OVER_BUDGET}
    return known.get(stopped, NO_MODEL)


def comment_body(entry: Entry, head: CommitSha | None = None, round_number: int = 0) -> str:
    """An inline or file comment: badge, title, scenario, evidence, fix, source, marker."""
    finding = entry.placed.finding
    parts = [f"{BADGES[finding.severity]} **{finding.severity}** · {title(finding)}"]
    about = _about_line(entry.placed)
    if about is not None:
        parts.append(f"About line {about}, which this diff does not show:")
        parts.append(code(finding.quote))
    parts.append(paragraphs(finding.scenario, SCENARIO))
    if entry.answers:
        parts.append(f"It came in with the answer to [an earlier finding]({entry.answers}).")
    if entry.more:
        parts.append(further_places([line for _, line in entry.more]))
    if finding.verdict is VerdictKind.PLAUSIBLE and finding.assumption:
        parts.append(f"Is it so here? It holds if: {one_line(finding.assumption, 400)}")
    elif finding.unjudged:
        parts.append("Is it so here? No second reader has judged it.")
    elif finding.verdict is VerdictKind.PLAUSIBLE:
        parts.append("Is it so here? A second reading could neither confirm nor refute it.")
    if finding.evidence:
        parts.append(
            "\n".join(
                f"- {code(f'{evidence.path}:{evidence.line}')} {code(evidence.quote)}"
                for evidence in finding.evidence
            )
        )
    fix = finding.replacement
    if fix is not None and _replaces_its_range(entry.placed) and is_inert(fix):
        parts.append(_suggestion(fix))
    if entry.explained:
        parts.append(explanation(finding))
    parts.append(f"<sub>{source(finding)}</sub>")
    parts.append(marker(entry, head, round_number))
    return "\n\n".join(part for part in parts if part)


def let_go_words(ending: str) -> tuple[str, str]:
    """Title and text of a check run whose review was not finished."""
    why = one_line(ending, 80)
    return f"Not reviewed: {ending}", f"This head was not reviewed to its end: {why}."


def waiting_words(until: float) -> tuple[str, str]:
    """Title and text of the check run of a review that the model asked to come back later."""
    at = f"{datetime.fromtimestamp(until, UTC):%H:%M:%S} UTC"
    return (
        f"Waits for the model until {at}",
        f"The model API asked us to come back later. The review goes on by itself at {at}; what "
        "was read so far is kept.",
    )


def failed_title() -> str:
    """A review that could not be made."""
    return "This head could not be reviewed"


def failed_summary(identifier: str) -> str:
    """One calm sentence and the id by which the operator finds the whole story."""
    return (
        "The review of this head ended with an error on our side, so nothing is said about the "
        f"code. The operator finds the reason in the log under {code(identifier)}; "
        "a new push starts a new review."
    )


def coverage_text(coverage: Coverage) -> str:
    """What was looked at, what was not, and what it cost."""
    read = (
        f"{plural(coverage.files_in_scope, 'file')} of trading code among "
        f"{plural(coverage.files_changed, 'changed file')}, "
        f"{plural(coverage.lines_added, 'added line')}"
    )
    if coverage.files_in_scope == 0:
        by = "Nothing was reviewed."
    elif coverage.model is None:
        by = coverage.model_absence or NO_MODEL
    else:
        by = f"Read by {code(coverage.model)}{_costs(coverage)}."
    parts = [f"<sub>{read}. {by}</sub>"]
    if coverage.not_reviewed:
        rows = [
            f"- {code(path)}: {one_line(reason, 160)}"
            for path, reason in coverage.not_reviewed[:_LISTED]
        ]
        more = len(coverage.not_reviewed) - _LISTED
        if more > 0:
            rows.append(f"- and {more} more")
        parts.append("**Not reviewed**\n\n" + "\n".join(rows))
    if coverage.missed:
        rows = [f"- {one.told(code(one.path))}" for one in coverage.missed[:_LISTED]]
        more = len(coverage.missed) - _LISTED
        if more > 0:
            rows.append(f"- and {more} more")
        parts.append("**Not looked at**\n\n" + "\n".join(rows))
    if coverage.not_judged:
        rows = [f"- {one_line(point, 200)}" for point in coverage.not_judged[:_POINTS]]
        parts.append("**Could not be judged from the change alone**\n\n" + "\n".join(rows))
    if coverage.questions:
        rows = [f"- {one_line(question, 200)}" for question in coverage.questions[:_POINTS]]
        parts.append("**Questions to the author**\n\n" + "\n".join(rows))
    parts.extend(f"<sub>{one_line(remark, 200)}</sub>" for remark in coverage.remarks)
    return "\n\n".join(parts)


def _costs(coverage: Coverage) -> str:
    now = cost(coverage.cost_usd)
    if not coverage.spent_before_usd:
        return f", {now}"
    total = cost(coverage.cost_usd + coverage.spent_before_usd)
    said = f"; this round {now}, all reviews {total}"
    # Between two dollar signs GitHub would see a formula.
    return said.replace("$", "\\$") if said.count("$") > 1 else said


def marker(entry: Entry, head: CommitSha | None, round_number: int = 0) -> str:
    """The hidden mark of an entry."""
    also = tuple(fingerprint for fingerprint, _ in entry.more)
    mark = mark_of(
        entry.placed.finding, entry.fingerprint, head=head, round_number=round_number, also=also
    )
    return finding_marker(mark)


def _replaces_its_range(placed: Placed) -> bool:
    """GitHub replaces the lines that the comment stands on, so they must be all that is meant."""
    place, finding = placed.place, placed.finding
    return (
        isinstance(place, Inline)
        and place.about_line is None
        and place.side is Side.RIGHT
        and place.start_line == finding.start_line
    )


def _about_line(placed: Placed) -> int | None:
    return placed.place.about_line


def remarks(plan: PublicationPlan) -> list[str]:
    """Sentences on what is not listed."""
    below = {s: n for s, n in plan.cut.items() if n and s.rank > plan.floor.rank}
    capped = {s: n for s, n in plan.cut.items() if n and s not in below}
    said = []
    if capped:
        said.append(f"Not shown, to keep this short: {counted(capped)}.")
    if below:
        floor = code(plan.floor.value)
        said.append(f"Below this repository's floor ({floor}): {counted(below)}.")
    if plan.let_go:
        said.append(_let_go(plan.let_go))
    return said


def _let_go(let_go: Sequence[LetGoBefore]) -> str:
    """A list, folded when there are several."""
    rows = [_let_go_row(one) for one in worst_first(let_go)]
    if len(rows) == 1:
        return f"Not raised, for people let the same go before: {rows[0]}."
    more = len(rows) - _LISTED
    listed = [f"- {row}" for row in rows[:_LISTED]] + ([f"- and {more} more"] if more > 0 else [])
    head = f"{len(rows)} findings are not raised: people let the same go before"
    return "\n".join([f"<details><summary>{head}</summary>", "", *listed, "", "</details>"])


def _let_go_row(one: LetGoBefore) -> str:
    finding = one.finding
    place = code(f"{finding.path}:{finding.line}")
    return f"{BADGES[finding.severity]} {place}, let go by {code(one.person)} in #{one.number}"


def title(finding: Finding) -> str:
    """One defanged line."""
    return one_line(finding.title, _TITLE)


def source(finding: Finding) -> str:
    """Who says it, and how sure."""
    kind, _, rule = finding.source.partition(":")
    if kind == "rule":
        return f"static rule {rule}"
    if finding.verdict is VerdictKind.CONFIRMED:
        return "read by the model, confirmed by a second reading, not run"
    return "read by the model, not proved"


def _suggestion(lines: tuple[str, ...]) -> str:
    return fenced("\n".join(lines), "suggestion")


def counted(counts: Mapping[Severity, int]) -> str:
    """`1 critical, 2 important`."""
    named = [f"{counts[s]} {s}" for s in Severity if counts.get(s)]
    return ", ".join(named) if named else "nothing found"


def plural(count: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def fitted(parts: Iterable[str], marker: str) -> str:
    """The parts as one body within GitHub's limit, the marker whole at its end."""
    text = "\n\n".join(part for part in parts if part)
    room = BODY_LIMIT - len(marker) - 40
    if len(text) > room:
        text = text[:room].rsplit("\n", 1)[0] + "\n\n(cut at GitHub's limit)"
    return f"{text}\n\n{marker}".rstrip()
