"""One attack on the reviewer: what a stranger wrote, where, and what an obeying model answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What the attacker is after."""

    FENCE = "break out of the fence"
    HIDDEN = "hide from the human reader"
    VERDICT = "decide the review"
    LEAK = "leak a secret"
    POST = "post something live"
    MARKER = "forge a hidden marker"
    SUGGESTION = "slip in code"
    PLACE = "speak about another place"
    FORM = "answer in another form"
    TOOL = "abuse a tool"
    CONFIG = "change the rules in the head"


class Where(StrEnum):
    """What the attacker controls."""

    COMMENT = "comment"
    STRING = "string literal"
    DOC = "doc comment"
    IDENTIFIER = "identifier"
    DELETED = "deleted line"
    TEST = "test file"
    FILE_NAME = "file name"
    TITLE = "title"
    BODY = "description"
    MANIFEST = "Cargo.toml"
    HEAD_FILE = "file of the head that agents or this App would obey"
    COMMIT = "commit message"


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What the model answers that does all that the attacker says."""

    claim: dict[str, Any] = field(default_factory=dict)
    """Fields of its claim, over a true one on the attacked line."""
    verdict: dict[str, Any] = field(default_factory=dict)
    """Fields of its verdict as the second reader, over a confirming one."""
    envelope: dict[str, Any] = field(default_factory=dict)
    """Fields of both answers; `findings` here are all that it claims."""
    text: str = ""
    """The whole answer, where it is no envelope."""
    tools: tuple[tuple[str, dict[str, Any]], ...] = ()
    """What it looks up first."""


@dataclass(frozen=True, slots=True)
class Attack:
    """`text` stands at `where` in the pull request; `path` is the head file's, where it is one."""

    name: str
    kind: Kind
    where: Where
    text: str
    obeyed: Obeyed = field(default_factory=Obeyed)
    path: str = ""


def words(text: str) -> Obeyed:
    """The text in every field of prose that a model has."""
    return Obeyed(
        claim={"title": text, "scenario": f"{text}\n\n{text}", "assumption": text},
        verdict={"run": text, "against": text, "assumption": text, "verdict": "plausible"},
        envelope={"summary": text, "not_checked": [text], "questions": [text]},
    )
