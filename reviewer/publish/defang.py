"""Text that a model or a pull request wrote, made harmless before it is posted as markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_JOINER = "\u2060"
"""Invisible, takes no room, and ends a mention or an address."""
_MENTION = re.compile(r"@(?=[A-Za-z0-9])")
_REFERENCE = re.compile(r"#(?=\d)|(?<=\bGH)-(?=\d)", re.IGNORECASE)
# Without a look at what stands before: GitHub links `1http://`, `_www.` and `ftp://` as well.
_ADDRESS = re.compile(r"(?=://)|(?<=www)(?=\.)", re.IGNORECASE)
_COMMENT = re.compile("<(?=!--)")
_COMMAND = re.compile(r"\s*/[A-Za-z]")
_MARKUP = re.compile(r"[\\<>\[\]!|*_~$]")
_LINE_START = re.compile(r"\A(\d{0,9})([/#+=.)-])")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)


def one_line(text: str, limit: int) -> str:
    """Harmless markdown of one line, at most `limit` characters of the text."""
    flat = " ".join(visible(text).split())
    if len(flat) > limit:
        flat = flat[: limit - 1].rstrip() + "…"
    return _harmless(flat)


def paragraphs(text: str, limit: int) -> str:
    """Harmless markdown that keeps its paragraphs."""
    shown = visible(text)
    if len(shown) > limit:
        shown = shown[: limit - 1].rstrip() + "…"
    parts = [" ".join(part.split()) for part in re.split(r"\n\s*\n", shown)]
    return "\n\n".join(_harmless(part) for part in parts if part)


def visible(text: str) -> str:
    """Hidden characters shown by their code points, so that nobody is fooled by them."""
    return _INVISIBLE.sub(lambda match: f"⟦U+{ord(match[0]):04X}⟧", text.replace("\r\n", "\n"))


def code(text: str) -> str:
    """The text as a code span, whatever backticks it holds."""
    flat = _without_comments(" ".join(visible(text).split()))
    fence = "`" * (longest_backtick_run(flat) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}" if flat else ""


def fenced(text: str, language: str = "") -> str:
    """The text as a block of code, whatever backticks it holds."""
    fence = "`" * max(3, longest_backtick_run(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def longest_backtick_run(text: str) -> int:
    """How many backticks stand in a row at the most."""
    return max((len(run) for run in re.findall(r"`+", text)), default=0)


def is_inert(lines: Iterable[str]) -> bool:
    """Whether lines may stand in a block of code as they are.

    Bots read commands at the start of a line there too, and whoever looks for hidden marks.
    """
    return not any(_COMMAND.match(line) or _COMMENT.search(line) for line in lines)


def _without_comments(text: str) -> str:
    """Code without the beginning of a comment in HTML, which is where Apps keep their marks."""
    return _COMMENT.sub("<" + _JOINER, text)


def _harmless(text: str) -> str:
    pieces: list[str] = []
    at = 0
    for match in _CODE.finditer(text):
        pieces.append(_plain(text[at : match.start()]))
        pieces.append(_without_comments(match[0]))
        at = match.end()
    pieces.append(_plain(text[at:]))
    joined = "".join(pieces)
    # At the start of a line these would be a command to some bot, a heading, a list, a quote.
    return _LINE_START.sub(r"\1\\\2", joined)


def _plain(text: str) -> str:
    text = _MARKUP.sub(lambda match: "\\" + match[0], text.replace("&", "&amp;"))
    text = text.replace("`", "\\`")
    text = _MENTION.sub("@" + _JOINER, text)
    text = _REFERENCE.sub(lambda match: match[0] + _JOINER, text)
    return _ADDRESS.sub(_JOINER, text)
