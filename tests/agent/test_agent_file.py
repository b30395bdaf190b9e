from __future__ import annotations

import pytest

from reviewer.agent.agent_file import (
    DEFAULT_MODEL,
    MODEL_ALIASES,
    RETIRES,
    parse_agent_file,
    resolve_model,
    warnings_about,
)
from reviewer.agent.prompts_dir import prompts_dir
from reviewer.errors import Misconfigured

IN_THE_WILD = r"""---
name: exchange-reviewer
description: Use it to review matching code. Examples:\n\n- <example>User: "Look at this: it is slow"\nAssistant: "I will."</example>
model: opus
color: yellow
tools: [Read, Grep]
skills:
  - rust
  - risk
---

You review exchanges.

---
That line of dashes is part of the prompt.
"""  # noqa: E501


def test_a_file_that_is_not_yaml_is_read_all_the_same() -> None:
    agent = parse_agent_file(IN_THE_WILD)
    assert agent.name == "exchange-reviewer"
    assert agent.model == "claude-opus-5-5"
    assert agent.description.startswith(r"Use it to review matching code. Examples:\n\n- <example>")
    assert agent.description.endswith('Assistant: "I will."</example>')


def test_the_prompt_is_kept_word_for_word() -> None:
    body = parse_agent_file(IN_THE_WILD).body
    assert body == "You review exchanges.\n\n---\nThat line of dashes is part of the prompt."


def test_keys_that_do_nothing_here_are_kept_and_named() -> None:
    agent = parse_agent_file(IN_THE_WILD)
    assert agent.ignored == {
        "color": "yellow",
        "tools": ["Read", "Grep"],
        "skills": ["rust", "risk"],
    }
    assert len(agent.warnings) == 3
    assert "`color`" in agent.warnings[0]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    other = "\ufeff" + IN_THE_WILD.replace("\n", "\r\n")
    assert parse_agent_file(other) == parse_agent_file(IN_THE_WILD)


def test_values_over_several_lines_and_in_quotes() -> None:
    agent = parse_agent_file('---\nname: "a"\ndescription: |\n  one\n  two\n---\nPrompt\n')
    assert (agent.name, agent.description) == ("a", "one\ntwo")
    folded = parse_agent_file("---\nname: a\ndescription: one\n  two\n---\nPrompt\n")
    assert folded.description == "one two"


def test_a_list_that_is_broken_stays_a_text() -> None:
    agent = parse_agent_file("---\nname: a\ntools: [Bash(git: *), 'x]\n---\nPrompt\n")
    assert agent.ignored == {"tools": "[Bash(git: *), 'x]"}


def test_a_file_without_front_matter_is_all_prompt() -> None:
    agent = parse_agent_file("You review exchanges.\n")
    assert (agent.body, agent.model) == ("You review exchanges.", DEFAULT_MODEL)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("sonnet", "claude-sonnet-5-5"),
        ("opus", "claude-opus-5-5"),
        ("haiku", "claude-haiku-5-5"),
        ("fable", "claude-fable-5-2"),
        ("inherit", "claude-x"),
        ("", "claude-x"),
        ("claude-opus-4-8", "claude-opus-4-8"),
    ],
)
def test_model_names(name: str, model: str) -> None:
    assert resolve_model(name, default="claude-x") == model


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("---\nname: a\nmodel: gpt-9\n---\nPrompt", "'gpt-9'"),
        ("---\nname: a\n---\n  \n", "no prompt"),
        ("---\nname: a\nPrompt", "closing line"),
        ("---\nmodel: [a, b]\n---\nPrompt", "`model`"),
        ("x" * 60_001, "60,000"),
    ],
)
def test_what_cannot_be_run_says_why(text: str, says: str) -> None:
    with pytest.raises(Misconfigured, match=says.replace("[", r"\[")):
        parse_agent_file(text)


def test_our_own_agent_file_is_one() -> None:
    agent = parse_agent_file((prompts_dir() / "agent.md").read_text("utf-8"))
    assert agent.model == "claude-sonnet-5-5"
    assert agent.warnings == ()


def test_a_model_that_will_be_switched_off_is_told_of_with_the_day() -> None:
    from anthropic.resources.messages.messages import DEPRECATED_MODELS

    told = {name: day.strftime("%B ") + f"{day.day}th, {day.year}" for name, day in RETIRES.items()}
    assert told == {
        name: day for name, day in DEPRECATED_MODELS.items() if "2026" in day and "-3-" not in name
    }
    assert warnings_about("claude-sonnet-4-5") == (
        "the model claude-sonnet-4-5 is switched off on 2026-11-30: choose a newer one",
    )
    for model in MODEL_ALIASES.values():
        assert warnings_about(model) == ()


@pytest.mark.parametrize(
    "value",
    ["[" * 20_000 + "]" * 20_000, "[2026-13-45]", f"[{'1' * 5_000}]"],
    ids=["deep", "no date", "endless number"],
)
def test_a_list_that_yaml_breaks_on_is_a_line_of_text(value: str) -> None:
    agent = parse_agent_file(f"---\ntools: {value}\n---\nYou review.\n")
    assert agent.body == "You review."
    assert agent.ignored["tools"] == value


def test_where_the_model_is_not_its_to_name_any_name_will_do() -> None:
    agent = parse_agent_file("---\nmodel: gpt-of-my-own\n---\nYou review.\n", names_model=False)
    assert agent.model == DEFAULT_MODEL
    assert agent.ignored["model"] == "gpt-of-my-own"
