"""The one summary of a pull request, edited in place, and the short body of a later review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reviewer.finding import Severity
from reviewer.publish.defang import code, paragraphs
from reviewer.publish.fact_text import facts_markdown
from reviewer.publish.fingerprint import finding_marker, review_marker
from reviewer.publish.markdown import (
    BADGES,
    BODY_LIMIT,
    SCENARIO,
    counted,
    coverage_text,
    fitted,
    marker,
    remarks,
    source,
    title,
)
from reviewer.publish.placement import InSummary
from reviewer.publish.plan import Entry, PublicationPlan
from reviewer.publish.rounds import OpenFinding, Tally
from reviewer.refs import CommitSha


def how_to_talk(prefix: str) -> str:
    """One sentence for the author."""
    return (
        f"Answer in a thread to ask or to contest; `{prefix}dismiss <reason>` there lets a finding "
        f"go, `{prefix}help` lists the commands."
    )


def review_body(
    plan: PublicationPlan,
    head: CommitSha,
    links: Mapping[str, str] | None = None,
    *,
    page: str = "",
    talk: str = "",
) -> str:
    """The summary: findings grouped by severity, each linked where `links` knows it.

    `links` maps fingerprints to the addresses of their comments; `page` is the address of the pull
    request, for the findings of earlier rounds; `talk` tells how to answer.
    """
    parts = [f"**Trading review** of {code(head[:12])}: {_verdict(plan)}."]
    if plan.tally.told:
        parts.append(_table(plan))
    for severity in Severity:
        rows = [listed(e, links or {}) for e in plan.entries if e.severity is severity]
        rows += [_open(one, page) for one in plan.open if one.severity is severity]
        if rows:
            places = sum(e.places for e in plan.entries if e.severity is severity)
            places += sum(1 + one.more for one in plan.open if one.severity is severity)
            parts.append(f"### {BADGES[severity]} {severity.capitalize()} ({places})")
            parts.append("\n".join(rows))
    parts.extend(remarks(plan))
    parts.append(facts_markdown(plan.facts, plan.notes))
    parts.append(coverage_text(plan.coverage))
    parts.append(f"<sub>{talk}</sub>" if talk else "")
    return fitted(parts, _marks(plan, head))


def later_body(plan: PublicationPlan, head: CommitSha, summary_url: str) -> str:
    """What stands over the new comments of a later round."""
    counts = counted(plan.counts())
    said = f"**{counts}** in {code(head[:12])}; the [summary]({summary_url}) has all."
    return f"{said}\n\n{review_marker(head, plan.round, says=plan.says)}"


def told_in_body(plan: PublicationPlan) -> tuple[tuple[str, str], ...]:
    """Fingerprint and words of each finding that no comment carries, to be told again."""
    said = [(e.fingerprint, listed(e, {})) for e in plan.entries if _in_body(e)]
    return (*said, *((one.fingerprint, one.told) for one in plan.open if one.told))


def _verdict(plan: PublicationPlan) -> str:
    counts, hidden = plan.counts(), sum(plan.cut.values())
    more = f"{hidden} not shown" if hidden else ""
    if not plan.tally.told:
        return ", ".join(filter(None, (counted(counts), more)))
    new = sum(counts.values())
    left = sum(plan.tally.open.values())
    parts = (f"{new} new" if new else "", f"{left} still open" if left else "", more)
    return ", ".join(filter(None, parts)) or "nothing open"


def _table(plan: PublicationPlan) -> str:
    tally: Tally = plan.tally
    new = plan.counts()
    hidden = any(plan.cut.values())
    names = ["new", "open", *(["not shown"] if hidden else []), "fixed", "dismissed"]
    rows = [f"| | {' | '.join(names)} |", f"|---{'|---:' * len(names)}|"]
    for severity in Severity:
        numbers = [
            new[severity],
            tally.open.get(severity, 0),
            *([plan.cut.get(severity, 0)] if hidden else []),
            tally.fixed.get(severity, 0),
            tally.dismissed.get(severity, 0),
        ]
        if any(numbers):
            cells = " | ".join(map(str, numbers))
            rows.append(f"| {BADGES[severity]} {severity} | {cells} |")
    return "\n".join(rows) if len(rows) > 2 else ""


def _open(one: OpenFinding, page: str) -> str:
    if one.told:
        return one.told
    where = code(f"{one.path}:{one.line}" if one.line else one.path) if one.path else "earlier here"
    link = f"{page}#discussion_r{one.comment_id}" if page and one.comment_id else ""
    row = f"- [{where}]({link}) {one.title}" if link else f"- {where} {one.title}".rstrip()
    if one.more:
        row += f", and {one.more} more in this file"
    return row + _in_spite_of(one)


def _in_spite_of(one: OpenFinding) -> str:
    """Why it is listed though its thread is resolved."""
    if one.not_settled is None:
        return ""
    who = code(one.resolved_by) if one.resolved_by else "somebody unknown"
    return f" (resolved by {who}, {one.not_settled}: it still counts)"


def listed(entry: Entry, links: Mapping[str, str]) -> str:
    """One line of the summary; with its words where no comment carries them."""
    finding = entry.placed.finding
    where = f"{finding.path}:{finding.line}"
    link = links.get(entry.fingerprint)
    line = f"- [{code(where)}]({link}) " if link else f"- {code(where)} "
    line += title(finding)
    if entry.more:
        line += f", and {len(entry.more)} more in this file"
    if _in_body(entry):
        line += "\n  " + paragraphs(finding.scenario, SCENARIO).replace("\n", "\n  ")
        line += f"\n  <sub>{source(finding)}</sub>"
    return line


def _in_body(entry: Entry) -> bool:
    return isinstance(entry.placed.place, InSummary)


def _marks(plan: PublicationPlan, head: CommitSha) -> str:
    """The summary's own mark, behind those of the findings that no comment carries.

    The ledger has them all; should it be lost, those that find room here are known, worst first.
    """
    own = [review_marker(head, plan.round, says=plan.says, summary=True)]
    marks = [(one.severity, finding_marker(one.mark)) for one in plan.open if not one.comment_id]
    marks += [(e.severity, marker(e, head, plan.round)) for e in plan.entries if _in_body(e)]
    marks.sort(key=lambda known: known[0].rank)
    return "\n".join([*_within((mark for _, mark in marks), BODY_LIMIT // 4), *own])


def _within(lines: Iterable[str], room: int) -> list[str]:
    fitting: list[str] = []
    for line in lines:
        if len(line) >= room:
            break
        fitting.append(line)
        room -= len(line) + 1
    return fitting
