"""The sample exchange as a git repository: a clean base, and a pull request with known mistakes."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from reviewer.refs import CommitSha, commit_sha

PULL_TITLE = "Amend orders in place, gap recovery for the feed, notional limits in account currency"
PULL_BODY = """\
- An amend at the same price leaves the order where it is in the queue; an amend to nothing takes
  it out. One amend of an order is under way at a time.
- After a gap the feed holds packets back and catches up from a replay. Before, every gap cost a
  snapshot.
- Limits are kept in the currency of the account, and an account can have a limit on what it has at
  stake altogether. The limits file has two more columns.
"""
BASE_BRANCH = "main"
HEAD_BRANCH = "amend-in-place"

_FILES = Path(__file__).parent / "exchange"
_KINDS = {".md", ".rs", ".toml"}
_FOLLOWUP_TITLE = "Mid price and replayed prices: review comments"
_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Planted:
    """An added line that a static rule has to find."""

    rule: str
    path: str
    line: str
    """The exact text. It stands once among the added lines."""


@dataclass(frozen=True, slots=True)
class Deeper:
    """An added line that is wrong for a reason that only a reader finds."""

    path: str
    line: str
    wrong: str


@dataclass(frozen=True, slots=True)
class Trap:
    """An added line that looks like one of the mistakes and is right: no comment belongs there."""

    path: str
    line: str
    right: str


PLANTED: tuple[Planted, ...] = (
    Planted("A10", "src/fx.rs", "        Ok((notional as f64 * rate) as i64)"),
    # The second line of two: the guard is taken by `let mut session = self.session.lock()` above.
    Planted("C2", "src/gateway.rs", "        self.transport.send(amend).await?;"),
    Planted("A16", "src/market_data.rs", "    let price: Price = price.parse().unwrap_or(0);"),
    Planted(
        "B1h",
        "src/market_data.rs",
        '                levels.remove(&update.price).expect("a level goes once");',
    ),
    Planted("D5", "src/order_book.rs", "        let (best_bid, _) = self.bids.first_key_value()?;"),
    Planted(
        "B2",
        "src/risk.rs",
        '            None => todo!("value at the last settlement while the book is one-sided"),',
    ),
)

DEEPER: tuple[Deeper, ...] = (
    Deeper(
        "src/order_book.rs",
        "        order.remaining = qty;",
        "An amend from 1 lot to 50 at the same price keeps the place of the 1 lot: 49 lots pass "
        "every order that came in between. Only a smaller quantity may keep its place.",
    ),
    Deeper(
        "src/order_book.rs",
        "            level.orders.remove(index);",
        "The last order of a level goes and the empty level stays as the best price. An order that "
        "crosses it finds no maker there, stops, and rests: real orders behind the empty level do "
        "not trade and the book stays crossed.",
    ),
    Deeper(
        "src/market_data.rs",
        "            self.next_seq = seq + 1;",
        "Whatever is held back is taken for the next packet: with 6 and 8 held back and 5 "
        "replayed, 8 is applied without 7, and 7 is dropped as a duplicate when it comes. The "
        "book is wrong and shown as live.",
    ),
    Deeper(
        "src/risk.rs",
        "        let value = self.exposure.position.checked_mul(mark);",
        "Only the position counts, not the open orders: nine orders of 5,000 each pass a limit of "
        "5,000 as long as none of them has traded.",
    ),
    Deeper(
        "src/risk.rs",
        "            if after > max_gross {",
        "A short position is worth less than nothing here, so selling moves `after` further below "
        "the limit: an account can go short without end.",
    ),
)

TRAPS: tuple[Trap, ...] = (
    Trap(
        "src/lib.rs",
        '    let rates = FxRates::parse(rates).expect("operations checked the rates file");',
        "start-up code: no order is there to be lost",
    ),
    Trap(
        "src/fx.rs",
        "            let rate: f64 = rate.trim().parse().map_err(|_| wrong())?;",
        "a parse that tells of its error",
    ),
    Trap(
        "src/market_data.rs",
        "    let qty: Qty = qty.parse().map_err(|_| Malformed)?;",
        "a parse that tells of its error",
    ),
    Trap(
        "src/gateway.rs",
        "        self.transport.send(frame).await?;",
        "the guard is dropped two lines above",
    ),
    Trap(
        "src/order_book.rs",
        "        let (best_ask, _) = self.asks.first_key_value()?;",
        "the lowest ask is the best one",
    ),
    Trap("src/fx.rs", "        let expected = (notional as f64 * 0.5) as i64;", "a test"),
    Trap("src/gateway.rs", '            unimplemented!("nothing is to be sent")', "a test"),
    Trap("src/market_data.rs", '        let price: Price = "none".parse().unwrap_or(0);', "a test"),
    Trap("src/market_data.rs", "            let seq = text.parse().unwrap_or_default();", "a test"),
    Trap(
        "src/order_book.rs",
        "        let (lowest_bid, _) = book.bids.first_key_value().unwrap();",
        "a test",
    ),
)

FOLLOWUP_FIXED: tuple[Planted, ...] = tuple(p for p in PLANTED if p.rule in ("D5", "A16"))
"""What `followup_commit` puts right."""

FOLLOWUP_PLANTED = Planted(
    "B2",
    "src/market_data.rs",
    '            unimplemented!("the venue closes a replay that it could not complete");',
)
"""What it breaks anew."""


def write_exchange(directory: Path) -> tuple[CommitSha, CommitSha]:
    """Make the repository: the base on `main`, checked out, and the change on a branch.

    Returns the ids of both commits, which are the same on every machine.
    """
    directory.mkdir(parents=True, exist_ok=True)
    _git(directory, "init", "--quiet", "--template=", f"--initial-branch={BASE_BRANCH}", ".")
    _lay_base(directory)
    base = _commit(directory, "The core of a small exchange", at="2026-01-05T09:00:00Z")
    _git(directory, "checkout", "--quiet", "-b", HEAD_BRANCH)
    _apply(directory, "change.patch")
    head = _commit(directory, PULL_TITLE, at="2026-01-12T16:30:00Z")
    _git(directory, "checkout", "--quiet", BASE_BRANCH)
    return base, head


def followup_commit(directory: Path) -> CommitSha:
    """Put a second commit on the branch: `FOLLOWUP_FIXED` and `FOLLOWUP_PLANTED`."""
    _git(directory, "checkout", "--quiet", HEAD_BRANCH)
    _apply(directory, "followup.patch")
    followup = _commit(directory, _FOLLOWUP_TITLE, at="2026-01-13T10:15:00Z")
    _git(directory, "checkout", "--quiet", BASE_BRANCH)
    return followup


def _lay_base(directory: Path) -> None:
    for source in sorted((_FILES / "base").rglob("*")):
        if source.suffix in _KINDS and source.is_file():
            target = directory / source.relative_to(_FILES / "base")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())


def _apply(directory: Path, patch: str) -> None:
    _git(directory, "apply", "--index", str((_FILES / patch).absolute()))


def _commit(directory: Path, title: str, *, at: str) -> CommitSha:
    _git(directory, "add", "--all", ".")
    _git(directory, "commit", "--quiet", "--no-verify", f"--message={title}", at=at)
    return commit_sha(_git(directory, "rev-parse", "HEAD"))


def _git(directory: Path, *arguments: str, at: str = "") -> str:
    """Run git with an environment of our own: no setting of this machine changes a commit's id."""
    person = {"NAME": "Ada Keel", "EMAIL": "ada@exchange.example", "DATE": at}
    done = subprocess.run(
        ["git", "-C", str(directory), *arguments],
        env={
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": os.devnull,
            "LC_ALL": "C",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_DEFAULT_HASH": "sha1",
            **{f"GIT_AUTHOR_{key}": value for key, value in person.items()},
            **{f"GIT_COMMITTER_{key}": value for key, value in person.items()},
        },
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"git {arguments[0]} in {directory}: {done.stderr.strip()}")
    return done.stdout.strip()
