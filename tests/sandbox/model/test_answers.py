"""The stand-in for the model API says what its script says, as the SDK expects to hear it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import pytest

from reviewer.agent.envelope import ENVELOPE_SCHEMA, parse_envelope
from reviewer.sandbox.model_rows import ROWS
from reviewer.sandbox.model_script import BadScript, read_script
from tests.support.model import ModelProcess

VIEW = """\
### FILE src/book.rs (modified, +1 −1)

#### fn Book::best [src/book.rs:12-14]
R12       pub fn best(&self) -> Option<u64> {
L17 -         self.bids.keys().next_back().copied()
R13 +         self.bids.keys().next().copied()
R14       }
"""  # noqa: RUF001
SCRIPT: dict[str, Any] = {
    "entries": [
        {"match": {"contains": ["<tools>"], "regex": "^R7 "}, "answer": {"text": "Seen."}},
        {
            "match": {"contains": "<tools>"},
            "answer": {
                "text": "I will look.",
                "tool_use": [{"name": "read_lines", "input": {"path": "a.rs", "start": 1}}],
            },
        },
        {"match": {"contains": "<wrong>"}, "answer": {"envelope": {"summary": "no findings"}}},
        {"match": {"system_contains": "<seed>"}, "answer": {"text": "from the system"}},
        {"match": {"contains": "<usage>"}, "answer": {"text": "x", "usage": {"output_tokens": 9}}},
        {"match": {"contains": "<long>"}, "answer": {"text": "word " * 1000}},
        {"match": {"contains": "<once>"}, "answer": {"text": "first"}, "times": 1},
        {"match": {"contains": "<once>"}, "answer": {"text": "then"}},
    ],
    "planted": [
        {
            "path_regex": r"book\.rs$",
            "line_regex": r"keys\(\)\.next\(\)",
            "finding": {"title": "The worst bid", "scenario": "Bids at 99 and 101: it says 99."},
        },
        {
            "line_regex": "next_back",
            "kinds": ["removed"],
            "finding": {"title": "Gone", "scenario": "It was right before."},
        },
    ],
}


@pytest.fixture(scope="module")
def api() -> Iterator[ModelProcess]:
    with ModelProcess(SCRIPT) as process:
        yield process


@pytest.fixture(scope="module")
def client(api: ModelProcess) -> anthropic.Anthropic:
    return anthropic.Anthropic(api_key="sk-test", base_url=api.url, max_retries=0)


def ask(client: anthropic.Anthropic, text: str, **fields: Any) -> anthropic.types.Message:
    values: dict[str, Any] = {
        "model": "claude-sonnet-5-5",
        "max_tokens": 500,
        "messages": [{"role": "user", "content": text}],
        **fields,
    }
    with client.messages.stream(**values) as stream:
        return stream.get_final_message()


def envelope_format() -> Any:
    schema = anthropic.transform_schema(ENVELOPE_SCHEMA)
    return {"format": {"type": "json_schema", "schema": schema}}


def said(message: anthropic.types.Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


TOOLS: Any = [{"name": "read_lines", "input_schema": {"type": "object", "properties": {}}}]


def test_a_tool_is_asked_for_and_its_result_is_heard(client: anthropic.Anthropic) -> None:
    first = ask(client, "<tools>", tools=TOOLS, thinking={"type": "adaptive"})
    assert first.stop_reason == "tool_use"
    assert [block.type for block in first.content] == ["thinking", "text", "tool_use"]
    tool = first.content[2]
    assert isinstance(tool, anthropic.types.ToolUseBlock)
    assert tool.input == {"path": "a.rs", "start": 1}
    turns: list[anthropic.types.MessageParam] = [
        {"role": "user", "content": "<tools>"},
        first.to_param(),
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": tool.id, "content": "R7   let x = 1;"}
            ],
        },
    ]
    assert said(ask(client, "", tools=TOOLS, messages=turns)) == "Seen."
    with pytest.raises(anthropic.BadRequestError, match="must define tools"):
        ask(client, "", messages=turns)
    with pytest.raises(anthropic.BadRequestError, match="Invalid `signature`"):
        ask(client, "", tools=TOOLS, messages=turns, model="claude-opus-5-5")


def test_answers_follow_the_turns_of_a_conversation() -> None:
    look = {"tool_use": [{"name": "read_lines", "input": {}}]}
    script = [
        {"match": {"turn": 0}, "answer": look},
        {"match": {"turn": 1}, "answer": look},
        {"match": {"turn": 2}, "answer": {"text": "Done."}},
    ]
    with ModelProcess(script) as api:
        client = anthropic.Anthropic(api_key="sk-test", base_url=api.url, max_retries=0)
        turns: list[Any] = [{"role": "user", "content": "Hi"}]
        for _ in range(2):
            message = ask(client, "", tools=TOOLS, messages=turns)
            (tool,) = message.content
            assert isinstance(tool, anthropic.types.ToolUseBlock)
            result = {"type": "tool_result", "tool_use_id": tool.id, "content": "R1   x"}
            turns += [message.to_param(), {"role": "user", "content": [result]}]
        assert said(ask(client, "", tools=TOOLS, messages=turns)) == "Done."


@pytest.mark.parametrize("row", ROWS)
def test_every_row_can_be_played(row: str) -> None:
    assert read_script(f"row:{row}").entries


def test_streamed_or_not_the_answer_is_the_same(client: anthropic.Anthropic) -> None:
    whole = client.messages.create(
        model="claude-sonnet-5-5",
        max_tokens=500,
        messages=[{"role": "user", "content": VIEW}],
    )
    streamed = ask(client, VIEW)
    assert said(whole) == said(streamed) != ""
    assert whole.usage.output_tokens == streamed.usage.output_tokens


def test_claims_are_planted_on_the_lines_that_were_sent(client: anthropic.Anthropic) -> None:
    message = ask(client, VIEW, output_config=envelope_format())
    added, removed = parse_envelope(said(message)).findings
    assert (added.path, added.side, added.line) == ("src/book.rs", "RIGHT", 13)
    assert added.quote == "self.bids.keys().next().copied()"
    assert (removed.side, removed.line) == ("LEFT", 17)


def test_without_the_line_there_is_no_claim(client: anthropic.Anthropic) -> None:
    other = VIEW.replace("book.rs", "risk.rs").replace("next_back", "last")
    message = ask(client, other, output_config=envelope_format())
    assert parse_envelope(said(message)).findings == ()


def test_a_script_cannot_break_the_schema(client: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.InternalServerError, match="findings: Field required"):
        ask(client, "<wrong>", output_config=envelope_format())


def test_the_first_entry_that_matches_and_is_left_answers(client: anthropic.Anthropic) -> None:
    assert [said(ask(client, "<once>")) for _ in range(3)] == ["first", "then", "then"]
    assert said(ask(client, "x", system="<seed>")) == "from the system"


def test_figures_of_the_script_stand(client: anthropic.Anthropic) -> None:
    assert ask(client, "<usage>").usage.output_tokens == 9


def test_an_answer_above_max_tokens_is_cut(client: anthropic.Anthropic) -> None:
    message = ask(client, "<long>", max_tokens=50)
    assert message.stop_reason == "max_tokens"
    assert len(said(message)) == 175


def test_no_tokens_fill_the_cache_and_say_nothing(client: anthropic.Anthropic) -> None:
    system: Any = [
        {"type": "text", "text": "Rule. " * 2000, "cache_control": {"type": "ephemeral"}}
    ]
    warm = client.messages.create(
        model="claude-sonnet-5-5",
        max_tokens=0,
        system=system,
        messages=[{"role": "user", "content": "<usage>"}],
    )
    assert warm.content == []
    assert (warm.usage.cache_creation_input_tokens or 0) > 3000
    after = ask(client, "<once>", system=system)
    assert after.usage.cache_read_input_tokens == warm.usage.cache_creation_input_tokens


def test_a_call_without_an_entry_is_an_error_not_the_nearest_answer() -> None:
    script = [{"match": {"call": 2}, "answer": {"text": "two"}}]
    with ModelProcess(script) as api:
        client = anthropic.Anthropic(api_key="sk-test", base_url=api.url, max_retries=0)
        with pytest.raises(anthropic.InternalServerError, match="no script matches call 1"):
            ask(client, "x")
        assert said(ask(client, "x")) == "two"
        assert [note["status"] for note in api.journal()] == [500, 200]


def test_the_automatic_script_finds_nothing() -> None:
    with ModelProcess() as api:
        client = anthropic.Anthropic(api_key="sk-test", base_url=api.url, max_retries=0)
        message = ask(client, VIEW, output_config=envelope_format())
        assert parse_envelope(said(message)).findings == ()


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ([{"answr": {}}], "answr"),
        ([{"match": {"regex": "("}}], "unterminated"),
        ([{"fault": {"status": "many"}}], "status"),
        ({"entries": [], "more": 1}, "more"),
    ],
)
def test_a_script_with_a_mistake_is_refused(tmp_path: Path, script: Any, says: str) -> None:
    path = tmp_path / "script.json"
    path.write_text(json.dumps(script))
    with pytest.raises(BadScript, match=says):
        read_script(str(path))


def test_an_unknown_row_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadScript, match="row:refusal, row:max_tokens"):
        read_script("row:unheard_of")


def test_a_server_does_not_start_on_a_script_that_is_not_there() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reviewer.sandbox.model_server", "--script", "nowhere.json"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "nowhere.json" in done.stderr
