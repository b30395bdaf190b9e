"""What of a posted text would be more than text to whoever reads it: a browser, a bot, this App."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from reviewer.publish.fingerprint import marked_finding
from tests.injections.canaries import ALL
from tests.support.marks import marked_review

_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_OWN_HTML = re.compile(r"</?(?:sub|details|summary|b)>\Z")
_OWN_MARK = re.compile(
    r"<!-- trading-reviewer (?:finding|review)=[0-9a-f]+(?: [a-z]+=[\w:.,]+)*(?: summary)? -->\Z"
)
_MENTION = re.compile(r"@[A-Za-z0-9]")
_REFERENCE = re.compile(r"#\d|\bGH-\d", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?|ftp)://|www\.|mailto:\w+@\w", re.IGNORECASE)
_MATHS = re.compile(r"(?<!\\)\$(?:.*[^\\])?\$|(?<!\\)\$`", re.DOTALL)
_COMMAND = re.compile(r"^[ \t>]*/[A-Za-z]", re.MULTILINE)
_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u206f\ufe00-\ufe0e"
    "\ufeff\U000e0000-\U000e0fff]"
)
_INACTIVE = {
    "paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak", "code_inline",
    "text_special", "strong_open", "strong_close", "em_open", "em_close", "heading_open",
    "heading_close", "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close",
    "table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close",
    "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close",
}  # fmt: skip


def live(text: str, own_links: str = "") -> list[str]:
    """All that is more than text; empty for a text that is harmless.

    Links that begin with `own_links` are the App's own to its comments.
    """
    return [*_in_markdown(text, own_links), *_raw(text)]


def _raw(text: str) -> Iterator[str]:
    for canary in ALL:
        if canary in text:
            yield f"secret {canary[:8]}"
    if command := _COMMAND.search(text):
        yield f"command {command[0]!r}"
    if hidden := _HIDDEN.search(text):
        yield f"hidden U+{ord(hidden[0]):04X}"
    lines = text.split("\n")
    while lines and _OWN_MARK.match(lines[-1]):
        lines.pop()
    if "<!--" in "\n".join(lines):
        yield "a mark before our own"
    if len(lines) < text.count("\n") + 1 and not _reads_its_last_mark(text):
        yield "another mark is read than was written"


def _reads_its_last_mark(text: str) -> bool:
    last = text.rpartition("\n")[2]
    kind = "finding" if "finding=" in last else "review"
    read = marked_finding(text) if kind == "finding" else marked_review(text)
    return f"{kind}={read}" in last


def _in_markdown(text: str, own_links: str) -> Iterator[str]:
    for token in _tokens(text):
        if token.type in ("html_inline", "html_block"):
            tags = re.findall(r"<[^>]*>?", token.content)
            if any(not _OWN_HTML.match(tag) and not _OWN_MARK.match(tag) for tag in tags):
                yield f"HTML {token.content!r}"
        elif token.type == "fence":
            if token.info not in ("suggestion", "mermaid"):
                yield f"a fence {token.info!r}"
        elif token.type == "link_close":
            continue
        elif token.type == "link_open":
            href = str(token.attrGet("href"))
            if not own_links or not href.startswith(own_links):
                yield f"a link to {href}"
        elif token.type not in _INACTIVE:
            yield f"{token.type} {token.content!r}"
        elif token.type == "text":
            for what, sign in (
                ("mention", _MENTION),
                ("reference", _REFERENCE),
                ("link", _ADDRESS),
            ):
                if found := sign.search(token.content):
                    yield f"{what} {found[0]!r} in {token.content!r}"
    # `$` outside code: read before the escapes are gone
    outside = re.sub(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", "``", text, flags=re.DOTALL)
    if found := _MATHS.search(outside):
        yield f"mathematics {found[0]!r}"


def _tokens(text: str) -> Iterator[Token]:
    for token in _MARKDOWN.parse(text):
        yield token
        yield from token.children or []
