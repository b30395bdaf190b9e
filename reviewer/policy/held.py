"""The configuration that a review is held to, and what is to be said about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from reviewer.policy.merge import HostLimits, overlaid, within
from reviewer.policy.messages import unusable
from reviewer.policy.parse import parse_policy
from reviewer.policy.policy import POLICY_PATH, Policy
from reviewer.policy.problem import shown


def _stored(policy: Policy) -> str:
    return policy.model_dump_json(exclude_unset=True)


def _restored(stored: object) -> object:
    # The model is strict: out of Python values it takes no list for a tuple, out of JSON it does.
    return Policy.model_validate_json(stored) if isinstance(stored, str) else stored


@dataclass(frozen=True, slots=True)
class HeldPolicy:
    """One repository's configuration within its host's limits."""

    policy: Annotated[Policy, PlainSerializer(_stored), BeforeValidator(_restored)]
    notes: tuple[str, ...] = ()
    """Sentences for the pull request."""
    usable: bool = True
    """Whether every file that there is could be read."""


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A configuration as its branch has it now, and how to come by what it was before."""

    text: bytes
    earlier: Callable[[], Iterable[tuple[str, bytes]]] = tuple
    """Commits and what they made of the file, newest first; asked for when `text` is no use."""


def hold(
    host: HostLimits, organisation: PolicyFile | None, repository: PolicyFile | None
) -> HeldPolicy:
    """The host's limits over the repository's file over its owner's; None for no file.

    Of a file that cannot be used the last version that could be holds, so that a slip of the pen
    opens no gate; without one it is as good as none. The pull request is told.
    """
    held, notes, usable = Policy(), [], True
    sources = ((organisation, f"the owner's {POLICY_PATH}"), (repository, POLICY_PATH))
    for file, name in sources:
        if file is None:
            continue
        read = parse_policy(file.text)
        if not isinstance(read, Policy):
            usable = False
            commit, last_good = _last_good(file)
            notes.append(unusable(read, name, commit))
            read = last_good
        held = overlaid(held, read)
    if held.agent is not None and not host.agent_allowed:
        notes.append(
            f"The agent {shown(held.agent)} was not run: this host runs none of a repository's."
        )
    return HeldPolicy(within(host, held), tuple(notes), usable)


def _last_good(file: PolicyFile) -> tuple[str, Policy]:
    for commit, text in file.earlier():
        read = parse_policy(text)
        if isinstance(read, Policy):
            return commit, read
    return "", Policy()
