"""What a read-only tool is: a name, a form for its input, and a look at the repository."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from reviewer.agent.request import ToolSpec
from reviewer.agent.untrusted import shown_lines, visible_name
from reviewer.errors import ReviewerError
from reviewer.rust.repository import Repository

_NEAR = 5


class ToolMistake(ReviewerError):
    """The model asked for something that is not there; the message says what would be right."""


class Input(BaseModel):
    """The input of a tool. Numbers out of range are put right, not refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Sources:
    """The repository after and before the change: texts in memory, nothing on a disk."""

    head: Repository
    base: Repository


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool."""

    name: str
    description: str
    form: type[Input]
    run: Callable[[Sources, Any], str]
    """Sources and the checked input; raises ToolMistake."""

    @property
    def spec(self) -> ToolSpec:
        """As the model is told of it; the same bytes in every process."""
        schema = self.form.model_json_schema()
        schema.pop("title", None)
        schema.pop("description", None)
        for part in schema["properties"].values():
            part.pop("title", None)
        schema["required"] = list(schema["properties"])
        return ToolSpec(self.name, self.description, schema)

    def use(self, sources: Sources, given: Mapping[str, Any]) -> str:
        """The result for the model. Raises ToolMistake."""
        try:
            checked = self.form.model_validate(dict(given))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the input"
            fields = ", ".join(self.form.model_fields)
            raise ToolMistake(
                f"{self.name}: {where}: {first['msg']}. It takes: {fields}."
            ) from None
        return self.run(sources, checked)


def lines_of(repository: Repository, path: str) -> list[str]:
    """A file's lines as the model may see them. Raises ToolMistake for a path that is none."""
    return shown_lines(_text(repository, path))


def known_path(repository: Repository, path: str) -> str:
    """The path as the tree knows it. Raises ToolMistake, naming files that may be meant."""
    wanted = path.strip().removeprefix("./")
    _text(repository, wanted)
    return wanted


def numbered(mark: str, lines: Sequence[str], first: int, last: int) -> str:
    """Lines with the gutter of the change: `R142   text`, `L131   text`."""
    return "\n".join(
        f"{mark}{number}   {lines[number - 1]}".rstrip() for number in range(first, last + 1)
    )


def one_line(path: str, line: int, text: str) -> str:
    """A hit: `src/book.rs:142: text`, cut."""
    text = " ".join(text.split())
    return f"{visible_name(path)}:{line}: {text if len(text) <= 200 else text[:199] + '…'}"


def counted(rows: Sequence[str], total: int, noun: str) -> str:
    """Rows, and how many more there are."""
    more = total - len(rows)
    return "\n".join([*rows, f"… and {more} more {noun}"] if more > 0 else rows)


def _text(repository: Repository, path: str) -> str:
    wanted = path.strip().removeprefix("./")
    text = repository.text(wanted)
    if text is None:
        text = repository.manifests.get(wanted)
    if text is not None:
        return text
    unread = repository.unread.get(wanted)
    if unread:
        raise ToolMistake(f"{wanted[:200]} cannot be shown: {unread}")
    name = wanted.rpartition("/")[2]
    near = [p for p in repository.paths if p.rpartition("/")[2] == name][:_NEAR] if name else []
    meant = f" Files of that name: {json.dumps(near)}." if near else ""
    raise ToolMistake(
        f"there is no file {json.dumps(wanted[:200])} among the Rust files, manifests and small "
        f"texts.{meant} Paths are relative to the root of the repository; list_files shows them."
    )
