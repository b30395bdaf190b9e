"""What waits for the model keeps nobody else waiting."""

from __future__ import annotations

from pathlib import Path

from reviewer.publish.markdown import CHECK_NAME
from reviewer.sandbox.client_queue import enqueue
from tests.support.app import wait_for
from tests.support.github import GithubProcess
from tests.support.model import ModelProcess
from tests.support.stage import BOOK, REPO, Stage
from tests.support.talk import Talk

AT_WORK = 8
NO_END = 60.0
"""Seconds that the model takes for an answer: more than this story lasts."""


def test_a_merge_queue_waits_for_no_command(github: GithubProcess, tmp_path: Path) -> None:
    stage = Stage(github, tmp_path)
    stage.sandbox.set_role(REPO, "carol", "write")
    with ModelProcess([{"delay": NO_END}]) as model:
        app = stage.app(
            ANTHROPIC_API_KEY="a-model-key",
            REVIEWER_MODEL_URL=model.url,
            REVIEWER_CONCURRENCY=str(AT_WORK),
            REVIEWER_MODEL_CONCURRENCY=str(AT_WORK),
        )
        with app:
            stage.deliver_to(app)
            talks = [
                Talk(stage, app, stage.open_pull(title=f"Match {n}", draft=True))
                for n in range(AT_WORK)
            ]
            asked = [talk.say("/ask why is this signed?", actor="carol") for talk in talks]
            for talk, said in zip(talks, asked, strict=True):
                wait_for(lambda: talk.reactions(said) == ["eyes"], "a command at work", app.log)  # noqa: B023
            number = stage.open_pull(BOOK.replace("next_back", "last"), title="Merge me")
            group = enqueue(stage.sandbox, REPO, number, required=[CHECK_NAME], actor="carol")
            check = stage.wait_for_check(group["head_sha"], app)
            answered = [talk.answers(said) for talk, said in zip(talks, asked, strict=True)]
    assert check["conclusion"] == "neutral"
    assert answered == [[]] * AT_WORK, "the commands were at work all the while"
