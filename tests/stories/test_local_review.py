"""What `reviewer review` prints of a local repository is what the App posts on GitHub."""

from __future__ import annotations

import json

from reviewer.publish.fingerprint import marked_finding
from tests.support.command import reviewer
from tests.support.stage import REPO, WORSE, Stage


def test_the_findings_are_those_that_the_app_posts(stage: Stage) -> None:
    hidden = WORSE + 'pub const VENUE: &str = "XNAS\u200b"; // \u202e\n'
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull(hidden)
        head = stage.head_of(number)
        stage.wait_for_check(head, app)
        posted = {
            (marked_finding(comment["body"]), comment["path"], comment["original_line"])
            for comment in stage.sandbox.comments(REPO, number)
        }
    done = reviewer(
        "review", stage.repo.path, "--base", stage.base, "--head", head, "--format", "json"
    )
    printed = {
        (f["fingerprint"], f["path"], f["line"]) for f in json.loads(done.stdout)["findings"]
    }
    assert printed == posted
    assert len(posted) == 5
