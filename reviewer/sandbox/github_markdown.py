"""Markdown of comments as safe HTML: GitHub's dialect as far as a review needs it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ALLOWED = re.compile(r"</?(?:details|summary|sub|sup|kbd|b|i|em|strong)>|<details open>|<br ?/?>")
_CIRCLES = {"🔴": "red", "🟠": "orange", "🟡": "yellow", "🟢": "green", "🔵": "blue", "⚪": "white"}
_CIRCLE = re.compile("|".join(_CIRCLES))


def markdown_html(text: str, original: Sequence[str] = ()) -> str:
    """Render a body. `original` are the lines that a suggestion in it would replace.

    HTML is shown as text but for a few harmless tags without attributes; HTML comments, in which
    the App hides its markers, are not shown.
    """
    return str(_MARKDOWN.render(text, {"original": list(original)}))


def _html(
    _self: RendererProtocol,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _env: dict[str, Any],
) -> str:
    content = _COMMENT.sub("", tokens[index].content)
    parts, end = [], 0
    for allowed in _ALLOWED.finditer(content):
        parts += [escape(content[end : allowed.start()]), allowed[0]]
        end = allowed.end()
    return "".join([*parts, escape(content[end:])])


def _fence(
    _self: RendererProtocol,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    env: dict[str, Any],
) -> str:
    token = tokens[index]
    language = token.info.strip().split(" ")[0]
    if language != "suggestion":
        return f"<pre><code>{escape(token.content)}</code></pre>\n"
    removed = [("del", "-", line) for line in env.get("original", [])]
    added = [("add", "+", line) for line in token.content.split("\n")[:-1]]
    rows = "".join(
        f'<tr class="{kind}"><td class="mark">{mark}</td><td class="code">{escape(line)}</td></tr>'
        for kind, mark, line in removed + added
    )
    return (
        '<div class="suggestion"><div class="suggestion-title">Suggested change</div>'
        f'<table class="diff">{rows}</table></div>\n'
    )


def _image(
    _self: RendererProtocol,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _env: dict[str, Any],
) -> str:
    # nothing is loaded from elsewhere
    return f"<em>[image: {escape(tokens[index].content)}]</em>"


def _text(
    _self: RendererProtocol,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _env: dict[str, Any],
) -> str:
    # drawn, because a machine without a colour font has no circles
    return _CIRCLE.sub(
        lambda found: f'<span class="circle {_CIRCLES[found[0]]}" title="{found[0]}"></span>',
        escape(tokens[index].content, quote=False),
    )


def _make() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": True, "breaks": True})
    markdown.enable(["table", "strikethrough"])
    for name, rule in (
        ("html_block", _html),
        ("html_inline", _html),
        ("fence", _fence),
        ("image", _image),
        ("text", _text),
    ):
        markdown.add_render_rule(name, rule)
    return markdown


_MARKDOWN = _make()
