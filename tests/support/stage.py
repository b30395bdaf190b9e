"""A whole stage: the stand-in for GitHub, the App's registration, and the App's environment."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reviewer.edges.github_app import EVENT_PERMISSIONS, TOKEN_PERMISSIONS
from reviewer.intake.routes import SUBSCRIBED
from reviewer.publish.fingerprint import is_held
from reviewer.publish.markdown import CHECK_NAME
from reviewer.sandbox.client import AppKey, Sandbox
from tests.support.app import AppProcess, wait_for
from tests.support.git_repo import GitRepo
from tests.support.github import GithubProcess
from tests.support.marks import marked_review

REPO = "acme/exchange"
SECRET = "a-webhook-secret"

BOOK = """\
use std::collections::BTreeMap;

pub struct OrderBook {
    bids: BTreeMap<u64, u64>,
    asks: BTreeMap<u64, u64>,
}

impl OrderBook {
    pub fn best_bid(&self) -> Option<u64> {
        self.bids.keys().next_back().copied()
    }

    pub fn best_ask(&self) -> Option<u64> {
        self.asks.keys().next().copied()
    }
}
"""
WRONG_BID = BOOK.replace(
    "    pub fn best_ask",
    """\
    pub fn match_order(&mut self, price: u64) -> u64 {
        let level = self.asks.get(&price).unwrap();
        *level
    }

    pub fn on_level(&mut self, price: &str, qty: u64) {
        let price: u64 = price.parse().unwrap_or(0);
        self.bids.insert(price, qty);
    }

    pub fn best_ask""",
)
"""The change under review: rules B1h and A16 fire on `UNWRAP` and `ZERO_PRICE`."""
UNWRAP = "        let level = self.asks.get(&price).unwrap();"
ZERO_PRICE = "        let price: u64 = price.parse().unwrap_or(0);"
WORSE = WRONG_BID + '\npub fn cancel_order(_id: u64) {\n    todo!("cancel")\n}\n'
"""A push on top of it: rule B2 fires on `NOT_WRITTEN`."""
NOT_WRITTEN = '    todo!("cancel")'


class Stage:
    """One repository with the App installed on it; deliveries go where `deliver_to` says."""

    def __init__(
        self,
        github: GithubProcess,
        directory: Path,
        permissions: Mapping[str, str] = TOKEN_PERMISSIONS,
    ) -> None:
        """`permissions` are those that the App is granted."""
        self.directory = directory
        self.sandbox: Sandbox = github.client
        self.repo = GitRepo(directory / "work")
        self.base = self.repo.commit(
            {"src/order_book.rs": BOOK, "Cargo.toml": "[package]\n", "README.md": "An exchange.\n"}
        )
        self.sandbox.import_repo(self.repo.path, REPO)
        self.key = AppKey.generate()
        self.app_id = self.sandbox.register_app(
            self.key.public,
            webhook_secret=SECRET,
            permissions=dict(permissions) | EVENT_PERMISSIONS,
            events=SUBSCRIBED,
        )
        self.installation = self.sandbox.install(self.app_id, "acme")

    def environ(self, **more: str) -> dict[str, str]:
        """What the App needs to work on this stage."""
        return {
            "REVIEWER_APP_ID": str(self.app_id),
            "REVIEWER_PRIVATE_KEY": self.key.private,
            "REVIEWER_WEBHOOK_SECRET": SECRET,
            "REVIEWER_GITHUB_URL": self.sandbox.api_url,
            "REVIEWER_DATA_DIR": str(self.directory / "data"),
            "REVIEWER_PORT": "0",
            "REVIEWER_POLL_SECONDS": "0.1",
            "REVIEWER_DRAIN_SECONDS": "2",
            "REVIEWER_RETRY_SECONDS": "0.1",
            "REVIEWER_SETTLE_SECONDS": "3",
            **more,
        }

    def app(self, command: str = "serve", name: str = "app", **more: str) -> AppProcess:
        """The App as a process; not started yet."""
        return AppProcess(command, self.environ(**more), self.directory / name)

    def cold_app(self, command: str = "serve", name: str = "app", **more: str) -> AppProcess:
        """The App as a process that loads all its modules itself, as a user's does."""
        return AppProcess(command, self.environ(**more), self.directory / name, cold=True)

    def deliver_to(self, app: AppProcess) -> None:
        """Send the App's deliveries to this process."""
        self.sandbox.set_webhook(self.app_id, f"{app.url}/webhook")

    def open_pull(self, text: str = WRONG_BID, title: str = "Match orders", **more: Any) -> int:
        """Open a pull request that makes the order book read so."""
        self.repo.git("checkout", "--quiet", "--detach", self.base)
        head = self.repo.commit({"src/order_book.rs": text}, title)
        return self.sandbox.open_pull(
            REPO, self.base, head, title, "Please review.", source=self.repo.path, **more
        )

    def push(self, number: int, text: str = WORSE) -> str:
        """Push a commit; its id."""
        head = self.repo.commit({"src/order_book.rs": text}, "more")
        self.sandbox.push(REPO, number, head, source=self.repo.path)
        return head

    def delivered(self) -> list[dict[str, Any]]:
        """The deliveries about pull requests, once none of any kind is under way."""
        return [one for one in self.sandbox.delivered() if one["event"] == "pull_request"]

    def head_of(self, number: int) -> str:
        """The pull request's newest head."""
        return str(self.sandbox.pull(REPO, number)["head"]["sha"])

    def wait_for_check(self, head: str, app: AppProcess, timeout: float = 60) -> dict[str, Any]:
        """The completed check run on a head, once there is one that tells of a review."""
        what = f"a review of {head[:12]}"
        return wait_for(lambda: self._verdict(head), what, app.log, timeout)

    def check(self, head: str) -> dict[str, Any] | None:
        """The completed check run on a head."""
        runs = [run for run in self.sandbox.check_runs(REPO, head) if run["name"] == CHECK_NAME]
        return next((run for run in runs if run["status"] == "completed"), None)

    def _verdict(self, head: str) -> dict[str, Any] | None:
        check = self.check(head)
        return None if check is None or is_held(check["external_id"] or "") else check

    def reviews_of(self, number: int, head: str) -> list[dict[str, Any]]:
        """The App's reviews that were made for one head."""
        reviews = self.sandbox.reviews(REPO, number)
        ours = [review for review in reviews if marked_review(review["body"]) is not None]
        return [review for review in ours if review["commit_id"] == head]

    def commented_lines(self, number: int) -> list[str]:
        """The text of each line that a comment stands on, in the file at the comment's commit."""
        lines = []
        for comment in self.sandbox.comments(REPO, number):
            sha, path = comment["original_commit_id"], comment["path"]
            text = self.repo.git("show", f"{sha}:{path}").decode()
            lines.append(text.split("\n")[comment["original_line"] - 1])
        return lines

    def publication_states(self) -> list[str]:
        """What the ledger says of publications, read beside the running App."""
        path = self.directory / "data" / "reviewer.sqlite"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            return [state for (state,) in connection.execute("SELECT state FROM publications")]
