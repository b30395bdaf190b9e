"""Stories of keys, tokens and files that fail a review, and of what brings it back."""

from __future__ import annotations

from tests.support.app import wait_for
from tests.support.model import ModelProcess
from tests.support.stage import REPO, WRONG_BID, Stage

NOTHING = {
    "answer": {
        "envelope": {
            "summary": "",
            "findings": [],
            "verdicts": [],
            "not_checked": [],
            "questions": [],
        }
    }
}


def test_a_failed_review_is_made_when_its_delivery_is_asked_for_again(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        stage.sandbox.fault("status", method="POST", path="/pulls/1/reviews$", status=404, count=9)
        number = stage.open_pull()
        head = stage.head_of(number)
        stage.wait_for_check(head, app)
        assert stage.reviews_of(number, head) == []
        stage.sandbox.clear_faults()
        (delivery,) = stage.delivered()
        stage.sandbox.redeliver(delivery["id"])
        wait_for(lambda: stage.reviews_of(number, head), "the review", app.log)
        app.wait_for_log("published")
        stage.sandbox.redeliver(delivery["id"])
        stage.delivered()
        assert len(stage.reviews_of(number, head)) == 1


def test_a_token_that_expires_while_the_model_reads_is_renewed(stage: Stage) -> None:
    with ModelProcess([{"delay": 1.5, **NOTHING}]) as model:
        app = stage.app(ANTHROPIC_API_KEY="a-model-key", REVIEWER_MODEL_URL=model.url)
        with app:
            stage.deliver_to(app)
            number = stage.open_pull()
            wait_for(model.journal, "the model to be asked", app.log)
            stage.sandbox.expire_tokens()
            head = stage.head_of(number)
            stage.wait_for_check(head, app)
            assert len(stage.reviews_of(number, head)) == 1
            assert len(model.journal()) == 3  # one fills the cache, two read


def test_code_that_git_takes_for_binary_is_never_green(stage: Stage) -> None:
    with ModelProcess([NOTHING]) as model:
        app = stage.app(ANTHROPIC_API_KEY="a-model-key", REVIEWER_MODEL_URL=model.url)
        with app:
            stage.deliver_to(app)
            clean = stage.repo.git("show", f"{stage.base}:src/order_book.rs").decode()
            hidden = b"//\x00\n" + WRONG_BID.encode()
            head = stage.repo.commit(
                {
                    "src/order_book.rs": clean.replace("next_back", "last"),
                    "src/matching.rs": hidden,
                }
            )
            stage.sandbox.open_pull(REPO, stage.base, head, "Tidy", None, source=stage.repo.path)
            check = stage.wait_for_check(head, app)
            assert check["conclusion"] == "neutral"
            assert "`src/matching.rs`: git takes it for binary" in check["output"]["summary"]


def test_a_lock_that_a_killed_git_left_is_no_end(stage: Stage) -> None:
    left = stage.directory / "data" / "git" / "acme" / "exchange.git" / "shallow.lock"
    left.parent.mkdir(parents=True)
    stage.repo.git("init", "--bare", "--quiet", str(left.parent))
    left.write_text("")
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        head = stage.head_of(number)
        stage.wait_for_check(head, app)
        assert len(stage.reviews_of(number, head)) == 1


def test_links_that_github_refuses_do_not_make_the_next_push_repeat_itself(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        stage.sandbox.fault("status", method="PUT", path="/reviews/", status=403, count=5)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        stage.wait_for_check(stage.push(number), app)
        assert len(stage.sandbox.comments(REPO, number)) == 3
