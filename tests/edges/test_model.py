"""The model edge over the real SDK and real HTTP, against the stand-in for the model API."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from reviewer.agent.envelope import ENVELOPE_SCHEMA, parse_envelope
from reviewer.agent.request import (
    Block,
    ModelAnswer,
    ModelRefused,
    ModelRequest,
    ModelUnavailable,
    PromptTooLong,
)
from reviewer.agent.usage import Usage
from reviewer.edges.model import AnthropicModel
from reviewer.edges.model_client import ModelAccess
from tests.support.model import ModelProcess

KEY = "sk-test-0123456789"
EMPTY = {"summary": "Nothing.", "findings": [], "verdicts": [], "not_checked": [], "questions": []}


def case(name: str, *, times: int | None = None, **entry: Any) -> dict[str, Any]:
    return {"match": {"contains": f"<{name}>"}, "times": times, **entry}


def failing(name: str, *, times: int | None = None, **fault: Any) -> dict[str, Any]:
    return case(name, times=times, fault=fault)


SCRIPT = [
    failing("busy-once", times=1, status=529, error_type="overloaded_error"),
    case("busy-once"),
    failing("busy", status=529, error_type="overloaded_error"),
    failing("busy-midway", times=1, mid_stream_error="overloaded_error"),
    case("busy-midway"),
    failing("cut-always", cut_stream_after_bytes=900),
    failing("cut-once", times=1, cut_stream_after_bytes=900),
    case("cut-once"),
    failing("cut-then-whole", times=1, cut_stream_after_bytes=900),
    case("cut-then-whole", answer={"envelope": EMPTY}),
    failing("broken", reset=True),
    failing("broken-midway", reset=True, cut_stream_after_bytes=900),
    failing("page", non_sse=True),
    failing("slow", hang=1.5),
    failing("limited-once", times=1, status=429, error_type="rate_limit_error", retry_after=7),
    case("limited-once"),
    failing("limited-long", status=429, error_type="rate_limit_error", retry_after=90),
    failing("limited-month", status=429, error_type="rate_limit_error", retry_after=4e6),
    failing(
        "spent",
        status=429,
        error_type="rate_limit_error",
        error_code="enforced_spend_limit_reached",
        retry_after=1,
    ),
    failing("unpaid", status=402, error_type="billing_error"),
    failing("forbidden", status=403, error_type="permission_error"),
    failing("echo", status=403, error_type="permission_error", message=f"no access for {KEY}"),
    failing("large", status=413, error_type="request_too_large"),
    case("declined", answer={"text": '{"summary": "I c', "stop_reason": "refusal"}),
    case("cut-short", answer={"text": '{"summary": "', "stop_reason": "max_tokens"}),
    case(
        "overflow",
        answer={"text": "{", "stop_reason": "model_context_window_exceeded"},
    ),
    case("thoughtful", answer={"envelope": EMPTY, "thinking": "Let me see." * 40}),
    case("plain", answer={"envelope": EMPTY}),
    case("one-piece", answer={"envelope": EMPTY}, fault={"one_piece": True}),
    case(
        "one-piece-tool",
        answer={"tool_use": [{"name": "list_files", "input": {"dir": "src"}}]},
        fault={"one_piece": True},
    ),
]


@pytest.fixture(scope="module")
def api() -> Iterator[ModelProcess]:
    with ModelProcess(SCRIPT, "--max-input-tokens", "100000") as process:
        yield process


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def model(api: ModelProcess, waits: list[float]) -> Iterator[AnthropicModel]:
    model = AnthropicModel(ModelAccess(KEY, base_url=api.url, timeout=10), sleep=waits.append)
    yield model
    model.close()


def question(name: str, *, text: str = "", **fields: Any) -> ModelRequest:
    values: dict[str, Any] = {
        "model": "claude-sonnet-5-5",
        "system": (Block("You review."), Block("Rules. " * 1000, cache="1h")),
        "user": (Block(f"<{name}> {text}", cache="5m"), Block("Find.")),
        "schema": ENVELOPE_SCHEMA,
        "effort": "high",
        "max_tokens": 2000,
        **fields,
    }
    return ModelRequest(**values)


def calls(api: ModelProcess, before: int) -> list[dict[str, Any]]:
    return api.journal()[before:]


def test_an_answer_with_its_usage(model: AnthropicModel) -> None:
    answer = model.ask(question("plain"))
    assert parse_envelope(answer.text).summary == "Nothing."
    assert answer.stop_reason == "end_turn"
    assert answer.model == "claude-sonnet-5-5"
    assert answer.request_id is not None
    assert answer.usage.output_tokens > 0


def test_the_second_call_reads_the_cache_that_the_first_one_wrote(model: AnthropicModel) -> None:
    system = (Block("You review."), Block("These rules are new. " * 500, cache="1h"))
    first = model.ask(question("plain", system=system)).usage
    second = model.ask(question("plain", system=system)).usage
    assert first.cache_write_1h > 2000
    assert second.cache_write_1h == 0
    assert second.cache_read == first.cache_write_1h + first.cache_write_5m


def test_a_gateway_that_does_not_stream_is_understood(model: AnthropicModel) -> None:
    streamed, whole = model.ask(question("plain")), model.ask(question("one-piece"))
    assert parse_envelope(whole.text).summary == "Nothing."
    assert whole.stop_reason == "end_turn"
    assert whole.usage.output_tokens == streamed.usage.output_tokens
    assert whole.lost_calls == 0
    (call,) = model.ask(question("one-piece-tool")).tool_calls
    assert (call.name, call.input) == ("list_files", {"dir": "src"})


def test_thoughts_are_no_part_of_the_answer(model: AnthropicModel) -> None:
    assert json.loads(model.ask(question("thoughtful")).text) == EMPTY


@pytest.mark.parametrize(
    ("name", "stop_reason", "begins"),
    [("declined", "refusal", '{"summary": "I c'), ("cut-short", "max_tokens", '{"summary": "')],
)
def test_an_answer_that_stopped_early_comes_with_what_there_is(
    model: AnthropicModel, name: str, stop_reason: str, begins: str
) -> None:
    answer = model.ask(question(name))
    assert (answer.stop_reason, answer.text) == (stop_reason, begins)
    assert answer.usage.output_tokens > 0


@pytest.mark.parametrize("name", ["busy-once", "busy-midway", "cut-once"])
def test_what_passes_by_itself_is_asked_again(
    model: AnthropicModel, waits: list[float], name: str
) -> None:
    assert model.ask(question(name)).stop_reason == "end_turn"
    assert len(waits) == 1
    assert 0 <= waits[0] <= 4


def test_the_tokens_of_a_call_that_broke_off_are_counted(model: AnthropicModel) -> None:
    whole = model.ask(question("plain")).usage
    twice = model.ask(question("cut-then-whole")).usage
    assert twice.prompt_tokens > 1.9 * whole.prompt_tokens
    assert twice.output_tokens > whole.output_tokens


def _unavailable(model: AnthropicModel, name: str) -> ModelUnavailable:
    with pytest.raises(ModelUnavailable) as raised:
        model.ask(question(name))
    return raised.value


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("busy", "529 overloaded_error"),
        ("cut-always", "broke off"),
        ("broken", "cannot be reached"),
        ("broken-midway", "broke off"),
        ("page", "broke off without an error"),
    ],
)
def test_three_failures_are_enough(
    api: ModelProcess, model: AnthropicModel, waits: list[float], name: str, says: str
) -> None:
    before = len(api.journal())
    assert says in str(_unavailable(model, name))
    assert len(calls(api, before)) == 3
    assert len(waits) == 2


def test_a_failed_call_says_what_it_used(model: AnthropicModel) -> None:
    error = _unavailable(model, "cut-always")
    assert error.usage.prompt_tokens > 3 * 1500
    assert error.lost_calls == 0


def test_a_call_that_may_have_been_billed_is_counted_as_lost(model: AnthropicModel) -> None:
    error = _unavailable(model, "broken")
    assert (error.usage, error.lost_calls) == (Usage(), 3)


def test_nobody_is_billed_for_a_call_that_never_arrived(waits: list[float]) -> None:
    model = AnthropicModel(ModelAccess(KEY, base_url="http://127.0.0.1:9"), sleep=waits.append)
    error = _unavailable(model, "plain")
    assert (error.usage, error.lost_calls) == (Usage(), 0)


def test_a_silent_api_is_given_up_in_time(api: ModelProcess) -> None:
    model = AnthropicModel(ModelAccess(KEY, base_url=api.url, timeout=0.3), retries=0)
    started = time.monotonic()
    with pytest.raises(ModelUnavailable, match="ReadTimeout"):
        model.ask(question("slow"))
    assert time.monotonic() - started < 5


def test_a_wish_to_wait_is_granted(model: AnthropicModel, waits: list[float]) -> None:
    assert model.ask(question("limited-once")).stop_reason == "end_turn"
    assert waits == [7.0]


@pytest.mark.parametrize(("name", "wish"), [("limited-long", 90.0), ("limited-month", 3600.0)])
def test_a_wish_to_wait_long_is_passed_on_and_capped(
    model: AnthropicModel, waits: list[float], name: str, wish: float
) -> None:
    assert _unavailable(model, name).retry_after == wish
    assert waits == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("spent", "enforced_spend_limit_reached"),
        ("unpaid", "402"),
        ("forbidden", "403 permission_error"),
    ],
)
def test_a_no_is_not_argued_with(
    api: ModelProcess, model: AnthropicModel, name: str, says: str
) -> None:
    before = len(api.journal())
    with pytest.raises(ModelRefused, match=says):
        model.ask(question(name))
    assert len(calls(api, before)) == 1


def test_a_wrong_key_is_refused_and_not_repeated(
    api: ModelProcess, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = "sk-invalid-987654321"
    with pytest.raises(ModelRefused, match="401 authentication_error") as raised:
        AnthropicModel(ModelAccess(key, base_url=api.url)).ask(question("plain"))
    assert key not in repr(raised.value) + caplog.text


def test_a_key_that_the_api_repeats_is_taken_out(model: AnthropicModel) -> None:
    with pytest.raises(ModelRefused, match=r"no access for \[key\]"):
        model.ask(question("echo"))


def test_an_unknown_model_is_refused(model: AnthropicModel) -> None:
    with pytest.raises(ModelRefused, match="404 not_found_error"):
        model.ask(question("plain", model="claude-unheard-of"))


@pytest.mark.parametrize("name", ["large", "overflow"])
def test_a_change_that_is_too_large_is_told_apart(model: AnthropicModel, name: str) -> None:
    with pytest.raises(PromptTooLong):
        model.ask(question(name))


def test_a_prompt_above_the_models_context_is_told_apart(model: AnthropicModel) -> None:
    with pytest.raises(PromptTooLong, match="prompt is too long"):
        model.ask(question("plain", text="x" * 500_000))


def test_what_the_environment_says_changes_nothing(
    api: ModelProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = "http://127.0.0.1:9"
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "Authorization: Bearer invalid")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "invalid")
    for name in ("ANTHROPIC_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, nowhere)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    whole = AnthropicModel(ModelAccess(KEY, base_url=api.url)).ask(question("plain"))
    assert whole.stop_reason == "end_turn"
    access = ModelAccess(KEY, base_url=api.url, proxies_from_environment=True)
    model = AnthropicModel(access, retries=0)
    with pytest.raises(ModelUnavailable):
        model.ask(question("plain"))


def test_code_is_not_sent_on_to_where_a_redirect_points() -> None:
    class Elsewhere(BaseHTTPRequestHandler):
        target = ""

        def do_POST(self) -> None:
            self.send_response(307)
            self.send_header("Location", f"{self.target}/v1/messages")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    # One of its own: a call that another test gave up may still be written down.
    with ModelProcess() as api, HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        Elsewhere.target = api.url
        threading.Thread(target=server.handle_request, daemon=True).start()
        access = ModelAccess(KEY, base_url=f"http://127.0.0.1:{server.server_port}")
        model = AnthropicModel(access, retries=0)
        with pytest.raises(ModelRefused, match="307"):
            model.ask(question("plain"))
        assert api.journal() == []


def test_threads_share_one_model(model: AnthropicModel) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers: list[ModelAnswer] = list(pool.map(model.ask, [question("plain")] * 24))
    assert {answer.stop_reason for answer in answers} == {"end_turn"}


def test_the_sdk_is_not_loaded_before_the_first_question() -> None:
    code = (
        "import sys; from reviewer.edges.model import AnthropicModel, ModelAccess;"
        "AnthropicModel(ModelAccess('k'));"
        "print(sorted(m for m in ('anthropic', 'httpx2') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
