"""The prompt: prose from `prompts/`, filled by code, in the order that the cache likes.

    tools, system    the same bytes for every pull request that an agent reads   kept an hour
    user: card       the same for every call of a pull request                   kept 5 minutes
    user: unit       the same for every reader of a part of it                   kept 5 minutes
    user: tasks      what this call is for                                       not kept

The end of a conversation that goes on is kept too (edges/model_wire.py); the API allows four
such marks. What the pull request's author wrote stands in fences that only the nonce closes, and
what the author says of the change is for those who look for defects, not for those who judge them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reviewer.agent.agent_file import AgentFile
from reviewer.agent.envelope import ENVELOPE_SCHEMA
from reviewer.agent.lenses import Lens
from reviewer.agent.material import Material, PullText
from reviewer.agent.pack import ReviewUnit
from reviewer.agent.prompts_dir import read_prompt
from reviewer.agent.reading import Reading
from reviewer.agent.redact import redact
from reviewer.agent.request import Block, ModelRequest, ToolSpec
from reviewer.agent.task_answer import TASK_SCHEMA
from reviewer.agent.untrusted import fence, visible, visible_name
from reviewer.errors import Defect
from reviewer.pull.diff import Diff
from reviewer.scope.rooms import Room, Scope

TITLE_CHARS = 300
BODY_CHARS = 4_000
PROFILE_CHARS = 6_000
MOST_FILES = 300
MOST_FACTS = 40

CHECKLISTS: Mapping[Room | None, tuple[str, str]] = {
    Room.ORDER_BOOK: ("OB", "checklists/order_book.md"),
    Room.RISK: ("RK", "checklists/risk.md"),
    Room.MARKET_DATA: ("MD", "checklists/market_data.md"),
    None: ("RS", "checklists/rust.md"),
}
"""The short name and the file of each room's checklist; under None the one that always applies."""

HOLES: Mapping[str, frozenset[str]] = {
    "tasks/card.md": frozenset({"nonce", "files", "rooms", "facts", "profile"}),
    "tasks/intent.md": frozenset({"description"}),
    "tasks/find.md": frozenset({"focus", "checklists"}),
    "tasks/verify.md": frozenset({"claims"}),
    "tasks/json.md": frozenset({"schema"}),
    "tasks/form.md": frozenset({"words"}),
    "tasks/explain.md": frozenset({"claim", "form"}),
    "tasks/ask.md": frozenset({"question", "form"}),
    "tasks/fix.md": frozenset({"claim", "form"}),
    "tasks/test.md": frozenset({"subject", "form"}),
    "tasks/optimize.md": frozenset({"subject", "target", "form"}),
    "tasks/design.md": frozenset({"question", "target", "form"}),
    "tasks/recheck.md": frozenset({"claims"}),
    "tasks/reply.md": frozenset({"claim", "thread"}),
}
"""Every prompt that has holes, and which: `{{focus}}` is filled with the texts of the lenses,
`{{checklists}}` with the short names to apply, `{{claims}}` with the fenced claims to judge,
`{{claim}}`, `{{question}}`, `{{subject}}` and `{{thread}}` with what a task is about, fenced,
`{{target}}` with how fast the system has to be, `{{form}}` with the form of a task's answer."""

_HOLE = re.compile(r"\{\{([a-z_]+)\}\}")


