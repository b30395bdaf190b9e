"""Stories of repositories that are taken away, renamed or suspended. One App for all of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from dbos import DBOSClient

from reviewer.config import Config
from reviewer.edges.database import make_engine
from reviewer.edges.git_cache import GitCache
from reviewer.edges.github_app import GitHubApp
from reviewer.edges.gone import follow_renames, look_and_forget
from reviewer.edges.holdings import Holdings
from reviewer.edges.ledger import Ledger
from reviewer.edges.redelivery import ask_again
from reviewer.edges.sealing import SealedJson, storage_keys
from reviewer.edges.tables import metadata
from reviewer.errors import Transient
from reviewer.publish.markdown import CHECK_NAME
from reviewer.sandbox.client_accounts import (
    delete_repository,
    rename,
    select,
    suspend,
    transfer,
    unsuspend,
)
from tests.support.app import AppProcess, wait_for
from tests.support.github import GithubProcess
from tests.support.stage import WORSE, WRONG_BID, Stage


@pytest.fixture(scope="module")
def stage(
    github_server: GithubProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    github_server.client.reset()
    yield Stage(github_server, tmp_path_factory.mktemp("repositories"))
    github_server.check_contract()


@pytest.fixture(scope="module")
def app(stage: Stage) -> Iterator[AppProcess]:
    with stage.app() as app:
        stage.deliver_to(app)
        yield app


class Desk:
    """One repository of the stage's account with one pull request."""

    def __init__(self, stage: Stage, app: AppProcess, name: str) -> None:
        self.stage, self.app, self.name = stage, app, f"acme/{name}"
        stage.sandbox.import_repo(stage.repo.path, self.name)
        stage.repo.git("checkout", "--quiet", "--detach", stage.base)
        self.head = stage.repo.commit({"src/order_book.rs": WRONG_BID}, name)
        self.number = 0

    def open(self) -> Desk:
        """Open the pull request."""
        self.number = self.stage.sandbox.open_pull(
            self.name, self.stage.base, self.head, "Match", None, source=self.stage.repo.path
        )
        return self

    def held_up(self) -> Desk:
        """Open it, and let its review wait in the middle."""
        self.stage.sandbox.fault("hang", method="GET", path=f"{self.name}/contents/", seconds=1.5)
        self.open()
        wait_for(lambda: self.asked("/pulls/"), "the review to run", self.app.log)
        return self

    def asked(self, part: str) -> bool:
        """Whether GitHub was asked for such a path of this repository."""
        paths = [str(r["path"]) for r in self.stage.sandbox.requests("api")]
        return any(self.name in path and part in path for path in paths)

    def push(self) -> None:
        """Push on."""
        self.head = self.stage.repo.commit({"src/order_book.rs": WORSE}, f"more of {self.name}")
        self.stage.sandbox.push(self.name, self.number, self.head, source=self.stage.repo.path)

    def reviewed(self) -> Desk:
        """Wait for the review of the head."""

        def done() -> bool:
            runs = self.stage.sandbox.check_runs(self.name, self.head)
            return any(r["name"] == CHECK_NAME and r["status"] == "completed" for r in runs)

        wait_for(done, f"the review of {self.name}", self.app.log, 60)
        return self

    def held(self) -> dict[str, int]:
        """How many rows, jobs and files the store has of this name, where there are any."""
        store = self.stage.directory / "data" / "reviewer.sqlite"
        found = {}
        with closing(sqlite3.connect(store)) as connection:
            for table in metadata.sorted_tables:
                if "repo" in table.c:
                    query = f"SELECT count(*) FROM {table.name} WHERE lower(repo) = ?"  # noqa: S608
                    found[table.name] = connection.execute(query, (self.name,)).fetchone()[0]
            found["jobs"] = connection.execute(
                "SELECT count(*) FROM workflow_status WHERE queue_partition_key LIKE ? "
                "OR queue_partition_key LIKE ?",
                (f"{self.name}#%", f"{self.name}@%"),
            ).fetchone()[0]
        found["cache"] = len(list((self.stage.directory / "data" / "git").glob(f"{self.name}.*")))
        return {name: count for name, count in found.items() if count}


