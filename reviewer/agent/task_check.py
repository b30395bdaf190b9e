"""From what a model answers to what may be shown: proofs looked up, code tried on its file."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reviewer.agent.claims import Checker
from reviewer.agent.fixes import is_harmed, whole_lines
from reviewer.agent.material import Material
from reviewer.agent.redact import redact
from reviewer.agent.task_answer import (
    LONGEST_CODE,
    LONGEST_TEXT,
    AnswerBlock,
    BlockKind,
    TaskAnswer,
)
from reviewer.agent.untrusted import visible_name
from reviewer.finding import Evidence, Finding
from reviewer.rust.patch import is_sound

NO_QUOTE_FOUND = (
    "None of the lines that it quotes could be found in the code, so nothing here is proved."
)
SOME_NOT_FOUND = "Some lines that it quotes could not be found in the code and are left out."
LONGEST_PATH = 300
LONGEST_RANGE = 600
"""Lines that one block of code may stand in place of."""


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """One block of an answer, checked."""

    kind: BlockKind
    title: str
    text: str
    language: str = ""
    path: str = ""
    """Of code: the file that it belongs in, there already or not; empty when none is said."""
    start: int | None = None
    """Of code that replaces lines of the head and was tried: the first and the last of them."""
    end: int | None = None
    sketch: str = ""
    """Why code is a sketch and cannot be taken as it is; empty when nothing speaks against it."""


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """What is left of an answer."""

    blocks: tuple[ShownBlock, ...]
    evidence: tuple[Evidence, ...]
    replacement: tuple[str, ...] | None
    questions: tuple[str, ...]
    remarks: tuple[str, ...]
    """Sentences on what was not in order with it."""


def check_answer(
    answer: TaskAnswer, finding: Finding | None, material: Material, checker: Checker
) -> CheckedAnswer:
    """The answer as it may be shown. `finding` is the one that it was about."""
    evidence = checker.evidence(answer.evidence)
    remarks = []
    if answer.evidence and not evidence:
        remarks.append(NO_QUOTE_FOUND)
    elif len(evidence) < len({(q.path, q.quote.strip()) for q in answer.evidence}):
        remarks.append(SOME_NOT_FOUND)
    return CheckedAnswer(
        blocks=tuple(_block(b, material) for b in answer.blocks if b.text.strip()),
        evidence=evidence,
        replacement=_replacement(answer, finding, material, checker),
        questions=tuple(redact(question) for question in answer.questions if question),
        remarks=tuple(remarks),
    )


def _block(block: AnswerBlock, material: Material) -> ShownBlock:
    title = redact(block.title)
    if block.kind is not BlockKind.CODE:
        return ShownBlock(block.kind, title, _cut(redact(block.text.strip("\n")), LONGEST_TEXT)[0])
    code, is_cut = _cut(block.text.strip("\n"), LONGEST_CODE)
    path = (block.path or "").strip().removeprefix("./")
    shown = ShownBlock(
        BlockKind.CODE,
        title,
        redact(code),
        language=(block.language or "").strip().lower(),
        path=path if _is_inside(path) else "",
    )
    if is_harmed(code):
        return replace(shown, sketch="something in it had to be hidden")
    if is_cut:
        return replace(shown, sketch="it is too long and was cut")
    if path and not shown.path:
        return replace(shown, sketch="it names no path of this repository")
    if block.start is None or block.end is None:
        return shown
    why = _why_not(path, block.start, block.end, code.split("\n"), material)
    if why:
        return replace(shown, sketch=why)
    return replace(shown, start=block.start, end=block.end)


def _why_not(path: str, start: int, end: int, lines: list[str], material: Material) -> str:
    """Why code cannot stand in place of these lines; empty when it can."""
    file = material.head.file(path)
    if file is None:
        return "there is no such Rust file at the head"
    if not 1 <= start <= end <= len(file.lines):
        return f"the file has no lines {start} to {end}"
    if end - start >= LONGEST_RANGE:
        return f"it would replace more than {LONGEST_RANGE} lines"
    if file.problem or not is_sound(file, start, end, lines):
        return "the file would not parse with it"
    return ""


def _replacement(
    answer: TaskAnswer, finding: Finding | None, material: Material, checker: Checker
) -> tuple[str, ...] | None:
    lines = whole_lines(answer.replacement, finding, checker) if finding is not None else None
    if finding is None or lines is None:
        return None
    first = finding.start_line or finding.line
    return None if _why_not(finding.path, first, finding.line, list(lines), material) else lines


def _is_inside(path: str) -> bool:
    """Whether it can be a path of the repository, there or not yet."""
    parts = path.split("/")
    usual = visible_name(path) == path and len(path) <= LONGEST_PATH and "\\" not in path
    return usual and bool(path) and not {"", ".", ".."}.intersection(parts)


def _cut(text: str, most: int) -> tuple[str, bool]:
    if len(text) <= most:
        return text, False
    return text[:most].rpartition("\n")[0] or text[:most], True
