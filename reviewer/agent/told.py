"""A finding as a reader is told of it who has to judge, explain or mend it."""

from __future__ import annotations

from reviewer.agent.untrusted import visible, visible_name
from reviewer.finding import Finding
from reviewer.pull.diff import Side


def told_finding(finding: Finding) -> str:
    """Its place, its words and the lines it rests on: neither how sure anybody was of it, nor how
    severe it is said to be."""
    mark = "R" if finding.side is Side.RIGHT else "L"
    first = finding.start_line or finding.line
    where = f"{mark}{finding.line}" if first == finding.line else f"{mark}{first}-{finding.line}"
    rows = [
        f"place: {visible_name(finding.path)} {where}",
        f"line: {finding.quote.strip()}",
        f"title: {finding.title}",
        f"scenario: {finding.scenario}",
    ]
    rows += [
        f"evidence: {visible_name(proof.path)}:{proof.line} {proof.quote.strip()}"
        for proof in finding.evidence
    ]
    if finding.assumption:
        rows.append(f"assumption: {finding.assumption}")
    return visible("\n".join(rows))