def held_by(stage: Stage) -> tuple[Holdings, DBOSClient]:
    """What the store holds, looked at beside the running App."""
    config = Config.from_env(stage.environ())
    engine = make_engine(config, pool_size=2)
    client = DBOSClient(system_database_engine=engine, serializer=SealedJson(storage_keys(config)))
    return Holdings(engine, client, GitCache(config.data_dir / "git", 100)), client


def tracebacks(app: AppProcess) -> int:
    """How often the App has logged an error's whole story."""
    return app.log().count("Traceback")


@pytest.mark.parametrize("how", ["taken from the installation", "deleted", "given away"])
def test_a_repository_that_is_gone_leaves_nothing_behind(
    stage: Stage, app: AppProcess, how: str
) -> None:
    kept = Desk(stage, app, f"kept-{how[:5]}").open().reviewed()
    gone = Desk(stage, app, f"gone-{how[:5]}").open().reviewed()
    wait_for(lambda: {"jobs", "publications", "rounds", "cache"} <= set(gone.held()), "rows")
    if how == "deleted":
        delete_repository(stage.sandbox, gone.name)
    elif how == "given away":
        transfer(stage.sandbox, gone.name, "globex")
    else:
        select(stage.sandbox, stage.installation, [kept.name.partition("/")[2]])
    wait_for(lambda: not gone.held(), "all to be forgotten", lambda: f"{gone.held()} {app.log()}")
    assert {"jobs", "publications", "rounds", "cache"} <= set(kept.held())
    select(stage.sandbox, stage.installation, None)


def test_a_review_of_a_repository_that_is_taken_meanwhile_ends_without_a_word(
    stage: Stage, app: AppProcess
) -> None:
    before = tracebacks(app)
    gone = Desk(stage, app, "vanishing").held_up()
    delete_repository(stage.sandbox, gone.name)
    wait_for(lambda: not gone.held(), "all to be forgotten", lambda: f"{gone.held()} {app.log()}")
    assert tracebacks(app) == before
    assert f"{gone.name}#{gone.number} published" not in app.log()


def test_a_renamed_repository_keeps_what_was_said(stage: Stage, app: AppProcess) -> None:
    desk = Desk(stage, app, "old-name").open().reviewed()
    app.wait_for_log(f"{desk.name}#{desk.number} published")
    before = desk.held()
    was, desk.name = desk.name, rename(stage.sandbox, desk.name, "new-name")
    app.wait_for_log(f"{was} is {desk.name} now")
    assert desk.held()["rounds"] == before["rounds"]
    desk.push()
    desk.reviewed()
    lines = [(c["path"], c["body"][:80]) for c in stage.sandbox.comments(desk.name, desk.number)]
    assert len(lines) == len(set(lines)) == 3, "two of the first head, one of the second"
    desk.name = was
    assert set(desk.held()) <= {"jobs"}, "the jobs that have ended keep their names"


def test_a_review_that_runs_while_its_repository_is_renamed_is_made(
    stage: Stage, app: AppProcess
) -> None:
    before = tracebacks(app)
    desk = Desk(stage, app, "moving").held_up()
    desk.name = rename(stage.sandbox, desk.name, "moved")
    desk.reviewed()
    assert len(stage.sandbox.comments(desk.name, desk.number)) == 2
    assert tracebacks(app) == before


def test_a_suspended_installation_is_left_alone_until_it_is_not(
    stage: Stage, app: AppProcess
) -> None:
    before = tracebacks(app)
    desk = Desk(stage, app, "suspended").held_up()
    suspend(stage.sandbox, stage.installation)
    app.wait_for_log(f"{desk.name}#{desk.number} ended: suspended")
    unsuspend(stage.sandbox, stage.installation)
    desk.push()
    desk.reviewed()
    assert tracebacks(app) == before
    tried = [line for line in app.log().splitlines() if "will be tried again" in line]
    assert [line for line in tried if "suspended" in line] == []


