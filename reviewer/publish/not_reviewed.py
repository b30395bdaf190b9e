"""Why a head is not reviewed: for its check run, and for whoever asks for a review."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from reviewer.policy.globs import path_glob
from reviewer.policy.policy import Policy
from reviewer.publish.command_words import SWITCHED_OFF
from reviewer.publish.defang import code, visible
from reviewer.pull.snapshot import Snapshot
from reviewer.wanted import Unwanted, skip_label

_FULL = "full"


def check_words(why: Unwanted, snapshot: Snapshot, policy: Policy) -> tuple[str, str] | None:
    """Title and summary of the check run; None where the repository wants nothing said."""
    command = f"{policy.commands.prefix}review {_FULL}"
    if why is Unwanted.LABEL:
        return (
            f"Not reviewed: the label {_plain(skip_label(snapshot, policy))} holds reviews back",
            "This head is reviewed when the label is taken away.",
        )
    if why is Unwanted.DRAFT:
        return (
            "Not reviewed: a draft",
            f"It is reviewed once it is ready for review; `{command}` reviews it at once.",
        )
    return None


def paused_words(reviewed: str, prefix: str) -> tuple[str, str]:
    """The same of a paused pull request; `reviewed` is the last head that was, empty for none."""
    since = f" since {reviewed[:12]}" if reviewed else ""
    return (
        f"Paused: not reviewed{since}; {prefix}resume goes on",
        f"Pushes to this pull request are not reviewed until `{prefix}resume`, which reviews what "
        f"came meanwhile. `{prefix}review` reviews this head and leaves it paused.",
    )


def no_review_now(why: Unwanted, snapshot: Snapshot, policy: Policy) -> str:
    """One sentence for whoever asked."""
    if why is Unwanted.LABEL:
        return f"The label {code(skip_label(snapshot, policy))} holds reviews back."
    if why is Unwanted.BRANCH:
        return f"Pull requests into {code(snapshot.base_ref)} are not reviewed in this repository."
    if why is Unwanted.DRAFT:
        command = f"{policy.commands.prefix}review {_FULL}"
        return f"This is a draft; `{command}` reviews it all the same."
    return SWITCHED_OFF


def no_file_matches(only: str, changed: Collection[str], prefix: str) -> str:
    """One sentence where no changed file is meant by a path or glob; empty where one is."""
    glob = path_glob(only)
    if any(glob.matches(path) for path in changed):
        return ""
    sentence = f"No changed file matches {code(only)}."
    if get_close_matches(only.strip("-.,;:!?*'").lower(), [_FULL], cutoff=0.75):
        sentence += f" Did you mean `{prefix}review {_FULL}`?"
    return sentence


def _plain(label: str) -> str:
    """GitHub shows a title as it is, without markdown."""
    return " ".join(visible(label).split())[:100]
