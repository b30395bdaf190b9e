"""Each way in which the model API fails, over a real connection: what its caller is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from reviewer.agent.envelope import BadEnvelope, parse_envelope, salvage_envelope
from reviewer.agent.request import ModelAnswer, ModelRefused, ModelUnavailable, PromptTooLong
from reviewer.edges.breaker import FAILURES
from reviewer.edges.model import AnthropicModel
from reviewer.edges.model_client import ModelAccess
from tests.agent.samples import envelope_text
from tests.support.asked import READ_LINES, answered, question
from tests.support.model import ModelProcess

KEY = "a-model-key-of-a-test"


@contextmanager
def playing(
    script: str | list[Any], *, timeout: float = 10.0
) -> Iterator[tuple[AnthropicModel, ModelProcess, list[float]]]:
    waits: list[float] = []
    with ModelProcess(script) as api:
        access = ModelAccess(KEY, base_url=api.url, timeout=timeout)
        model = AnthropicModel(access, sleep=waits.append)
        yield model, api, waits
        model.close()


def asked(row: str) -> tuple[ModelAnswer, int]:
    """The answer, and how many calls it took."""
    with playing(f"row:{row}") as (model, api, _):
        return model.ask(question()), len(api.journal())


def failed(row: str, kind: type[Exception], *, timeout: float = 10.0) -> tuple[Any, int, float]:
    """The error, how many calls came before it, and how long was waited between them."""
    with playing(f"row:{row}", timeout=timeout) as (model, api, waits):
        with pytest.raises(kind) as raised:
            model.ask(question())
        return raised.value, len(api.journal()), sum(waits)


def test_a_refusal_is_passed_on_by_its_category_alone() -> None:
    answer, calls = asked("refusal")
    assert (answer.stop_reason, answer.declined, calls) == ("refusal", "cyber", 1)
    assert answer.usage.output_tokens > 0
    assert "explanation" not in repr(answer)


def test_an_answer_cut_off_in_its_json_is_passed_on_with_its_tokens() -> None:
    answer, calls = asked("max_tokens")
    assert (answer.stop_reason, calls) == ("max_tokens", 1)
    assert salvage_envelope(answer.text).summary == ""
    assert answer.usage.output_tokens > 0


@pytest.mark.parametrize("row", ["context_exceeded", "too_large", "too_long"])
def test_what_is_too_large_is_told_apart_and_not_repeated(row: str) -> None:
    _, calls, _ = failed(row, PromptTooLong)
    assert calls == 1


def test_a_model_without_structured_outputs_is_asked_for_json_in_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fenced = f"```json\n{parse_text()}\n```"
    script = [
        {
            "match": {"format": True},
            "fault": {
                "status": 400,
                "error_type": "invalid_request_error",
                "message": "output_config.format: structured outputs are off by policy",
            },
        },
        {"match": {"contains": "one JSON object"}, "answer": {"text": fenced}},
    ]
    with playing(script) as (model, api, waits):
        assert parse_envelope(model.ask(question()).text).summary == "Nothing."
        assert parse_envelope(model.ask(question()).text).summary == "Nothing."
        assert [note["status"] for note in api.journal()] == [400, 200, 200]
        assert waits == []
    assert "is asked without format from now on" in caplog.text


def parse_text() -> str:
    return envelope_text(summary="Nothing.")


def test_a_400_that_is_not_about_a_capability_is_refused_at_once() -> None:
    fault = {"status": 400, "error_type": "invalid_request_error", "message": "messages: no"}
    with playing([{"fault": fault}]) as (model, api, _):
        with pytest.raises(ModelRefused, match="messages: no"):
            model.ask(question())
        assert len(api.journal()) == 1


def test_a_short_limit_is_waited_for_and_then_handed_up() -> None:
    error, calls, waited = failed("limited", ModelUnavailable)
    assert (error.limited, error.retry_after, calls, waited) == (True, 1.0, 3, 2.0)


def test_a_long_limit_is_handed_up_at_once() -> None:
    error, calls, waited = failed("limited_long", ModelUnavailable)
    assert (error.limited, error.retry_after, calls, waited) == (True, 600.0, 1, 0.0)


@pytest.mark.parametrize(
    "row", ["overloaded", "server_error", "overloaded_in_stream", "cut_stream", "not_a_stream"]
)
def test_what_passes_is_tried_three_times(row: str) -> None:
    error, calls, _ = failed(row, ModelUnavailable)
    assert (error.limited, error.retry_after, calls) == (False, None, 3)


def test_a_connection_that_breaks_may_have_been_billed_each_time() -> None:
    error, calls, _ = failed("reset", ModelUnavailable)
    assert (error.lost_calls, calls) == (3, 3)


@pytest.mark.parametrize("row", ["silent", "pings"])
def test_a_call_that_takes_too_long_is_given_up_and_tried_once_more(row: str) -> None:
    error, _, _ = failed(row, ModelUnavailable, timeout=0.5)
    assert error.lost_calls == 2


@pytest.mark.parametrize("row", ["unauthorized", "unpaid", "forbidden", "spend_limit"])
def test_a_no_to_the_account_stops_every_model_until_somebody_acts(row: str) -> None:
    with playing(f"row:{row}") as (model, api, waits):
        for name in ("claude-sonnet-5-5", "claude-sonnet-5-5", "claude-opus-5-5"):
            with pytest.raises(ModelRefused):
                model.ask(question(model=name))
        assert len(api.journal()) == 1
        assert waits == []
        assert "the model API answered" in model.breaker.no()


def test_an_unknown_model_stops_that_model_alone() -> None:
    with playing([{}]) as (model, api, _):
        for _ in range(2):
            with pytest.raises(ModelRefused, match="404"):
                model.ask(question(model="claude-unheard-of"))
        assert len(api.journal()) == 1
        assert model.ask(question()).stop_reason == "end_turn"


def test_after_many_failures_a_model_is_left_alone() -> None:
    with playing("row:overloaded") as (model, api, _):
        for _ in range(4):
            with pytest.raises(ModelUnavailable) as raised:
                model.ask(question())
        assert len(api.journal()) == FAILURES
        assert raised.value.retry_after is not None
        assert not raised.value.limited
        with pytest.raises(ModelUnavailable, match="529"):
            model.ask(question(model="claude-opus-5-5"))


def test_a_pause_is_sent_back_and_the_answer_is_whole() -> None:
    answer, calls = asked("pause")
    assert (answer.stop_reason, calls) == ("end_turn", 2)
    assert [block["type"] for block in answer.content] == ["thinking", "thinking", "text"]
    assert parse_envelope(answer.text)


def test_text_that_is_no_json_reaches_the_strict_reader() -> None:
    answer, _ = asked("malformed")
    with pytest.raises(BadEnvelope):
        parse_envelope(answer.text)


@pytest.mark.parametrize(
    ("row", "name", "given"),
    [
        ("unknown_tool", "run_shell", {"command": "ls"}),
        ("bad_tool_input", "read_lines", {"start": "one"}),
    ],
)
def test_a_tool_that_cannot_be_run_can_be_answered_with_an_error(
    row: str, name: str, given: dict[str, Any]
) -> None:
    with playing(f"row:{row}") as (model, _, _waits):
        request = question(tools=(READ_LINES,))
        first = model.ask(request)
        (tool,) = first.tool_calls
        assert (tool.name, dict(tool.input)) == (name, given)
        more = replace(request, **answered(request, first, "no such tool"))
        assert model.ask(more).stop_reason == "end_turn"


def test_a_model_that_only_asks_for_tools_keeps_getting_valid_turns() -> None:
    with playing("row:tools_without_end") as (model, api, _):
        request = question(tools=(READ_LINES,))
        for _turn in range(4):
            answer = model.ask(request)
            assert answer.stop_reason == "tool_use"
            request = replace(request, **answered(request, answer))
        reads = [note["usage"]["cache_read_input_tokens"] for note in api.journal()]
        assert reads[0] == 0
        assert all(read > 0 for read in reads[1:])


def test_a_warm_cache_is_read_by_the_first_question() -> None:
    with playing("auto-empty") as (model, _, _waits):
        written = model.warm(replace(question(), max_tokens=0))
        assert written.cache_write_1h > 1000
        assert model.ask(question()).usage.cache_read >= written.cache_write_1h


def test_an_endpoint_that_cannot_be_warmed_is_asked_once_and_works_on() -> None:
    refuses = {"status": 400, "error_type": "invalid_request_error", "message": "max_tokens: >= 1"}
    with playing([{"times": 1, "fault": refuses}, {}]) as (model, api, _):
        for _ in range(2):
            with pytest.raises(ModelRefused):
                model.warm(replace(question(), max_tokens=0))
        assert len(api.journal()) == 1
        assert model.ask(question()).stop_reason == "end_turn"


def test_the_log_tells_figures_of_each_attempt_and_no_word_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    with playing([{"times": 1, "fault": {"status": 529}}, {}]) as (model, _, _waits):
        answer = model.ask(question("SENTINEL of the code"))
    lines = [r.getMessage() for r in caplog.records if r.name == "reviewer.edges.meter"]
    assert "status=529" in lines[0]
    assert f"status=200 request={answer.request_id}" in lines[1]
    assert "usd=0.0000" in lines[0]
    assert "usd=0.0000" not in lines[1]
    assert f"output={answer.usage.output_tokens}" in lines[1]
    assert "SENTINEL" not in caplog.text
    assert KEY not in caplog.text
