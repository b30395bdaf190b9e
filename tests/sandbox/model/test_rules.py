"""The stand-in for the model API refuses what the API refuses, in its words and its form."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import anthropic
import pytest

from reviewer.agent.envelope import ENVELOPE_SCHEMA
from tests.support.model import ModelProcess


@pytest.fixture(scope="module")
def api() -> Iterator[ModelProcess]:
    with ModelProcess([{"answer": {"text": "Hello.", "raw": True}}]) as process:
        yield process


def body(**fields: Any) -> dict[str, Any]:
    return {
        "model": "claude-sonnet-5-5",
        "max_tokens": 100,
        "messages": [{"role": "user", "content": "Hi"}],
        **fields,
    }


def post(
    api: ModelProcess, data: Any, path: str = "/v1/messages", **headers: str
) -> tuple[int, dict[str, Any]]:
    sent = {
        "Authorization": "Bearer sk-test",
        "anthropic-version": "2026-10-21",
        "Content-Type": "application/json",
        **headers,
    }
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    request = Request(
        api.url + path, raw, {name: value for name, value in sent.items() if value}, method="POST"
    )
    try:
        with urlopen(request) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        answer: dict[str, Any] = json.load(error)
        return error.code, {**answer, "header": error.headers["request-id"]}


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


def marked(words: str, ttl: str = "5m") -> dict[str, Any]:
    return text(words, cache_control={"type": "ephemeral", "ttl": ttl})


TOOL = {"name": "read_lines", "input_schema": {"type": "object", "properties": {}}}
USER = {"role": "user", "content": "Hi"}
ASKED = {
    "role": "assistant",
    "content": [{"type": "tool_use", "id": "toolu_1", "name": "read_lines", "input": {}}],
}
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("no model", {"model": None}, "model: "),
    ("sampling", {"temperature": 0}, "temperature: Extra inputs are not permitted"),
    ("top_p", {"top_p": 0.5}, "top_p: Extra inputs are not permitted"),
    ("no messages", {"messages": []}, "at least one message"),
    ("prefill", {"messages": [USER, {"role": "assistant", "content": "{"}]}, "prefill"),
    ("assistant first", {"messages": [{"role": "assistant", "content": "a"}, USER]}, "first"),
    ("a role", {"messages": [{"role": "tool", "content": "a"}]}, "messages.0.role"),
    (
        "an unknown member",
        {"messages": [{"role": "user", "content": [text("a", colour="red")]}]},
        "messages.0.content.0.colour: Extra inputs are not permitted",
    ),
    (
        "empty text",
        {"messages": [{"role": "user", "content": [text("")]}]},
        "non-whitespace",
    ),
    (
        "thinking budget",
        {"thinking": {"type": "enabled", "budget_tokens": 2000}},
        "thinking.budget_tokens",
    ),
    ("no thinking", {"thinking": {"type": "disabled"}}, "disabled"),
    (
        "between tools on opus",
        {"model": "claude-opus-5-5", "thinking": {"type": "between_tools"}},
        "between_tools",
    ),
    ("forced tool", {"tools": [TOOL], "tool_choice": {"type": "any"}}, "tool_choice"),
    (
        "one tool",
        {"tools": [TOOL], "tool_choice": {"type": "tool", "name": "read_lines"}},
        "tool_choice",
    ),
    ("five breakpoints", {"system": [marked("a")] * 5}, "maximum of 4"),
    ("cache order", {"system": [marked("a"), marked("b", "1h")]}, "ttl='1h'"),
    ("effort", {"output_config": {"effort": "extreme"}}, "output_config.effort"),
    (
        "a loose schema",
        {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}},
        "additionalProperties",
    ),
    (
        "a keyword of schemas",
        {
            "output_config": {
                "format": {"type": "json_schema", "schema": {"type": "string", "maxLength": 3}}
            }
        },
        "'maxLength' is not supported",
    ),
    ("too many tokens", {"max_tokens": 200_000}, "max_tokens"),
    ("a result nobody asked for", {"messages": [
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "toolu_9", "content": "x"}
        ]}
    ]}, "toolu_9"),
    ("a nameless tool", {"tools": [{**TOOL, "name": "read lines"}]}, "tools.0.name"),
    ("two tools of a name", {"tools": [TOOL, TOOL]}, "must be unique"),
    ("results behind text", {"tools": [TOOL], "messages": [USER, ASKED, {
        "role": "user", "content": [
        text("here"), {"type": "tool_result", "tool_use_id": "toolu_1", "content": "x"}
    ]}]}, "must come first"),
    ("a foreign thought", {"messages": [USER, {"role": "assistant", "content": [
        {"type": "thinking", "thinking": "hm", "signature": "c2lnbmVk"}
    ]}, USER]}, "signature"),
    ("a tool left unanswered", {"messages": [USER, ASKED, USER]}, "toolu_1"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "says"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_what_the_api_refuses(api: ModelProcess, fields: dict[str, Any], says: str) -> None:
    status, answer = post(api, body(**fields))
    assert status == 400
    assert answer["type"] == "error"
    assert answer["request_id"] == answer["header"] != ""
    assert answer["error"]["type"] == "invalid_request_error"
    assert says in answer["error"]["message"]


def test_what_the_api_takes(api: ModelProcess) -> None:
    status, answer = post(
        api,
        body(
            system=[text("a"), marked("b", "1h")],
            messages=[
                {"role": "user", "content": [marked("a"), text("b")]},
                ASKED,
                {
                    "role": "user",
                    "content": [
                        {
                            "type": "tool_result",
                            "tool_use_id": "toolu_1",
                            "content": [marked("R1 + x")],
                        },
                    ],
                },
            ],
            tools=[TOOL],
            tool_choice={"type": "auto"},
            thinking={"type": "adaptive", "display": "omitted"},
            metadata={"user_id": "0"},
            output_config={
                "effort": "max",
                "format": {
                    "type": "json_schema",
                    "schema": anthropic.transform_schema(ENVELOPE_SCHEMA),
                },
            },
        ),
    )
    assert (status, answer["stop_reason"]) == (200, "end_turn")


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({"Authorization": ""}, 401, "authentication_error"),
        ({"Authorization": "Basic abc"}, 401, "authentication_error"),
        ({"Authorization": "Bearer sk-invalid"}, 401, "authentication_error"),
        ({"anthropic-version": ""}, 400, "invalid_request_error"),
    ],
)
def test_headers(api: ModelProcess, headers: dict[str, str], status: int, kind: str) -> None:
    answered, answer = post(api, body(), **headers)
    assert (answered, answer["error"]["type"]) == (status, kind)


def test_bodies_that_are_none(api: ModelProcess) -> None:
    assert post(api, b"{")[0] == 400
    assert post(api, [])[0] == 400
    assert post(api, body(), path="/v1/complete")[0] == 404


def test_a_body_above_32_mb_is_too_large(api: ModelProcess) -> None:
    huge = body(messages=[{"role": "user", "content": "x" * 34_000_000}])
    status, answer = post(api, huge)
    assert (status, answer["error"]["type"]) == (413, "request_too_large")


def test_a_model_that_does_not_exist(api: ModelProcess) -> None:
    status, answer = post(api, body(model="claude-unheard-of"))
    assert (status, answer["error"]["type"]) == (404, "not_found_error")


def test_tokens_are_counted_without_a_script(api: ModelProcess) -> None:
    client = anthropic.Anthropic(api_key="sk-test", base_url=api.url, max_retries=0)
    small = client.messages.count_tokens(
        model="claude-sonnet-5-5", messages=[{"role": "user", "content": "x" * 350}]
    )
    assert 90 < small.input_tokens < 150


def test_models_are_listed_page_by_page(api: ModelProcess) -> None:
    client = anthropic.Anthropic(api_key="sk-test", base_url=api.url, max_retries=0)
    active = [model.id for model in client.models.list(lifecycle=["active"], limit=3)]
    assert "claude-sonnet-5-5" in active
    assert "claude-sonnet-4-5" not in active
    assert len(active) == len(set(active)) > 10
    assert client.models.retrieve("claude-haiku-5-5").line == "haiku"
    with pytest.raises(anthropic.NotFoundError):
        client.models.retrieve("claude-unheard-of")


def test_an_old_model_may_be_forced_to_a_tool(api: ModelProcess) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fields = {"tools": [TOOL], "tool_choice": {"type": "any"}}
        assert post(api, body(model="claude-opus-4-8", **fields))[0] == 200


def test_the_journal_tells_calls_apart_and_keeps_no_key(api: ModelProcess) -> None:
    before = len(api.journal())
    post(api, body(system="You review.", messages=[{"role": "user", "content": "SENTINEL"}]))
    post(api, body(temperature=1), Authorization="Bearer sk-journal-test")
    good, bad = api.journal()[before:]
    assert good["status"] == 200
    assert (good["system_chars"], good["user_chars"]) == (11, 8)
    assert (bad["status"], bad["error"]) == (400, "invalid_request_error")
    assert good["digest"] != bad["digest"]
    raw = (api.root / "journal").read_text()
    assert "sk-" not in raw
    assert "SENTINEL" not in raw
