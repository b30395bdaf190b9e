"""The tasks that are asked once, and what each of them takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from reviewer.agent.conversation import FINDER, VERIFIER, Limits
from reviewer.agent.named_items import NamedItem
from reviewer.errors import ReviewerError
from reviewer.finding import Finding

About = Literal["finding", "item", "question", "change"]

QUESTION_CHARS = 4_000
_NOUNS: Mapping[About, str] = MappingProxyType(
    {"finding": "a finding", "item": "an item", "question": "a question", "change": "nothing"}
)


class NotAsked(ReviewerError):
    """The task was not given what it is about."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a task is about. The words of the question are a stranger's."""

    finding: Finding | None = None
    item: NamedItem | None = None
    question: str = ""

    @property
    def about(self) -> About:
        """The first of these that is given; `change` when none is."""
        if self.finding is not None:
            return "finding"
        if self.item is not None:
            return "item"
        return "question" if self.question.strip() else "change"

    @property
    def name(self) -> str:
        """`src/book.rs:13`, `src/book.rs::Book::best`, else what kind of thing it is."""
        if self.finding is not None:
            return f"{self.finding.path}:{self.finding.line}"
        return self.item.name if self.item is not None else f"the {self.about}"


@dataclass(frozen=True, slots=True)
class Task:
    """One task. `name` is its command and that of its prompt."""

    name: str
    takes: frozenset[About]
    """`change` says that it may be given nothing, and is then about the change as a whole."""
    limits: Limits
    words: int
    """Of text in its answer, as the model is told."""
    max_tokens: int
    """Room for its answer, with the thoughts."""
    asks: bool = False
    """Whether it is a question in words, with an item beside it or without."""

    @property
    def prompt(self) -> str:
        """The file of its prompt."""
        return f"tasks/{self.name}.md"

    def check(self, subject: Subject) -> None:
        """Raises NotAsked when the subject is none of those that it takes."""
        given = bool(subject.question.strip())
        if self.asks and not given:
            raise NotAsked(f"{self.name} needs a question")
        if given and not self.asks:
            raise NotAsked(f"{self.name} takes no question in words")
        if len(subject.question) > QUESTION_CHARS:
            raise NotAsked(f"a question has at most {QUESTION_CHARS:,} characters")
        if subject.finding is not None and subject.item is not None:
            raise NotAsked(f"{self.name} is about a finding or an item, not both")
        if subject.about not in self.takes:
            wanted = " or ".join(noun for about, noun in _NOUNS.items() if about in self.takes)
            raise NotAsked(f"{self.name} takes {wanted}")


_QUESTION = frozenset[About]({"question", "item", "finding"})

TASKS: Mapping[str, Task] = MappingProxyType(
    {
        task.name: task
        for task in (
            Task("explain", frozenset({"finding"}), VERIFIER, 500, 8_000),
            Task("ask", _QUESTION, VERIFIER, 300, 8_000, asks=True),
            Task("fix", frozenset({"finding"}), FINDER, 400, 16_000),
            Task("test", frozenset({"finding", "item", "change"}), FINDER, 400, 16_000),
            Task("optimize", frozenset({"finding", "item", "change"}), FINDER, 700, 16_000),
            Task("design", _QUESTION, FINDER, 1_000, 16_000, asks=True),
        )
    }
)
"""By name. What needs code that compiles looks up as much as a finder may."""
