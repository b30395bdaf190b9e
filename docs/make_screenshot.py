"""Makes docs/review.png and docs/comment.png: pictures of the demo's pull request."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent
COMMENT = "Best bid is read from the lowest price"


def main() -> None:
    """Run the demo until the pictures are taken. Raises RuntimeError without a Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise RuntimeError("no Chromium is installed (on Debian: apt-get install chromium)")
    demo = subprocess.Popen(
        [sys.executable, "-m", "reviewer", "demo", "--json"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert demo.stdout is not None
        text = ""
        for line in demo.stdout:
            text += line
            if line.startswith("}"):
                break
        url = json.loads(text)["url"]
        threading.Thread(target=demo.stdout.read, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 1000, "height": 900})
            page.goto(url)
            summary = page.locator("div.card", has_text="Trading review of").first
            summary.screenshot(path=DOCS / "review.png")
            talk = page.locator("tr.talk", has_text=COMMENT).first
            talk.scroll_into_view_if_needed()
            box = talk.bounding_box()
            assert box is not None
            above = 170
            page.mouse.wheel(0, box["y"] - above)
            page.wait_for_timeout(200)
            box = talk.bounding_box()
            assert box is not None
            page.screenshot(
                path=DOCS / "comment.png",
                clip={
                    "x": box["x"],
                    "y": max(0, box["y"] - above),
                    "width": box["width"],
                    "height": box["height"] + above + 50,
                },
            )
            browser.close()
    finally:
        demo.terminate()
        demo.wait()
    print(f"{DOCS}/review.png {DOCS}/comment.png")


if __name__ == "__main__":
    main()
