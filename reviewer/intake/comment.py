"""Commands out of a comment: a typed grammar; whatever is no command is left to people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from reviewer.intake.commands import BY_NAME, Command, Takes

DEFAULT_PREFIX = "/"
MOST_COMMANDS = 10
LONGEST_ARGUMENT = 2_000
LONGEST_COMMENT = 65_536
"""Characters that GitHub takes in a comment."""
_NAME = re.compile(r"([A-Za-z][A-Za-z-]{0,31})(?:[ \t]+(.*))?\Z")
_ITEM = re.compile(r"[^\s:][^\s]{0,300}?::[A-Za-z_][\w:<> ,&']{0,200}\Z")
_PATH = re.compile(r"[^\s`<>|\"]{1,300}\Z")
_INDENTED_CODE = re.compile(r"(?: {4}| {0,3}\t)")
_ENDS = re.compile(r"\s*(?:>|```|~~~|<!--|<[A-Za-z/])")
"""A quote, a code block, HTML: whatever follows is not said to us."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One command that was given."""

    command: Command
    argument: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Words that were meant for us and cannot be followed; `sentence` says why and what can."""

    sentence: str


Said = Invocation | Refusal


def may_be_for_us(body: str, mention: str = "") -> bool:
    """Whether it may hold a command, whatever the prefix: each begins with a slash.

    Without `mention` any name that it begins with may be ours.
    """
    first = body.split("\n", 1)[0]
    called = f"@{mention.removesuffix('[bot]')}".lower()
    speaks = first.strip().lower().startswith((DEFAULT_PREFIX, called))
    return speaks and not _INDENTED_CODE.match(first)


def read_comment(
    body: str, *, mention: str, prefix: str = DEFAULT_PREFIX, own_words: bool = False
) -> tuple[Said, ...]:
    """The commands of a comment, in order; empty when it is not meant for us.

    Only a comment whose first line is a command holds any. Each further line that is one follows;
    the first line that is none ends it, or goes on with the words of an argument that takes them.
    `mention` is the App's login without `@`; `own_words` says that the prefix is nobody else's, so
    that an unknown word behind it is a mistake and not another bot's command.
    """
    said: list[Said] = []
    lines = body[:LONGEST_COMMENT].replace("\r\n", "\n").split("\n")
    at = 0
    while at < len(lines) and len(said) < MOST_COMMANDS:
        if not lines[at].strip() and said:
            at += 1
            continue
        words = _addressed(lines[at], mention, prefix)
        if words is None:
            break
        named = _NAME.match(words)
        command = BY_NAME.get(named[1].lower()) if named else None
        if command is None:
            sure = own_words or prefix != DEFAULT_PREFIX or lines[at].lstrip().startswith("@")
            refusal = _unknown(named[1] if named else words, words, prefix, sure=sure)
            return (*said, refusal) if refusal else tuple(said)
        argument = ((named[2] if named else "") or "").strip()
        at += 1
        if command.takes in (Takes.TEXT, Takes.TEXT_OR_NOTHING):
            more, at = _continued(lines, at, mention, prefix)
            argument = "\n".join(part for part in (argument, *more) if part).strip()
        said.append(_checked(command, argument, prefix))
    return tuple(said)


def _addressed(line: str, mention: str, prefix: str) -> str | None:
    """The words of a line that speaks to us, without what it speaks to us by."""
    if _INDENTED_CODE.match(line):
        return None
    text = line.strip()
    if mention:
        name = mention.removesuffix("[bot]")
        for called in (f"@{mention}", f"@{name}"):
            if text.lower().startswith(called.lower() + " "):
                return text[len(called) :].strip().removeprefix(prefix)
    if text.startswith(prefix):
        words = text[len(prefix) :]
        # `/ review` and `//` are no commands, `/etc/passwd` is a path.
        return words if re.match(r"[A-Za-z][A-Za-z-]*(?=\s|\Z)", words) else None
    return None


def _continued(lines: Sequence[str], at: int, mention: str, prefix: str) -> tuple[list[str], int]:
    more: list[str] = []
    while at < len(lines):
        line = lines[at]
        if _ENDS.match(line) or _addressed(line, mention, prefix) is not None:
            break
        more.append(line.strip())
        at += 1
    return more, at


def _checked(command: Command, argument: str, prefix: str) -> Said:
    usage = f"`{prefix}{command.name}{' ' + command.usage if command.usage else ''}`"
    if len(argument) > LONGEST_ARGUMENT:
        return Refusal(f"That is longer than {LONGEST_ARGUMENT:,} characters. Usage: {usage}.")
    if command.takes is Takes.NOTHING and argument:
        ask = _ask(prefix)
        return Refusal(f"{usage} takes no words behind it; to ask something, {ask}.")
    if command.takes is Takes.TEXT and not argument:
        return Refusal(f"`{prefix}{command.name}` needs words behind it. Usage: {usage}.")
    if command.takes is Takes.ITEM and argument and not _ITEM.match(argument):
        return Refusal(f"An item is written as `src/book.rs::Book::apply`. Usage: {usage}.")
    if command.takes is Takes.SCOPE and argument and not _PATH.match(argument):
        return Refusal(f"One path or glob at a time. Usage: {usage}.")
    return Invocation(command, argument)


def _ask(prefix: str) -> str:
    ask = BY_NAME["ask"]
    return f"`{prefix}{ask.name} {ask.usage}`"


def _unknown(word: str, words: str, prefix: str, *, sure: bool) -> Refusal | None:
    """A refusal with the nearest match; None for a word that another bot may own."""
    shown = word.split()[0][:32] if word.split() else ""
    shown = re.sub(r"[^A-Za-z-]", "", shown)
    close = get_close_matches(shown.lower(), BY_NAME, n=1, cutoff=0.6 if sure else 0.82)
    if close:
        command = BY_NAME[close[0]]
        usage = f"{prefix}{command.name} {command.usage}".strip()
        return Refusal(f"There is no `{prefix}{shown}`. Did you mean `{usage}`?")
    if sure and len(words.split()) > 1:
        ask = _ask(prefix)
        return Refusal(f"To ask a question: {ask}. `{prefix}help` lists the commands.")
    if sure:
        return Refusal(f"There is no such command. `{prefix}help` lists those there are.")
    return None
