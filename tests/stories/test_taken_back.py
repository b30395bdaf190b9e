"""Stories of decisions that are taken back, or lost, and of what is raised again then."""

from __future__ import annotations

import shutil

from reviewer.sandbox.client_people import delete_comment
from tests.stories.test_rounds import about, ours, pushed, summary_of
from tests.support.app import wait_for
from tests.support.command import reviewer
from tests.support.stage import REPO, UNWRAP, WRONG_BID, Stage
from tests.support.talk import DONE, reviewed


def test_a_revoked_dismissal_is_raised_again_by_review_full(stage: Stage) -> None:
    with stage.app() as app:
        talk = reviewed(stage, app)
        number, first = talk.number, talk.thread_on(UNWRAP)
        talk.ask("/dismiss asks has the price here", "will", first=first)
        assert "Dismissed: 1." in talk.ask("/status", "rita")[1]
        other = stage.open_pull(title="The same once more", head_ref="again")
        stage.wait_for_check(stage.head_of(other), app)
        assert len(ours(stage, other)) == 1

        revoked = reviewer("dismissals", "revoke", "1", environ=stage.environ())
        assert revoked.returncode == 0, revoked.stderr
        # Nothing is written by that; the next review opens the thread, and says it elsewhere.
        assert about(stage, number, UNWRAP)["isResolved"]
        assert talk.ask("/review full", "will")[0] == DONE
        wait_for(lambda: not about(stage, number, UNWRAP)["isResolved"], "the thread", app.log)
        wait_for(lambda: "2 still open" in summary_of(stage, number), "the summary", app.log)
        assert len(ours(stage, number)) == 2
        stage.sandbox.comment(REPO, other, "/review full", actor="will")
        wait_for(lambda: len(ours(stage, other)) == 2, "the finding", app.log)
        assert not about(stage, other, UNWRAP)["isResolved"]
        pushed(stage, app, other, "// above\n" + WRONG_BID)
        assert len(ours(stage, other)) == 2


def test_with_the_ledger_and_a_comment_lost_its_finding_alone_is_said_again(stage: Stage) -> None:
    """That somebody deleted it is known by the ledger alone."""
    app = stage.app()
    with app:
        talk = reviewed(stage, app)
        number = talk.number
        app.wait_for_log("published")
        comment = about(stage, number, UNWRAP)["comments"][0]["databaseId"]
        app.stop()
        delete_comment(stage.sandbox, REPO, comment, actor="acme")
        shutil.rmtree(stage.directory / "data")
        app.start()
        stage.deliver_to(app)
        for above in ("// one\n", "// two\n"):
            pushed(stage, app, number, above + WRONG_BID)
            assert len(ours(stage, number)) == 2
            assert not about(stage, number, UNWRAP)["isResolved"]
            assert "dismissed:" not in summary_of(stage, number)
        assert "2 still open" in summary_of(stage, number)
        # From here on the ledger knows it, and a deletion lets it go.
        comment = about(stage, number, UNWRAP)["comments"][0]["databaseId"]
        delete_comment(stage.sandbox, REPO, comment, actor="acme")
        pushed(stage, app, number, "// three\n" + WRONG_BID)
        assert len(ours(stage, number)) == 1
        assert "1 finding counts as dismissed" in summary_of(stage, number)
