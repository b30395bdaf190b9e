"""The prompt: prose from `prompts/`, filled by code, in the order that the cache likes.

The system blocks are the same bytes for every pull request that an agent reads; what belongs to
one pull request stands behind them, fenced where its author wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reviewer.agent.agent_file import AgentFile
from reviewer.agent.envelope import ENVELOPE_SCHEMA
from reviewer.agent.pack import ReviewUnit
from reviewer.agent.prompts_dir import read_prompt
from reviewer.agent.redact import redact
from reviewer.agent.request import Block, Effort, ModelRequest
from reviewer.agent.untrusted import fence, visible, visible_name
from reviewer.errors import Defect
from reviewer.pull.diff import Diff
from reviewer.scope.rooms import Room, Scope

MAX_ANSWER_TOKENS = 16_000
TITLE_CHARS = 300
BODY_CHARS = 4_000
MOST_FILES = 300

CHECKLISTS: Mapping[Room | None, tuple[str, str]] = {
    Room.ORDER_BOOK: ("OB", "checklists/order_book.md"),
    Room.RISK: ("RK", "checklists/risk.md"),
    Room.MARKET_DATA: ("MD", "checklists/market_data.md"),
    None: ("RS", "checklists/rust.md"),
}
"""The short name and the file of each room's checklist; under None the one that always applies."""

_HOLE = re.compile(r"\{\{([a-z_]+)\}\}")


@dataclass(frozen=True, slots=True)
class PullText:
    """What the author says about the change. Hostile."""

    title: str
    body: str


def find_request(
    agent: AgentFile,
    pull: PullText,
    diff: Diff,
    scope: Scope,
    units: tuple[ReviewUnit, ...],
    *,
    nonce: str,
    model: str | None = None,
    effort: Effort = "high",
    max_tokens: int = MAX_ANSWER_TOKENS,
) -> ModelRequest:
    """The request that asks for every defect in these units. `model` overrides the agent file's.

    `nonce` must be one that the author cannot know: random, or keyed with a secret.
    """
    names = [CHECKLISTS[room][0] for room in scope.rooms] + [CHECKLISTS[None][0]]
    task = fill(read_prompt("tasks/find.md"), nonce=nonce, checklists=", ".join(names))
    view = "\n".join(unit.diff_view for unit in units)
    return ModelRequest(
        model=model or agent.model,
        system=system_blocks(agent),
        user=(
            Block(pull_card(pull, diff, scope, nonce), cache="5m"),
            Block(fence("change", view, nonce), cache="5m"),
            Block(task),
        ),
        schema=ENVELOPE_SCHEMA,
        effort=effort,
        max_tokens=max_tokens,
    )


def system_blocks(agent: AgentFile) -> tuple[Block, Block]:
    """Who reviews, and by which rules; nothing in it depends on a pull request."""
    rules = [read_prompt("contract.md"), *(read_prompt(name) for _, name in CHECKLISTS.values())]
    return Block(agent.body), Block("\n".join(rules), cache="1h")


def pull_card(pull: PullText, diff: Diff, scope: Scope, nonce: str) -> str:
    """The pull request on one page: its author's words, its files, the rooms they touch."""
    body = redact(visible(pull.body[: 2 * BODY_CHARS]))
    if len(body) > BODY_CHARS:
        body = body[:BODY_CHARS] + "\n… the rest of the description is left out"
    title = redact(visible_name(pull.title[: 2 * TITLE_CHARS]))[:TITLE_CHARS]
    return fill(
        read_prompt("tasks/card.md"),
        description=fence("description", f"{title}\n\n{body}", nonce),
        files=fence("files", _file_table(diff, scope), nonce),
        rooms=", ".join(room.label for room in scope.rooms) or "none",
    )


def _file_table(diff: Diff, scope: Scope) -> str:
    rows: list[str] = []
    for file in diff.files[:MOST_FILES]:
        added, removed = sum(1 for _ in file.added()), sum(1 for _ in file.removed())
        rooms = ", ".join(room.label for room in scope.of(file.path))
        size = "binary" if file.binary else f"+{added} -{removed}"
        row = f"{visible_name(file.path)} ({file.status.value}, {size})"
        rows.append(f"{row}: {rooms}" if rooms else row)
    if len(diff.files) > MOST_FILES:
        rows.append(f"… and {len(diff.files) - MOST_FILES} more files")
    return "\n".join(rows)


def holes(template: str) -> frozenset[str]:
    """The names of the holes in a prompt."""
    return frozenset(_HOLE.findall(template))


def fill(template: str, **values: str) -> str:
    """The prompt with every hole filled; what is filled in is not looked at for holes again."""
    if holes(template) != values.keys():
        raise Defect(f"a prompt has the holes {sorted(holes(template))}, not {sorted(values)}")
    return _HOLE.sub(lambda match: values[match[1]], template)
