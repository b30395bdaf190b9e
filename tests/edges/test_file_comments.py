"""A file on which GitHub takes no comment: the rest is said, and the summary tells of it."""

from __future__ import annotations

import pytest

from reviewer.config import Config
from reviewer.earlier import LastRound
from reviewer.edges.github_app import GitHubApp
from reviewer.edges.github_write import GitHubWriter
from reviewer.edges.threads import Resolving
from reviewer.ports import Publication
from reviewer.publish.coverage import Coverage
from reviewer.publish.placement import Inline, OnFile, Placed
from reviewer.publish.plan import make_plan
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


@pytest.mark.parametrize("status", [403, 404, 422])
def test_the_rest_is_said(stage: Stage, status: int) -> None:
    number = stage.open_pull()
    head = CommitSha(stage.head_of(number))
    pull = PullRef(RepoName.parse(REPO), PullNumber(number))
    inline = a_finding(path=PATH, line=LINE, quote=UNWRAP)
    refused = a_finding(path=PATH, line=1, quote="use", title="Refused", source="model")
    taken = a_finding(path=PATH, line=2, quote="", title="Taken", source="model")
    placed = [Placed(inline, Inline(PATH, Side.RIGHT, LINE))]
    placed += [Placed(one, OnFile(PATH, one.line)) for one in (refused, taken)]
    plan = make_plan(placed, READ, gate=None)
    page = f"{stage.sandbox.url}/{REPO}/pull/{number}"
    snapshot = Snapshot(
        pull, head, CommitSha(stage.base), "main", "", "", "ada", page, True, False, False
    )
    publication = Publication(
        snapshot, Scope(()), plan, LastRound(1, head, "", "", None), None, None
    )
    app = GitHubApp(Config.from_env(stage.environ()))
    http = app.connect(InstallationId(stage.installation), pull.repo)
    stage.sandbox.fault(
        "status", method="POST", path="/comments$", body="Refused", status=status, count=9
    )
    writer = GitHubWriter(
        http, pull, head, app.bot_login(), 1, Resolving(http, lambda: http), lambda: None
    )
    spoken = writer.say(publication, look_first=False)
    http.close()

    assert len(stage.sandbox.comments(REPO, number)) == 2
    (summary,) = [r for r in stage.sandbox.reviews(REPO, number) if " summary -->" in r["body"]]
    assert summary["body"].count("#discussion_r") == 2
    assert f"- `{PATH}:1` Refused" in summary["body"]
    known = {one.title: one.comment_id for one in said_by(spoken.plan, spoken.comments, head)}
    assert known["Refused"] is None
    assert known["Taken"] is not None
