"""Makes docs/review.png: runs the demo and takes a picture of the pull request's page."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).parent / "review.png"


def main() -> None:
    """Run the demo until the picture is taken. Raises RuntimeError without a Chromium."""
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
            page = browser.new_page(viewport={"width": 1100, "height": 1500})
            page.goto(url)
            page.screenshot(path=PICTURE, full_page=False)
            browser.close()
    finally:
        demo.terminate()
        demo.wait()
    print(PICTURE)


if __name__ == "__main__":
    main()
