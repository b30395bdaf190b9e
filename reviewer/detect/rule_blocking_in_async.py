"""C3s: an async task that puts its whole worker thread to sleep."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.rule import Hit, Rule, hit, inside
from reviewer.finding import Category, Severity
from reviewer.rust.chain import called, name_of_call
from reviewer.rust.file import RustFile
from reviewer.rust.tasks import in_async

_SLEEP = re.compile(r"(?:std::)?thread::sleep\Z")
_BLOCK_ON = re.compile(
    r"(?:futures(?:_lite)?|pollster|smol|tokio|async_std|executor|task)::.*block_on\Z"
)
_BLOCKING_HTTP = re.compile(
    r"(?:reqwest::)?blocking::(?:get|Client::new)\Z|ureq::(?:get|post|put)\Z"
)
_STD_SLEEP = re.compile(r"\buse\s+std::thread::(?:sleep\b|\{[^}]*\bsleep\b)")


def _find(file: RustFile) -> Iterator[Hit]:
    bare_sleep = bool(_STD_SLEEP.search(file.text))
    for call in file.nodes("call_expression"):
        path = called(file, call)
        what = _blocks(path, bare_sleep) if path else ""
        if what and in_async(file, call):
            yield _hit(file, call, path, what)
    for call in file.method_calls.get("block_on", ()):
        if in_async(file, call):
            yield _hit(file, name_of_call(call), "block_on", "waits for another future")


def _blocks(path: str, bare_sleep: bool) -> str:
    """What the thread does meanwhile; empty if the call does not block."""
    if _SLEEP.search(path) or (path == "sleep" and bare_sleep):
        return "sleeps"
    if _BLOCK_ON.match(path):
        return "waits for another future"
    return "waits for an HTTP answer" if _BLOCKING_HTTP.search(path) else ""


def _hit(file: RustFile, call: Node, path: str, what: str) -> Hit:
    where = inside(file, call, "a task")
    shown = "::".join(path.split("::")[-2:])
    return hit(
        file,
        call,
        f"`{shown}` stops a worker thread in {where}",
        f"While `{shown}` {what}, the worker thread that runs {where} does nothing else: feeds, "
        "heartbeats and cancels that wait on this thread come late, quotes stay in a market that "
        "has moved, and with all workers blocked the runtime stands still.",
    )


RULE = Rule(
    id="C3s",
    title="A blocking call inside async code",
    category=Category.CONCURRENCY,
    severity=Severity.IMPORTANT,
    why=(
        "An async runtime has as many worker threads as cores, and every task shares them. One "
        "task that blocks takes a thread away from the feed, the order path and their heartbeats "
        "alike, without any error to see."
    ),
    needs=("thread::", "block_on", "blocking::", "ureq::"),
    example="""\
async fn reconnect(&mut self) {
    std::thread::sleep(self.backoff);
    self.connect().await
}
""",
    counter_example="""\
async fn reconnect(&mut self) {
    tokio::time::sleep(self.backoff).await;
    self.connect().await
}
""",
    find=_find,
)
