"""The pull request as a reader sees it, in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.support.stage import REPO, UNWRAP, ZERO_PRICE, Stage

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser.new_page()
        browser.close()


def test_each_comment_stands_under_its_line_and_the_summary_leads_to_it(
    stage: Stage, page: Page
) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull(title="Match <script>document.title='taken'</script>")
        stage.wait_for_check(stage.head_of(number), app)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{stage.sandbox.url}/{REPO}/pull/{number}")
    under = page.evaluate(
        "() => [...document.querySelectorAll('tr.talk')].map(talk => "
        "[talk.previousElementSibling.querySelector('td.code').textContent, talk.innerText])"
    )
    by_line = dict(under)
    assert set(by_line) == {UNWRAP, ZERO_PRICE}
    assert "static rule B1h" in by_line[UNWRAP]
    assert "static rule A16" in by_line[ZERO_PRICE]
    assert "trading-reviewer finding" not in page.inner_text("body")

    page.click("text=src/order_book.rs:14")
    assert "#discussion_r" in page.url
    target = page.url.partition("#")[2]
    box = page.locator(f"#{target}").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < page.viewport_size["height"]  # type: ignore[index]
    assert page.title() != "taken"
    assert all(url.startswith(stage.sandbox.url) for url in asked)
