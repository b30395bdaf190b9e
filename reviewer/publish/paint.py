"""Colour and line breaks for a terminal."""

from __future__ import annotations

import textwrap

import click

from reviewer.finding import Severity

WIDTH = 100
"""Text wider than this is not read with ease."""
_COLOURS = {
    Severity.CRITICAL: "red",
    Severity.IMPORTANT: "yellow",
    Severity.SUGGESTION: "blue",
}


def paint(text: str, colour: bool, *, severity: str = "", bold: bool = False) -> str:
    """The text, in the colour of its severity if it has one; as it is without colour."""
    if not colour:
        return text
    if severity in _COLOURS:
        return click.style(text, fg=_COLOURS[Severity(severity)], bold=True)
    return click.style(text, bold=True) if bold else text


def wrapped(text: str, width: int, indent: str = "") -> str:
    """The text in lines that fit, paths and code left whole."""
    return textwrap.fill(
        text,
        width=max(20, min(width, WIDTH)),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
