from __future__ import annotations

from reviewer.agent.conversation import ANSWER_NOW, FINDER, VERIFIER, Limits, Talk, converse
from reviewer.agent.request import Call, ModelAnswer, ModelChanged
from reviewer.agent.tools import Toolbox
from tests.agent.asking import (
    Answering,
    Scripted,
    answer,
    looks_up,
    over_http,
    results_of,
    texts_of,
)
from tests.agent.samples import BOOK_PATH, EMPTY, NONCE, book_material
from tests.agent.test_prompt import request

READ = ("read_lines", {"path": BOOK_PATH, "start": 1, "end": 2})


def talk_with(
    answering: Answering, limits: Limits = VERIFIER
) -> tuple[Scripted, ModelAnswer, Talk]:
    door, talk = Scripted(answering), Talk("verify", "u1")
    material = book_material()
    box = Toolbox(material.head, material.base, NONCE)
    return door, converse(door, request(), box, limits, talk), talk


def test_what_is_looked_up_comes_back_in_order_in_one_message_over_real_http() -> None:
    tools = [
        {"name": "read_lines", "input": {"path": BOOK_PATH, "start": 13, "end": 13}},
        {"name": "nothing", "input": {}},
        {"name": "read_base", "input": {"path": BOOK_PATH, "start": 17, "end": 17}},
    ]
    material = book_material()
    box = Toolbox(material.head, material.base, NONCE)
    with over_http({"answer": {"tool_use": tools}}, {"answer": {"envelope": EMPTY}}) as door:
        talk = Talk("find", "u1")
        last = converse(door, request(), box, FINDER, talk)
    assert last.stop_reason == "end_turn"
    assert (talk.calls, talk.tool_calls) == (2, 3)
    asked = door.calls[1].request.turns
    assert [turn.role for turn in asked] == ["assistant", "user"]
    ids = [block["id"] for block in asked[0].content if block["type"] == "tool_use"]
    results = results_of(door.calls[1])
    assert [result["tool_use_id"] for result in results] == ids
    assert [result.get("is_error", False) for result in results] == [False, True, False]
    told = texts_of(results)
    assert "R13 " in told[0]
    assert "there is no tool" in told[1]
    assert "next_back" in told[2]


def test_every_call_of_a_conversation_begins_with_the_one_before() -> None:
    door, _, _ = talk_with(
        lambda call: looks_up(READ, number=call.number) if call.number < 3 else answer()
    )
    for before, after in zip(door.calls, door.calls[1:], strict=False):
        assert after.request.turns[: len(before.request.turns)] == before.request.turns
        assert after.request.user == before.request.user
        assert after.request.tools == before.request.tools


def test_the_last_turn_is_told_so_and_one_more_is_all_there_is() -> None:
    door, last, _ = talk_with(lambda call: looks_up(READ, number=call.number))
    assert len(door.calls) == VERIFIER.turns + 1
    assert last.stop_reason == "tool_use"
    told = [ANSWER_NOW in str(call.request.turns[-1:]) for call in door.calls]
    assert told == [False, False, False, True, True]
    assert all(call.request.tools for call in door.calls)
    assert results_of(door.calls[3])[0].get("is_error") is None
    assert results_of(door.calls[4])[0]["is_error"] is True


def test_calls_above_the_budget_are_refused_and_the_answer_is_asked_for() -> None:
    def many(call: Call) -> ModelAnswer:
        return looks_up(*[READ] * 8) if call.number == 1 else answer()

    door, last, _ = talk_with(many)
    assert last.stop_reason == "end_turn"
    errors = [result.get("is_error", False) for result in results_of(door.calls[1])]
    assert errors == [False] * 6 + [True] * 2
    assert ANSWER_NOW in str(door.calls[1].request.turns[-1])


def test_results_stop_at_their_budget_of_tokens() -> None:
    def big(call: Call) -> ModelAnswer:
        return looks_up(READ, READ, READ) if call.number == 1 else answer()

    door, _, _ = talk_with(big, Limits(4, 6, 120))
    results = results_of(door.calls[1])
    assert [result.get("is_error", False) for result in results] == [False, True, True]
    assert ANSWER_NOW in str(door.calls[1].request.turns[-1])


def test_when_another_model_takes_over_the_conversation_begins_anew() -> None:
    def moved(call: Call) -> ModelAnswer:
        if call.number == 1:
            return looks_up(READ)
        if call.number == 2:
            raise ModelChanged("it went away")
        return answer()

    door, last, _ = talk_with(moved)
    assert last.stop_reason == "end_turn"
    assert [len(call.request.turns) for call in door.calls] == [0, 2, 0]


def test_a_tool_that_was_cut_off_is_not_run() -> None:
    def cut(call: Call) -> ModelAnswer:
        asked = looks_up(READ)
        return ModelAnswer(
            "", "max_tokens", asked.usage, None, asked.model, 0, asked.tool_calls, asked.content
        )

    door, last, _ = talk_with(cut)
    assert last.stop_reason == "max_tokens"
    assert len(door.calls) == 1
