"""What a writer says when GitHub takes no comment on a file, and when it was killed before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reviewer.config import Config
from reviewer.earlier import LastRound
from reviewer.edges.github_app import GitHubApp
from reviewer.edges.github_write import GitHubWriter, Spoken
from reviewer.edges.threads import Resolving
from reviewer.ports import Publication
from reviewer.publish.coverage import Coverage
from reviewer.publish.placement import Inline, OnFile, Placed
from reviewer.publish.plan import PublicationPlan, make_plan
from reviewer.publish.said import said_by
from reviewer.pull.diff import Side
from reviewer.pull.snapshot import Snapshot
from reviewer.refs import CommitSha, InstallationId, PullNumber, PullRef, RepoName
from reviewer.scope.rooms import Scope
from tests.support.findings import a_finding
from tests.support.stage import REPO, UNWRAP, WRONG_BID, Stage

PATH = "src/order_book.rs"
LINE = WRONG_BID.split("\n").index(UNWRAP) + 1
READ = Coverage(files_changed=1, rust_files=1, files_in_scope=1, lines_added=10, model="a model")


class Desk:
    """A writer about one pull request, and what it is given to publish."""

    def __init__(self, stage: Stage) -> None:
        self.number = stage.open_pull()
        self.head = CommitSha(stage.head_of(self.number))
        pull = PullRef(RepoName.parse(REPO), PullNumber(self.number))
        page = f"{stage.sandbox.url}/{REPO}/pull/{self.number}"
        base = CommitSha(stage.base)
        self.snapshot = Snapshot(
            pull, self.head, base, "main", "", "", "ada", page, True, False, False
        )
        app = GitHubApp(Config.from_env(stage.environ()))
        self.http = app.connect(InstallationId(stage.installation), pull.repo)
        resolving = Resolving(self.http, lambda: self.http)
        self.writer = GitHubWriter(
            self.http, pull, self.head, app.bot_login(), 1, resolving, lambda: None
        )

    def say(
        self, plan: PublicationPlan, summary_id: int | None = None, *, look_first: bool = False
    ) -> Spoken:
        kept = LastRound(plan.round, self.head, "", "", None)
        publication = Publication(self.snapshot, Scope(()), plan, kept, summary_id, None)
        return self.writer.say(publication, look_first=look_first)


@pytest.fixture
def desk(stage: Stage) -> Iterator[Desk]:
    made = Desk(stage)
    yield made
    made.http.close()


def planned(*places: Placed, number: int = 1) -> PublicationPlan:
    return make_plan(places, READ, gate=None, round_number=number)


def on_line(line: int, title: str) -> Placed:
    found = a_finding(path=PATH, line=line, quote=title, title=title, source="model")
    return Placed(found, Inline(PATH, Side.RIGHT, line))


def on_file(line: int, title: str) -> Placed:
    found = a_finding(path=PATH, line=line, quote=title, title=title, source="model")
    return Placed(found, OnFile(PATH, line))


@pytest.mark.parametrize("status", [403, 404, 422])
def test_a_file_that_takes_no_comment_does_not_stop_the_rest(
    stage: Stage, desk: Desk, status: int
) -> None:
    stage.sandbox.fault(
        "status", method="POST", path="/comments$", body="Refused", status=status, count=9
    )
    plan = planned(on_line(LINE, "Unwrapped"), on_file(1, "Refused"), on_file(2, "Taken"))
    spoken = desk.say(plan)
    assert len(stage.sandbox.comments(REPO, desk.number)) == 2
    (summary,) = [r for r in stage.sandbox.reviews(REPO, desk.number) if " summary" in r["body"]]
    assert summary["body"].count("#discussion_r") == 2
    assert f"- `{PATH}:1` Refused" in summary["body"]
    known = {one.title: one.comment_id for one in said_by(spoken.plan, spoken.comments, desk.head)}
    assert known["Refused"] is None
    assert known["Taken"] is not None


def test_a_refresh_that_was_killed_posts_what_is_new_and_posts_it_once(
    stage: Stage, desk: Desk
) -> None:
    """It has the number of its round, which has a review on GitHub already."""
    summary_id = desk.say(planned(on_line(LINE, "First"))).summary_id
    desk.say(planned(on_line(LINE + 1, "Second"), number=2), summary_id)
    refreshed = planned(on_line(LINE + 2, "Third"), number=2)
    for _ in range(2):
        desk.say(refreshed, summary_id, look_first=True)
        bodies = [comment["body"] for comment in stage.sandbox.comments(REPO, desk.number)]
        assert [sum(name in body for body in bodies) for name in ("Second", "Third")] == [1, 1]
