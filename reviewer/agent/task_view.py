"""What a task is shown: the unit with the finding, the whole item, or as much as fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reviewer.agent.context import context_of
from reviewer.agent.material import Material
from reviewer.agent.named_items import NamedItem, named, owner_of
from reviewer.agent.pack import UNIT_TOKENS, ReviewUnit, notes_of
from reviewer.agent.read import packed_units
from reviewer.agent.sections import Section, item_section, lines_section
from reviewer.agent.task import Subject
from reviewer.agent.untrusted import visible_name
from reviewer.finding import Finding
from reviewer.pull.diff import Side

CHANGE_TOKENS = 40_000
"""How much of a change is shown to who asks about it as a whole."""
_AROUND = 60
"""Lines before and after a finding outside all items, in a file that the change leaves alone."""
_MOST_NAMED = 100


def view_of(subject: Subject, material: Material) -> ReviewUnit | None:
    """The code to be shown; None where there is none, in a change without Rust."""
    if subject.finding is not None:
        return _of_finding(subject.finding, material)
    if subject.item is not None:
        return _of_item(subject.item, material)
    return _of_change(material)


def _of_finding(finding: Finding, material: Material) -> ReviewUnit | None:
    units = packed_units(material).units
    path, line = finding.path, finding.line
    if finding.side is Side.RIGHT:
        shown = [unit for unit in units if unit.holds(path, line)]
        if shown:
            return shown[0]
        file = material.head.file(path)
        item = file.item_at(line) if file is not None else None
        if item is not None:
            return _of_item(NamedItem(path, item), material)
        text = material.head.text(path)
        if text is not None:
            around = range(line - _AROUND, line + _AROUND + 1)
            return ReviewUnit("lines", (lines_section(path, text, around),))
    about = [unit for unit in units if path in unit.paths]
    return about[0] if about else _of_change(material)


def _of_item(asked: NamedItem, material: Material) -> ReviewUnit | None:
    unit = ReviewUnit("item", item_sections(asked, material))
    return replace(unit, context=context_of(unit, material.head))


def item_sections(asked: NamedItem, material: Material) -> tuple[Section, ...]:
    """The whole item, with the type that it is a method of, changed or not."""
    sections = [_section(asked, material)]
    owner = owner_of(asked.item.name_path.removesuffix(f"::{asked.item.name}"))
    file = material.head.file(asked.path)
    for item in named(owner, file.items) if file is not None and owner else ():
        if item.kind in ("struct", "enum", "union") and item != asked.item:
            sections.insert(0, _section(NamedItem(asked.path, item), material))
            break
    return tuple(sections)


def _section(asked: NamedItem, material: Material) -> Section:
    text = material.head.text(asked.path) or ""
    evidence = material.evidence
    notes = [n for n in notes_of(evidence.findings, evidence.hints) if n.path == asked.path]
    file = material.diff.file(asked.path)
    section = item_section(asked.path, text, asked.item, file, notes)
    if section.tokens > UNIT_TOKENS:
        section = replace(section, text=section.brief)
    return section


def _of_change(material: Material) -> ReviewUnit | None:
    """The most important of the change, and the names of what there was no room for."""
    units = packed_units(material).units
    if not units:
        return None
    taken = [units[0]]
    for unit in units[1:]:
        if sum(one.tokens for one in taken) + unit.tokens > CHANGE_TOKENS:
            break
        taken.append(unit)
    sections = tuple(section for unit in taken for section in unit.sections)
    contexts = [units[0].context, _not_shown(units[len(taken) :])]
    return ReviewUnit("change", sections, context="\n\n".join(filter(None, contexts)))


def _not_shown(units: Sequence[ReviewUnit]) -> str:
    """The files that have to be looked up."""
    paths = list(dict.fromkeys(path for unit in units for path in unit.paths))
    if not paths:
        return ""
    rows = [f"- {visible_name(path)}" for path in paths[:_MOST_NAMED]]
    if len(paths) > _MOST_NAMED:
        rows.append(f"… and {len(paths) - _MOST_NAMED} more")
    return "\n".join(["NOT SHOWN (changed too, look them up where they matter)", *rows])
