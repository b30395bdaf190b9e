"""The page that a person reads, and what hostile text cannot do to it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
import requests

from reviewer.sandbox import client_threads as threads
from reviewer.sandbox.github_markdown import markdown_html
from tests.sandbox.github.stage import REPO, Stage

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)><details onclick=alert(1)>"
    '[a](javascript:alert(1)) ![b](http://tracker.invalid/x.png) <a href="//evil.invalid">c</a>'
    "\n\n<iframe src=x>\n\n</div></div></main><style>* { display: none }</style>"
)
SAFE_TAGS = {
    *("html", "head", "meta", "link", "title", "style", "body", "div", "main", "h1", "h2", "h3"),
    *("p", "a", "b", "code", "pre", "span", "table", "colgroup", "col", "thead", "tbody", "tr"),
    *("th", "td", "ul", "ol", "li", "details", "summary", "sub", "em", "strong", "br", "s"),
}


class Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name == "href"}
        self.ids += [value or "" for name, value in attrs if name == "id"]


def _page(stage: Stage) -> str:
    found = requests.get(f"{stage.sandbox.url}/{REPO}/pull/{stage.number}", timeout=10)
    assert found.status_code == 200
    assert "default-src 'none'" in found.headers["Content-Security-Policy"]
    return found.text


def test_the_page_shows_the_review_under_its_line(stage: Stage) -> None:
    body = "**critical** · x\n\n```suggestion\nbetter <b>line</b>\n```\n\n<!-- marker:1 -->"
    comments: Any = [{"path": "order.rs", "line": 12, "body": body}]
    stage.pull().create_review(
        body="**Trading review**\n\n<!-- marker:2 -->", event="COMMENT", comments=comments
    )
    stage.repo().create_check_run(
        "trading review", stage.head, conclusion="failure", output={"title": "T", "summary": "*S*"}
    )
    page = _page(stage)
    (comment,) = stage.pull().get_review_comments()
    assert f'id="discussion_r{comment.id}"' in page
    assert "marker" not in page
    assert "<strong>Trading review</strong>" in page
    assert "<em>S</em>" in page
    # the suggestion shows what it replaces
    suggestion = page[page.index("Suggested change") :]
    assert suggestion.index(">changed<") < suggestion.index(">better &lt;b&gt;line&lt;/b&gt;<")
    # and the card stands between its line and the next
    assert page.index(">changed</td>") < page.index("discussion_r") < page.index(">line 13</td>")


def test_an_outdated_comment_moves_to_the_conversation(stage: Stage) -> None:
    comments: Any = [{"path": "order.rs", "line": 12, "body": "old news"}]
    stage.pull().create_review(body="x", event="COMMENT", comments=comments)
    head = stage.work.commit({"order.rs": "all new\n"})
    stage.sandbox.push(REPO, stage.number, head, source=stage.work.path)
    page = _page(stage)
    assert "Outdated comments" in page
    assert page.index("old news") < page.index("Files changed")


def test_hostile_text_stays_text(stage: Stage) -> None:
    head = stage.work.commit({'<img src="x">.rs': f"{HOSTILE}\n"}, HOSTILE)
    number = stage.sandbox.open_pull(
        REPO, stage.base, head, HOSTILE, HOSTILE, source=stage.work.path
    )
    pull = stage.repo().get_pull(number)
    comments: Any = [
        {"path": '<img src="x">.rs', "line": 1, "body": f"{HOSTILE}\n```suggestion\n{HOSTILE}"}
    ]
    pull.create_review(body=HOSTILE, event="COMMENT", comments=comments)
    pull.create_issue_comment(HOSTILE)
    note = {
        "path": HOSTILE,
        "start_line": 1,
        "end_line": 1,
        "annotation_level": "notice",
        "message": HOSTILE,
    }
    output: Any = {"title": HOSTILE, "summary": HOSTILE, "text": HOSTILE, "annotations": [note]}
    stage.repo().create_check_run(HOSTILE, head, conclusion="neutral", output=output)
    for path in ("/", f"/{REPO}/pull/{number}"):
        tags = Tags(requests.get(f"{stage.sandbox.url}{path}", timeout=10).text)
        assert tags.tags <= SAFE_TAGS
        assert not {name for name in tags.attributes if name.startswith("on") or name == "src"}
        assert all(link.startswith(("#", "/acme", "/", "data:,")) for link in tags.links)
        assert len(tags.ids) == len(set(tags.ids))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a <!-- hidden --> b", "<p>a  b</p>\n"),
        ("<!-- hidden\nfor\nmany lines -->", ""),
        ("<!-- never closed", ""),
        ("`<!-- shown -->`", "<p><code>&lt;!-- shown --&gt;</code></p>\n"),
        ("<sub>small</sub>", "<p><sub>small</sub></p>\n"),
        ("<sub class=x>no</sub>", "<p>&lt;sub class=x&gt;no</sub></p>\n"),
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("~~no~~", "<p><s>no</s></p>\n"),
    ],
)
def test_markdown_is_rendered_as_on_github(text: str, html: str) -> None:
    assert markdown_html(text).replace("<br />", "<br>") == html


def test_the_list_of_pull_requests(stage: Stage) -> None:
    page = requests.get(stage.sandbox.url, timeout=10).text
    assert f"/{REPO}/pull/{stage.number}" in page
    assert "Change orders" in page
    assert requests.get(f"{stage.sandbox.url}/{REPO}/pull/99", timeout=10).status_code == 404


def test_resolved_threads_and_hidden_comments_are_folded_away(stage: Stage) -> None:
    open_one = stage.pull().create_review_comment("still open", stage.head, "order.rs", line=40)
    done = stage.pull().create_review_comment("all done", stage.head, "order.rs", line=12)
    thread = threads.thread_of(stage.sandbox, REPO, stage.number, done.id)
    stage.sandbox.set_role(REPO, "carol", "write")
    threads.resolve(stage.sandbox, thread["id"], actor="carol")
    said = stage.pull().create_issue_comment("superseded")
    stage.github().requester.graphql_named_mutation(
        "minimizeComment",
        {"subjectId": said.raw_data["node_id"], "classifier": "OUTDATED"},
        "clientMutationId",
    )
    page = _page(stage)
    folded = [part.partition("</details>")[0] for part in page.split("<details><summary>")[1:]]
    (resolved,) = [part for part in folded if part.startswith("Resolved by <b>carol</b>")]
    assert f'id="discussion_r{done.id}"' in resolved
    assert f'id="discussion_r{open_one.id}"' not in resolved
    (hidden,) = [part for part in folded if "marked as outdated" in part]
    assert "superseded" in hidden
