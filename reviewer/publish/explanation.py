"""What a comment says beside its finding, where the maintainers want findings explained."""

from __future__ import annotations

from reviewer.detect.catalogue import rule_named
from reviewer.finding import Finding
from reviewer.publish.defang import fenced


def explanation(finding: Finding) -> str:
    """A fold with the rule's reason and how to write it instead; empty for what no rule found."""
    kind, _, identifier = finding.source.partition(":")
    rule = rule_named(identifier) if kind == "rule" else None
    if rule is None:
        return ""
    parts = [
        f"<details><summary>More on rule {rule.id}</summary>",
        rule.why,
        "Instead:",
        fenced(rule.counter_example.strip(), "rust"),
        f"Meant so here? `// reviewer: allow({rule.id}) the reason` above the line silences it.",
        "</details>",
    ]
    return "\n\n".join(parts)
