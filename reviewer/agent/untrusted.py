"""Text of a pull request on its way to the model: data, fenced, with nothing hidden in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewer.agent.redact import hide_secrets

_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
LONGEST_LINE = 2000
"""Characters; what is longer is data, not code."""
NONCE = re.compile(r"[0-9a-f]{16,64}\Z")


def visible(text: str) -> str:
    """Characters that do not show, shown by their code points: `⟦U+202E⟧`."""
    return _HIDDEN.sub(lambda match: f"⟦U+{ord(match[0]):04X}⟧", text)


def visible_name(name: str) -> str:
    """A path or an item's name on one line."""
    return visible(name).replace("\n", "⟦U+000A⟧")


def shown_lines(text: str) -> list[str]:
    """The lines of a file as the model sees them; line n is item n-1."""
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return shown(lines)


def shown(lines: Sequence[str]) -> list[str]:
    """Consecutive lines as the model sees them: secrets hidden, the invisible visible."""
    # A secret that the end of a line cuts through has to be found before it is cut.
    looked_at = [line[: 2 * LONGEST_LINE].removesuffix("\r") for line in lines]
    return [visible(_cut(line)) for line in hide_secrets(looked_at)]


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"


def fence(kind: str, text: str, nonce: str) -> str:
    """A block that only this nonce closes; the text cannot hold it.

    Raises ValueError for a nonce that is not 16 to 64 hex digits.
    """
    if not NONCE.match(nonce):
        raise ValueError("a nonce has 16 to 64 lower-case hex digits")
    content = re.sub(re.escape(nonce), "⟦nonce⟧", text, flags=re.IGNORECASE)
    return f'<untrusted kind="{kind}" nonce="{nonce}">\n{content}\n</untrusted nonce="{nonce}">'
