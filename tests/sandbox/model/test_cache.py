"""The prompt cache of the stand-in: what is billed as read, as written, and as neither."""

from __future__ import annotations

from typing import Any

from reviewer.sandbox.model_cache import PromptCache, PromptUsage

LONG = "A rule of the house. " * 400


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def body(system: str = LONG, user: str = "code", *, ttl: str = "5m", **more: Any) -> dict[str, Any]:
    return {
        "model": "claude-sonnet-5-5",
        "system": [
            {
                "type": "text",
                "text": system,
                "cache_control": {"type": "ephemeral", "ttl": ttl},
            }
        ],
        "messages": [{"role": "user", "content": user}],
        **more,
    }


def total(usage: PromptUsage) -> int:
    return usage.input_tokens + usage.write_5m + usage.write_1h + usage.read


def test_the_first_call_writes_and_the_second_reads() -> None:
    cache = PromptCache()
    first, second = cache.serve(body()), cache.serve(body(user="other code"))
    assert first.write_5m > 2000
    assert (first.read, first.write_1h) == (0, 0)
    assert (second.read, second.write_5m) == (first.write_5m, 0)


def test_one_byte_in_the_prefix_misses() -> None:
    cache = PromptCache()
    cache.serve(body())
    assert cache.serve(body(system=LONG + ".")).read == 0


def test_another_model_or_another_schema_misses() -> None:
    cache = PromptCache()
    cache.serve(body())
    assert cache.serve(body(model="claude-opus-5-5")).read == 0
    other = {"format": {"type": "json_schema", "schema": {}}}
    assert cache.serve(body(output_config=other)).read == 0


def test_a_prefix_that_is_too_short_is_not_kept() -> None:
    cache = PromptCache()
    assert cache.serve(body("short")).write_5m == 0
    assert cache.serve(body("short")).read == 0


def test_a_prefix_lives_as_long_as_it_says_and_longer_when_read() -> None:
    clock = Clock()
    cache = PromptCache(clock)
    cache.serve(body())
    clock.now = 299
    assert cache.serve(body()).read > 0
    clock.now = 299 + 299
    assert cache.serve(body()).read > 0
    clock.now = 299 + 299 + 301
    assert cache.serve(body()).read == 0
    cache.serve(body(ttl="1h", system=LONG + "2"))
    clock.now += 3500
    assert cache.serve(body(ttl="1h", system=LONG + "2")).read > 0


def test_each_prefix_is_billed_by_its_own_duration() -> None:
    cache = PromptCache()
    call = body(ttl="1h")
    call["messages"] = [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": LONG, "cache_control": {"type": "ephemeral"}},
                {"type": "text", "text": "find"},
            ],
        }
    ]
    usage = cache.serve(call)
    assert usage.write_1h > 2000
    assert usage.write_5m > 2000
    assert 0 < usage.input_tokens < 50
    again = cache.serve(call)
    assert again.read == usage.write_1h + usage.write_5m
    assert total(again) == total(usage)
