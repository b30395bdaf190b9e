"""The configuration that a review is held to, and what is to be said about it."""

from __future__ import annotations

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


def hold(host: HostLimits, organisation: bytes | None, repository: bytes | None) -> HeldPolicy:
    """The host's limits over the repository's file over its owner's; None for no file.

    A file that cannot be used is as good as none, and the pull request is told.
    """
    held, notes, usable = Policy(), [], True
    sources = ((organisation, f"the owner's {POLICY_PATH}"), (repository, POLICY_PATH))
    for file, name in sources:
        if file is None:
            continue
        read = parse_policy(file)
        if isinstance(read, Policy):
            held = overlaid(held, read)
        else:
            usable = False
            notes.append(unusable(read, name))
    if held.agent is not None and not host.agent_allowed:
        notes.append(
            f"The agent {shown(held.agent)} was not run: this host runs none of a repository's."
        )
    return HeldPolicy(within(host, held), tuple(notes), usable)
