"""Facts about the whole change, as markdown for the summary and as text for a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from reviewer.facts.fact import Fact, Points, StateDiagram, Table
from reviewer.publish.defang import code, one_line, visible
from reviewer.publish.mermaid import state_diagram
from reviewer.publish.paint import paint

_ROWS = 30
_CELL = 120
_HEADLINE = 300
_JOINER = "\u2060"
_LIVE = re.compile(r"[@#]|https?(?=:)|www(?=\.)", re.IGNORECASE)


def facts_markdown(facts: Sequence[Fact], notes: Sequence[str] = ()) -> str:
    """A folded section for each fact, and the notes; empty if there is nothing."""
    parts = [_section(fact) for fact in facts]
    said = [one_line(note, 300) for note in notes]
    if said:
        parts.append("\n".join(f"- {note}" for note in said) if len(said) > 1 else said[0])
    return "\n\n".join(parts)


def facts_text(facts: Sequence[Fact], notes: Sequence[str], colour: bool) -> list[str]:
    """One block of lines for each fact, then the notes."""
    blocks = []
    for fact in facts:
        lines = [paint(f"{_upper(fact.name)}: {visible(fact.headline)}.", colour, bold=True)]
        # What a diagram draws, the points beside it say with their places.
        drawn = any(isinstance(part, Points) for part in fact.parts)
        for part in fact.parts:
            if drawn and isinstance(part, StateDiagram):
                continue
            lines += [f"  {line}" for line in _plain(part)]
        blocks.append("\n".join(lines))
    if notes:
        blocks.append("\n".join(f"Note: {visible(note)}" for note in notes))
    return blocks


def _section(fact: Fact) -> str:
    title = f"<b>{_in_html(_upper(fact.name))}</b>: {_in_html(fact.headline)}"
    body = "\n\n".join(_part(part) for part in fact.parts)
    if not body:
        return f"**{one_line(_upper(fact.name), 80)}**: {one_line(fact.headline, 300)}"
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def _part(part: Table | StateDiagram | Points) -> str:
    if isinstance(part, Table):
        return _table(part)
    if isinstance(part, Points):
        return "\n".join(f"- {one_line(line, 300)}" for line in _first(part.lines))
    return f"```mermaid\n{state_diagram(part).rstrip()}\n```"


def _table(table: Table) -> str:
    rows = [
        "| " + " | ".join(one_line(cell, _CELL) for cell in table.header) + " |",
        "|" + " --- |" * len(table.header),
    ]
    rows += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in table.rows[:_ROWS]]
    left = len(table.rows) - _ROWS
    return "\n".join(rows) + (f"\n\nand {left} more rows" if left > 0 else "")


def _cell(text: str) -> str:
    # Inside a table a bar ends the cell even between backticks.
    cut = text if len(text) <= _CELL else text[: _CELL - 1] + "…"
    return code(cut).replace("|", "\\|") if _is_name(cut) else one_line(cut, _CELL)


def _is_name(text: str) -> bool:
    return "::" in text or "_" in text or "." in text or "/" in text


def _in_html(text: str) -> str:
    """Where a line is HTML, markdown's escapes mean nothing, and mentions and links still do."""
    shown = " ".join(visible(text).split())[:_HEADLINE].replace("`", "'")
    return _LIVE.sub(lambda match: match[0] + _JOINER, escape(shown))


def _plain(part: Table | StateDiagram | Points) -> list[str]:
    if isinstance(part, Points):
        return [f"- {visible(line)}" for line in _first(part.lines)]
    if isinstance(part, StateDiagram):
        return [
            f"{part.name}: {_state(t.before)} -> {_state(t.after)} ({t.change})"
            for t in part.transitions
            if t.change
        ]
    rows = [part.header, *part.rows[:_ROWS]]
    shown = [[visible(cell)[:_CELL] for cell in row] for row in rows]
    widths = [max(len(row[at]) for row in shown) for at in range(len(part.header))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in shown
    ]


def _state(name: str) -> str:
    return "any state" if name == "*" else name


def _first(lines: Sequence[str]) -> list[str]:
    shown = list(lines[:_ROWS])
    left = len(lines) - len(shown)
    return [*shown, f"and {left} more"] if left > 0 else shown


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
