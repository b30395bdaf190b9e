"""What PyYAML says of a file that is not YAML, in words that say what to do."""

from __future__ import annotations

import re

import yaml
from yaml.reader import ReaderError

_ADVICE: tuple[tuple[str, str], ...] = (
    (r"found character '\\t'", "a tab stands here; indent with spaces"),
    (
        r"while scanning an alias.*but found",
        "a value cannot start with `*` unless it is quoted; quote the glob",
    ),
    (r"while scanning an anchor", "a value cannot start with `&` unless it is quoted"),
    (r"found character", "a value cannot start with this character unless it is quoted"),
    (
        r"mapping values are not allowed",
        "a second `:` in one line; quote the text, or mend the indentation",
    ),
    (r"could not find expected ':'", "a key without its `:`; add it, or mend the indentation"),
    (r"while scanning a quoted scalar.*unexpected end", "this quote is not closed; close it"),
    (r"unknown escape|escape sequence", "an escape that YAML has not; use single quotes"),
    (r"expected ',' or", "a `,` or a closing bracket is missing before this"),
    (
        r"did not find expected|but found|expected <block end>",
        "this does not fit what stands above; mend the indentation",
    ),
    (r"undefined tag handle", "`!` starts a tag, which is not allowed; remove or quote it"),
    (r"directive|%", "a line cannot start with `%`; remove it"),
)
_RULES = tuple((re.compile(pattern, re.DOTALL), advice) for pattern, advice in _ADVICE)


def explained(error: yaml.YAMLError, text: str) -> tuple[int, str]:
    """Where in the text the error stands, and what to do about it."""
    if isinstance(error, ReaderError):
        return min(error.position, len(text)), (
            f"the character U+{error.character:04X} is not allowed; remove it"
        )
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    context, problem = getattr(error, "context", None), getattr(error, "problem", None)
    said = f"{context or ''} {problem or ''}"
    advice = next(
        (advice for rule, advice in _RULES if rule.search(said)),
        "this is not YAML; look at its quotes and its indentation",
    )
    return (mark.index if mark is not None else 0), advice
