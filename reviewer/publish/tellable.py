"""A finding whose words cannot be put into a comment is told without them, never left out."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from reviewer.detect.catalogue import rule_named
from reviewer.looks import Looks
from reviewer.publish.annotations import annotation
from reviewer.publish.markdown import comment_body
from reviewer.publish.placement import Placed
from reviewer.publish.plan import Entry
from reviewer.publish.summary import listed

_TITLE = "A finding whose words cannot be shown"
_SCENARIO = "The words of this finding could not be shown; what it is about stands on this line."


def tellable(placed: Placed, looks: Looks) -> Placed:
    """The finding as it is if it can be told, else in plain words; with its place and identity."""
    finding = placed.finding
    name = f"the telling of {finding.source}"
    return looks.at(name, finding.path, partial(_tried, placed), _plain(placed))


def _tried(placed: Placed) -> Placed:
    entry = Entry("0" * 16, placed, explained=True)
    comment_body(entry)
    listed(entry, {})
    annotation(placed.finding)
    return placed


def _plain(placed: Placed) -> Placed:
    finding = placed.finding
    rule = rule_named(finding.source.removeprefix("rule:"))
    bare = replace(
        finding,
        title=rule.title if rule else _TITLE,
        scenario=_SCENARIO,
        evidence=(),
        replacement=None,
        assumption="",
    )
    return replace(placed, finding=bare)