def test_a_delivery_that_was_lost_is_asked_for_once(stage: Stage, app: AppProcess) -> None:
    stage.sandbox.fault("drop", path="pull_request", count=1)
    desk = Desk(stage, app, "unheard").open()
    stage.delivered()
    config = Config.from_env(stage.environ())
    github, ledger = GitHubApp(config), Ledger(make_engine(config, pool_size=1))
    assert len(ask_again(github, ledger, timedelta())) == 1
    desk.reviewed()
    assert ask_again(github, ledger, timedelta()) == []


def test_what_does_not_come_through_a_second_time_is_not_asked_for_a_third(
    stage: Stage, app: AppProcess
) -> None:
    config = Config.from_env(stage.environ())
    github, ledger = GitHubApp(config), Ledger(make_engine(config, pool_size=1))
    stage.sandbox.set_webhook(stage.app_id, "http://127.0.0.1:9/webhook")
    Desk(stage, app, "unheard-of").open()
    stage.delivered()
    assert len(ask_again(github, ledger, timedelta())) == 1
    stage.delivered()
    assert ask_again(github, ledger, timedelta()) == []
    stage.deliver_to(app)


def test_a_repository_that_went_without_a_word_is_forgotten_all_the_same(
    stage: Stage, app: AppProcess
) -> None:
    gone = Desk(stage, app, "silent").open().reviewed()
    app.wait_for_log(f"{gone.name}#{gone.number} published")
    stage.sandbox.fault("drop", path="repository", count=1)
    delete_repository(stage.sandbox, gone.name)
    stage.delivered()
    config = Config.from_env(stage.environ())
    holdings, client = held_by(stage)
    github = GitHubApp(config)
    stage.sandbox.fault("status", path=f"{gone.name}/installation$", status=503, count=9)
    with pytest.raises(Transient):
        look_and_forget(github, holdings)
    assert {"jobs", "publications", "rounds", "cache"} <= set(gone.held())
    stage.sandbox.clear_faults()
    assert look_and_forget(github, holdings) == [gone.name]
    assert gone.held() == {}
    client.destroy()


def test_a_delivery_of_a_former_name_is_followed_where_no_event_told_of_the_new_one(
    stage: Stage, app: AppProcess
) -> None:
    """GitHub sends what it sent before the rename again as it was."""
    before = tracebacks(app)
    stage.sandbox.fault("drop", path="^pull_request$", count=1)
    desk = Desk(stage, app, "unheard-rename").open()
    (lost, *_) = [d for d in stage.sandbox.delivered() if d["status_code"] >= 500][-1:]
    stage.sandbox.fault("drop", path="^repository$", count=1)
    desk.name = rename(stage.sandbox, desk.name, "heard-late")
    stage.sandbox.redeliver(lost["id"])
    desk.reviewed()
    assert len(stage.sandbox.comments(desk.name, desk.number)) == 2
    assert tracebacks(app) == before


def test_what_is_held_follows_a_rename_that_no_event_told_of(stage: Stage, app: AppProcess) -> None:
    desk = Desk(stage, app, "untold").open().reviewed()
    app.wait_for_log(f"{desk.name}#{desk.number} published")
    rounds, was = desk.held()["rounds"], desk.name
    stage.sandbox.fault("drop", path="^repository$", count=1)
    desk.name = rename(stage.sandbox, desk.name, "told-by-none")
    holdings, client = held_by(stage)
    github = GitHubApp(Config.from_env(stage.environ()))
    assert follow_renames(github, holdings, lambda _job: None) == [desk.name]
    assert desk.held()["rounds"] == rounds
    desk.push()
    desk.reviewed()
    assert len(stage.sandbox.comments(desk.name, desk.number)) == 3
    assert follow_renames(github, holdings, lambda _job: None) == []
    desk.name = was
    assert set(desk.held()) <= {"jobs"}
    client.destroy()
