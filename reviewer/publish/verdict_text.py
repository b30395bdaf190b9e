"""What the check run says of a review: its title, the reason of the verdict, and its summary."""

from __future__ import annotations

from collections.abc import Mapping

from reviewer.finding import Severity
from reviewer.publish.defang import code, one_line
from reviewer.publish.fact_text import facts_markdown
from reviewer.publish.markdown import (
    counted,
    coverage_text,
    fitted,
    plural,
    remarks,
    source,
    title,
)
from reviewer.publish.placement import Placed
from reviewer.publish.plan import Conclusion, PublicationPlan

_LISTED = 20


def check_title(plan: PublicationPlan) -> str:
    """One line for the list of checks."""
    reason = _reason(plan).rstrip(".") if _reason_leads(plan) else ""
    said = reason or _found(plan)
    said = said.replace("`", "")  # GitHub shows a title as it is, without markdown
    if not plan.trusted:
        said = f"configuration not used; {said[:1].lower()}{said[1:]}"
    return _upper(said)


def check_summary(plan: PublicationPlan, scope_reasons: Mapping[str, str]) -> str:
    """The check run's text: verdict and its reason, coverage, why which file was in scope."""
    parts = [f"{_upper(_found(plan))}.", _reason(plan)]
    if plan.outside_scope:
        parts.append("Outside trading code, static checks noticed:")
        parts.append("\n".join(_noticed(placed) for placed in plan.outside_scope[:_LISTED]))
    parts.extend(remarks(plan))
    parts.append(facts_markdown(plan.facts, plan.notes))
    parts.append(coverage_text(plan.coverage))
    if scope_reasons:
        rows = [
            f"- {code(path)}: {one_line(reason, 200)}"
            for path, reason in list(scope_reasons.items())[:_LISTED]
        ]
        more = len(scope_reasons) - _LISTED
        if more > 0:
            rows.append(f"- and {plural(more, 'file')} more")
        parts.append("**Scope**\n\n" + "\n".join(rows))
    return fitted(parts, "")


def _reason_leads(plan: PublicationPlan) -> bool:
    """Whether the title tells the reason; it need not where it begins with another."""
    return plan.conclusion is Conclusion.FAILURE or plan.coverage.whole


def _reason(plan: PublicationPlan) -> str:
    """Why the check fails, or is not green beside an open critical finding; else empty."""
    counts = _open_counts(plan)
    if plan.conclusion is Conclusion.FAILURE and plan.gate is not None:
        gate = plan.gate
        held = {s: count for s, count in counts.items() if s.rank <= gate.rank}
        return f"Fails: {_are_open(held)} and the gate is {code(gate.value)}."
    if plan.conclusion is Conclusion.NEUTRAL and counts[Severity.CRITICAL]:
        critical = {Severity.CRITICAL: counts[Severity.CRITICAL]}
        return f"Neutral: {_are_open(critical)} and the gate is `off`."
    return ""


def _are_open(counts: Mapping[Severity, int]) -> str:
    one = sum(counts.values()) == 1
    return f"{counted(counts)} {'finding is' if one else 'findings are'} open"


def _found(plan: PublicationPlan) -> str:
    coverage = plan.coverage
    if coverage.files_in_scope == 0 and not coverage.not_reviewed and not coverage.missed:
        return "No order-book, risk or market-data code in this change"
    found = _counted(plan)
    if coverage.model is None:
        return f"Static checks only: {found}"
    if not coverage.whole:
        return f"Not all of it reviewed: {found}"
    return found


def _counted(plan: PublicationPlan) -> str:
    counts = _open_counts(plan)
    settled = {
        "fixed": sum(plan.tally.fixed.values()),
        "let go": sum(plan.tally.dismissed.values()),
    }
    if any(counts.values()) or not any(settled.values()):
        return counted(counts)
    return f"nothing open ({', '.join(f'{n} {how}' for how, n in settled.items() if n)})"


def _open_counts(plan: PublicationPlan) -> dict[Severity, int]:
    new, stand = plan.counts(), plan.tally.open
    return {s: new[s] + stand.get(s, 0) + plan.cut.get(s, 0) for s in Severity}


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _noticed(placed: Placed) -> str:
    finding = placed.finding
    return f"- {code(f'{finding.path}:{finding.line}')} {title(finding)} ({source(finding)})"
