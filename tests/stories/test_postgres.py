"""Stories of several processes on one PostgreSQL: a receiver, two workers, one of them killed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.support.app import wait_for
from tests.support.postgres import postgres
from tests.support.stage import REPO, SECRET, WORSE, Stage

TAKEN_OVER_WITHIN = 60


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What the processes share beside the stage."""
    with postgres() as url:
        yield {
            "REVIEWER_DATABASE_URL": url,
            "REVIEWER_ENCRYPTION_KEY": Fernet.generate_key().decode(),
        }


def test_open_redeliver_push(stage: Stage, shared: dict[str, str]) -> None:
    web = stage.cold_app("web", "web", **shared)
    one = stage.cold_app("worker", "one", **shared)
    two = stage.cold_app("worker", "two", **shared)
    with web, one, two:
        stage.deliver_to(web)
        number = stage.open_pull()
        head = stage.head_of(number)
        check = stage.wait_for_check(head, one)
        assert check["conclusion"] == "neutral"
        assert len(stage.reviews_of(number, head)) == 1
        (delivery,) = stage.delivered()
        stage.sandbox.redeliver(delivery["id"])
        stage.delivered()
        newer = stage.push(number)
        stage.wait_for_check(newer, one)
        assert len(stage.reviews_of(number, head)) == 1
        assert len(stage.reviews_of(number, newer)) == 1
        status, ready = web.get("/readyz")
        assert (status, ready["store"], ready["github"]) == (200, "ok", "ok")
        assert [one.stop(), two.stop(), web.stop()] == [0, 0, 0]
        assert SECRET not in web.log() + one.log() + two.log()


def test_the_review_of_a_killed_worker_goes_on_in_the_other(
    stage: Stage, shared: dict[str, str]
) -> None:
    web = stage.cold_app("web", "web", **shared)
    workers = {
        name: stage.cold_app("worker", name, REVIEWER_EXECUTOR_ID=name, **shared)
        for name in ("one", "two")
    }
    with web, workers["one"], workers["two"]:
        stage.deliver_to(web)
        for worker in workers.values():
            worker.wait_for_log("runs up to")
        stage.sandbox.fault("hang", method="PATCH", path="/check-runs/", seconds=120)
        number = stage.open_pull()
        head = stage.head_of(number)
        wait_for(lambda: stage.reviews_of(number, head), "the review", web.log)
        victim = owner_of_the_running_job(shared["REVIEWER_DATABASE_URL"])
        killed_at = time.monotonic()
        workers[victim].kill()
        stage.sandbox.clear_faults()
        survivor = workers["two" if victim == "one" else "one"]
        stage.wait_for_check(head, survivor, timeout=TAKEN_OVER_WITHIN)
        assert time.monotonic() - killed_at < TAKEN_OVER_WITHIN
        assert len(stage.reviews_of(number, head)) == 1
        assert len(stage.sandbox.comments(REPO, number)) == 2
        assert re.search(r"1 review\(s\) of dead workers go", survivor.log())

        newer = stage.push(number, WORSE)
        stage.wait_for_check(newer, survivor)
        assert len(stage.reviews_of(number, newer)) == 1


@pytest.mark.parametrize("command", ["web", "worker"])
def test_apart_they_need_a_postgresql(stage: Stage, command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reviewer", command],
        env={"PATH": os.environ["PATH"], **stage.environ()},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 78
    assert "REVIEWER_DATABASE_URL is missing" in done.stderr
    assert "Traceback" not in done.stderr


def owner_of_the_running_job(url: str) -> str:
    """Which worker runs the one job that is not done."""
    import psycopg

    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT executor_id FROM dbos.workflow_status WHERE status = 'PENDING'"
        ).fetchall()
    ((executor,),) = rows
    return str(executor)
