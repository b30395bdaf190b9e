"""Hostile text on its way to a comment does nothing there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reviewer.publish.defang import code, one_line, paragraphs

MARKDOWN = MarkdownIt("commonmark", {"linkify": False}).enable("table")


def tokens(text: str) -> list[Token]:
    """All tokens, nested ones too."""
    found = []
    for token in MARKDOWN.parse(text):
        found.append(token)
        found.extend(token.children or [])
    return found


HARMLESS = {
    "paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak", "code_inline",
    "text_special",
}  # fmt: skip
NASTY = st.lists(
    st.sampled_from(
        ["<script>", "</sub>", "<!--", "-->", "![x](http://e)", "[x](javascript:1)", "@everyone",
         "#1", "`", "``", "```", "\n", "\n\n", "    ", "/merge", "# h", "> q", "- l", "1. l", "|a|",
         "***", "~~~", "\\", "&lt;", "www.evil.test", "https://evil.test", "<http://e>", "a", "=",
         "\u202e", "_x_", "acme/x#1", "GH-1", "+1", "---", "\r", "\t", "]:", "[a]: http://e"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(NASTY | st.text())
def test_one_line_renders_as_plain_text_and_code_alone(text: str) -> None:
    shown = one_line(text, 400)
    assert "\n" not in shown
    assert {token.type for token in tokens(shown)} <= HARMLESS


@given(NASTY | st.text())
def test_paragraphs_render_as_paragraphs_alone(text: str) -> None:
    assert {token.type for token in tokens(paragraphs(text, 400))} <= HARMLESS


@given(NASTY | st.text(min_size=1))
def test_a_code_span_is_one_code_span(text: str) -> None:
    shown = code(text)
    if shown:
        assert [t.type for t in tokens(shown)][2:-1] == ["code_inline"]


@pytest.mark.parametrize(
    "text", ["ask @trader", "see #12", "see acme/x#12", "GH-7", "http://evil.test", "www.evil.test"]
)
def test_nothing_is_linked_or_mentioned(text: str) -> None:
    plain = "".join(token.content for token in tokens(one_line(text, 100)) if token.type == "text")
    for sign in ("@trader", "#12", "GH-7", "http://", "www.evil"):
        assert sign not in plain


def test_a_generic_type_in_a_code_span_stays_as_it_is() -> None:
    assert one_line("`Vec<Order>` is empty", 100) == "`Vec<Order>` is empty"


def test_what_does_not_show_is_shown() -> None:
    assert "⟦U+202E⟧" in one_line("a\u202eb", 100)


def test_a_long_text_is_cut_with_a_sign() -> None:
    assert one_line("x" * 500, 50) == "x" * 49 + "…"
