"""What stands beside an answer to plain words: its mark, and what follows from it."""

from __future__ import annotations

from reviewer.intake.commands import Permission
from reviewer.publish.command_words import answer_marker
from reviewer.publish.defang import code

REPLY = "reply"
"""In the place of a command's number: plain words have none."""
_BEGIN, _END = answer_marker(f"\0.{REPLY}").split("\0")


def is_reply(body: str) -> bool:
    """Whether a comment answers plain words. Trust it only where this App wrote the comment."""
    last = body.rstrip().rpartition("\n")[2].strip()
    return last.startswith(_BEGIN) and last.endswith(_END)


def without_mark(body: str) -> str:
    """An answer of ours without the mark at its end."""
    text, _, last = body.rstrip().rpartition("\n")
    return text.rstrip() if last.strip().startswith(_BEGIN) else body


def the_last(prefix: str) -> str:
    """So many answers a thread, and no more."""
    return (
        "That was the last answer to plain words in this thread. "
        f"`{prefix}ask <question>` is still answered here."
    )


def let_go_with(person: str, prefix: str, *, resolved: bool) -> str:
    """The finding was let go in the person's name."""
    left = "" if resolved else " GitHub does not let this App resolve the thread; you can."
    return (
        f"So it is let go in the name of {code(person)} and not raised again while this code stays "
        f"as it is; `{prefix}reopen` takes it back.{left}"
    )


def needs_role(role: Permission, prefix: str) -> str:
    """The person may not let it go."""
    return (
        f"Somebody with the role {role} or more can let it go here with `{prefix}dismiss <reason>`."
    )


def needs_two(prefix: str) -> str:
    """A critical finding that takes two people."""
    return (
        "A critical finding in this file takes two people with write permission: each of them "
        f"replies `{prefix}dismiss <reason>` here."
    )


def needs_decision(role: Permission, prefix: str) -> str:
    """A critical finding that was conceded on a person's word alone."""
    return (
        "It is critical, and no line of the code or of the configuration shows it. It stays until "
        f"somebody with the role {role} or more replies `{prefix}dismiss <reason>` here."
    )
