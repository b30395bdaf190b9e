"""Secrets, hidden: in the code that a model is shown and in what it says.

Code is searched for what can only be a secret, since a hash or an address is often part of a bug.
A model's text is searched for anything that may be one.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

HIDDEN = "⟦secret⟧"

_SHAPES = re.compile(
    r"""
    (?=[0-9a-hnprsxyAGMNOS])(?:
    \bgh[pousr]_[A-Za-z0-9]{30,}\b | \bgithub_pat_[A-Za-z0-9_]{40,}\b
    | \bgl(?:pat|dt|ft|rt|soat|imt|agent|cbt|oas|ptt)-[\w-]{20,} | \bGR1348941[\w-]{20,}
    | \bsk-(?:ant-|proj-|live-|test-)?[A-Za-z0-9_-]{24,} | \b[sr]k_(?:live|test)_[A-Za-z0-9]{20,}
    | \b(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}\b | \bAIza[\w-]{35} | \bya29\.[\w-]{20,}
    | \bxox[abeoprs]-[A-Za-z0-9-]{20,} | \bnpm_[A-Za-z0-9]{36}\b | \bSG\.[\w-]{16,}\.[\w-]{16,}
    | \bsq0(?:csp|atp)-[\w-]{22,} | \bpypi-[\w-]{60,} | (?<![\w/+])AKC[A-Za-z0-9]{50,80}\b
    | \b(?:SK|AC)[0-9a-f]{32}\b | \b[0-9a-f]{32}-us[0-9]{1,2}\b | \b[0-9]{8,10}:[\w-]{35}\b
    | \b[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,}
    | \bhooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{16,}
    | (?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}
    )
    | (?<=AccountKey=)[A-Za-z0-9+/]{86}== | (?<=_authToken=)[\w-]{20,}
    """,
    re.VERBOSE,
)
"""The letters that a key may begin with stand before the rest: most of a text begins none."""
_RUN = re.compile(r"[\w+/-]{13}")
"""Every shape holds such a run, and most lines of code do not."""
_URL_PASSWORD = re.compile(r"(?<=://)([^\s:/@\"']+):([^\s@/\"'{}<>]{3,})(?=@)")
_KEY_BEGIN = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----")
_KEY_END = re.compile(r"-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----")
_KEY_BLOCK = re.compile(
    r"(-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----)(?:[A-Za-z0-9+/=\s]|\\[nr]){32,}"
)
_KEY_LINE = re.compile(r"[A-Za-z0-9+/]{32,}={0,2}")
_LONGEST_KEY = 120
"""Lines; a mention of the header alone must not hide the file below it."""
_ASSIGNED = re.compile(
    r"""(?ix)
    (?<![\w-])([\w-]{0,40}?(?:secret|token|passw(?:or)?d|passphrase|credential|api[_-]?key|private[_-]?key
        |access[_-]?key|signing[_-]?key)[\w-]{0,40})
    (\s{0,3}["'`]?\s{0,3}(?::[^=\n"'`]{0,40}=|:=|=>|=|:)\s{0,3}[&b]?["'`]?)
    ([A-Za-z0-9+/=_.~-]{16,})
    """
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s{1,3}([A-Za-z0-9+/=_.~-]{16,})")


def redact(text: str) -> str:
    """A model's text without anything that may be a secret."""
    text = _KEY_BLOCK.sub(rf"\1{HIDDEN}", text)
    text = _ASSIGNED.sub(_hide_if_random, text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    return _certain(text)


def hide_secrets(lines: Sequence[str]) -> list[str]:
    """A file's lines, as many as before, without what can only be a secret."""
    hidden: list[str] = []
    left_of_key = 0
    for line in lines:
        shown = _KEY_LINE.sub(HIDDEN, line) if left_of_key else line
        if _KEY_END.search(line):
            left_of_key = 0
        elif _KEY_BEGIN.search(line):
            left_of_key = _LONGEST_KEY
        else:
            left_of_key = max(0, left_of_key - 1)
        hidden.append(_certain(_KEY_BLOCK.sub(rf"\1{HIDDEN}", shown)))
    return hidden


def tokens(text: str) -> tuple[str, ...]:
    """What stands in a text in the shape of some provider's key, as it is written."""
    return tuple(match[0] for match in _SHAPES.finditer(text)) if _RUN.search(text) else ()


def holds_private_key(lines: Sequence[str]) -> bool:
    """Whether consecutive lines hold a private key and not its header alone."""
    return _KEY_BLOCK.search("\n".join(lines)) is not None


def _certain(text: str) -> str:
    shown = _SHAPES.sub(HIDDEN, text) if _RUN.search(text) else text
    return _URL_PASSWORD.sub(rf"\1:{HIDDEN}", shown)


def _hide_if_random(match: re.Match[str]) -> str:
    value = match[3]
    mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    return f"{match[1]}{match[2]}{HIDDEN}" if mixed and _entropy(value) >= 3.0 else match[0]


def _entropy(text: str) -> float:
    """Bits per character: 3.5 and more for keys, about 3 for names of things."""
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts)