class Prompter:
    """Writes the requests of one review."""

    def __init__(self, material: Material, reading: Reading, tools: Sequence[ToolSpec]) -> None:
        self._material = material
        self._reading = reading
        self._tools = tuple(tools)
        self._system = system_blocks(material.agent)
        self._card = Block(pull_card(material), cache="5m")

    def find(self, unit: ReviewUnit, lens: Lens, *, minimal: bool = False) -> ModelRequest:
        """The request that asks for every defect of a unit, seen through a lens.

        A minimal one, for a model that declined, leaves out the context and the author's words.
        """
        names = [CHECKLISTS[room][0] for room in self._material.scope.rooms]
        task = fill(
            "tasks/find.md",
            focus=lens.focus,
            checklists=", ".join([*names, CHECKLISTS[None][0]]),
        )
        tasks = [Block(task)]
        pull = self._material.pull
        if not minimal and (pull.title.strip() or pull.body.strip()):
            tasks.insert(0, Block(pull_intent(pull, self._material.nonce)))
        return self._request(self._unit(unit, minimal=minimal), *tasks)

    def verify(self, unit: ReviewUnit, claims: str, *, minimal: bool = False) -> ModelRequest:
        """The request that asks a second reader to judge claims, one text for all of them."""
        task = fill("tasks/verify.md", claims=fence("claims", claims, self._material.nonce))
        return self._request(self._unit(unit, minimal=minimal), Block(task))

    def task(
        self,
        unit: ReviewUnit | None,
        task: str,
        max_tokens: int,
        *,
        minimal: bool = False,
        schema: Mapping[str, Any] = TASK_SCHEMA,
    ) -> ModelRequest:
        """The request of a task that is asked once, its own text filled in already."""
        shown = [self._unit(unit, minimal=minimal)] if unit is not None else []
        request = self._request(*shown, Block(task))
        return replace(request, schema=schema, max_tokens=max_tokens)

    def shared(self, unit: ReviewUnit | None) -> ModelRequest:
        """What the calls about a unit share, or about all units: to fill the cache with."""
        return self._request(*([self._unit(unit)] if unit is not None else []))

    def _request(self, *blocks: Block) -> ModelRequest:
        return ModelRequest(
            model=self._reading.model,
            system=self._system,
            user=(self._card, *blocks),
            schema=ENVELOPE_SCHEMA,
            effort=self._reading.effort,
            max_tokens=self._reading.max_tokens,
            tools=self._tools,
            user_id=self._reading.user_id,
        )

    def _unit(self, unit: ReviewUnit, *, minimal: bool = False) -> Block:
        around = "" if minimal else unit.context
        view = f"{unit.diff_view}\n{around}\n" if around else unit.diff_view
        return Block(fence("change", view, self._material.nonce), cache="5m")


def system_blocks(agent: AgentFile) -> tuple[Block, Block]:
    """Who reviews, and by which rules; nothing in it depends on a pull request."""
    rules = [read_prompt("contract.md"), *(read_prompt(name) for _, name in CHECKLISTS.values())]
    return Block(agent.body), Block("\n".join(rules), cache="1h")


def pull_card(material: Material) -> str:
    """The pull request on one page: its files, the rooms they touch, what is known of it."""
    rows = _rows(material.diff, material.scope)
    known = [f"- {f.name}: {f.headline}" for f in material.evidence.facts]
    known += [f"- {note}" for note in material.evidence.notes]
    facts = ""
    if known:
        text = redact(visible("\n".join(known[:MOST_FACTS])))
        facts = "Counted by simple rules over the whole change, to be confirmed or refuted:\n\n"
        facts += fence("facts", text, material.nonce)
    profile = visible(material.profile.strip()[:PROFILE_CHARS])
    return fill(
        "tasks/card.md",
        nonce=material.nonce,
        files=fence("files", rows, material.nonce),
        rooms=", ".join(room.label for room in material.scope.rooms) or "none",
        facts=facts or "No fact about the whole change was counted.",
        profile=f"What its maintainers say of the system:\n\n{profile}"
        if profile
        else "Its maintainers say nothing more of the system.",
    )


def pull_intent(pull: PullText, nonce: str) -> str:
    """What the author says of the change, cut and fenced."""
    body = redact(visible(pull.body[: 2 * BODY_CHARS]))
    if len(body) > BODY_CHARS:
        body = body[:BODY_CHARS] + "\n… the rest of the description is left out"
    title = redact(visible_name(pull.title[: 2 * TITLE_CHARS]))[:TITLE_CHARS]
    words = f"Title: {title}\n\n{body.strip() or 'No description.'}"
    return fill("tasks/intent.md", description=fence("description", words, nonce))


def _rows(diff: Diff, scope: Scope) -> str:
    if not diff.files:
        return "none: the repository is read as it stands"
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


def fill(name: str, **values: str) -> str:
    """A prompt with every hole filled; what is filled in is not looked at for holes again.

    Raises Defect where the prompt has other holes than are filled here.
    """
    template = read_prompt(name)
    if holes(template) != values.keys():
        raise Defect(f"{name} has the holes {sorted(holes(template))}, not {sorted(values)}")
    return _HOLE.sub(lambda match: values[match[1]], template)
