"""The agent file that a repository brings: its words are run, and nothing else of it counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reviewer.agent.agent_file import AgentFile, parse_agent_file
from reviewer.errors import Misconfigured
from reviewer.policy.held import HeldPolicy
from reviewer.policy.problem import shown

MOST_BYTES = 64 * 1024

ReadFile = Callable[[str], bytes]
"""Reads a file of the base branch by its path. Raises Misconfigured where there is none to run."""


def own_agent(path: str, read: ReadFile) -> AgentFile:
    """The agent file at this path of the base branch. Raises Misconfigured."""
    content = read(path)
    if len(content) > MOST_BYTES:
        raise Misconfigured(f"it is larger than {MOST_BYTES // 1024} kB")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Misconfigured("it is not UTF-8 text") from error
    return parse_agent_file(text, names_model=False)


def with_usable_agent(held: HeldPolicy, read: ReadFile) -> HeldPolicy:
    """The configuration without its agent, and with a sentence, where that cannot be run."""
    path = held.policy.agent
    if path is None:
        return held
    try:
        own_agent(path, read)
    except Misconfigured as error:
        said = f"The agent {shown(path)} of the base branch was not run, the host's was: {error}."
        policy = held.policy.model_copy(update={"agent": None})
        return replace(held, policy=policy, notes=(*held.notes, said), usable=False)
    return held
