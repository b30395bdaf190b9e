"""Twenty reviews under way, and the process killed again and again."""

from __future__ import annotations

import random
import time

from tests.support.app import wait_for
from tests.support.model import ModelProcess
from tests.support.stage import REPO, WRONG_BID, Stage

PULLS = 20
KILLS = 4
SLOW = {
    "delay": 0.5,
    "answer": {
        "envelope": {
            "summary": "",
            "findings": [],
            "verdicts": [],
            "not_checked": [],
            "questions": [],
        },
    },
}


def test_every_pull_request_ends_with_one_review(stage: Stage) -> None:
    chance = random.Random(7)
    with ModelProcess([SLOW]) as model:
        app = stage.app(ANTHROPIC_API_KEY="a-model-key", REVIEWER_MODEL_URL=model.url)
        with app:
            stage.deliver_to(app)
            heads: dict[int, str] = {}
            for n in range(PULLS):
                number = stage.open_pull(f"// {n}\n{WRONG_BID}", head_ref=f"change-{n}")
                heads[number] = stage.head_of(number)
            stage.delivered()
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.3, 1.5))
                app.kill()
                app.start()
            wait_for(
                lambda: all(stage.check(head) for head in heads.values()),
                "all reviews",
                app.log,
                timeout=90,
            )
            reviews = {
                number: len(stage.reviews_of(number, head)) for number, head in heads.items()
            }
            assert reviews == dict.fromkeys(heads, 1)
            assert all(len(stage.sandbox.comments(REPO, number)) == 2 for number in heads)
        lost = "could not be reviewed"
        assert all(lost not in str(stage.check(head)) for head in heads.values())
