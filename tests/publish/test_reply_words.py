"""The mark of an answer to plain words, by which answers are counted."""

from __future__ import annotations

import pytest

from reviewer.publish.command_words import answer_marker, marked
from reviewer.publish.reply_words import REPLY, is_reply, without_mark

GUID = "b9e3657c-942c-477b-9bae-74fa4442908e"
PLAIN, COMMAND, FAILED = (f"{GUID}.{what}" for what in (REPLY, "0", "failed"))


def test_answers_to_plain_words_are_told_from_those_to_commands() -> None:
    assert is_reply(marked("**Upheld.**", PLAIN))
    assert is_reply(marked("**Upheld.**", PLAIN).replace("\n", "\r\n") + "\n")
    assert not is_reply(marked("Dismissed.", COMMAND))
    assert not is_reply(marked("Dismissed.", FAILED))


@pytest.mark.parametrize("quoted", [answer_marker(PLAIN), f"text\n{answer_marker(PLAIN)}\nmore"])
def test_a_mark_that_is_quoted_counts_for_nothing(quoted: str) -> None:
    assert not is_reply(marked(quoted + "\nand so on", COMMAND))


def test_the_mark_is_not_shown_to_the_model() -> None:
    assert without_mark(marked("**Upheld.**\n\nIt is inserted.", PLAIN)) == (
        "**Upheld.**\n\nIt is inserted."
    )
    assert without_mark("no mark\nat all") == "no mark\nat all"
