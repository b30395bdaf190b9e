"""C7: a connection or request to a venue that may wait without end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from reviewer.detect.rule import Hit, Rule, hit, in_rooms, inside
from reviewer.finding import Category, Severity
from reviewer.rust.chain import called, chain_of
from reviewer.rust.file import RustFile

_CONNECTS = re.compile(
    r"(?:\w+::)*(?:connect_async(?:_with_config|_tls_with_config)?|TcpStream::connect)\Z"
)
_CLIENT = re.compile(
    r"(?:reqwest::)?(?:blocking::)?(?:Client::(?:new|default|builder)|ClientBuilder::new)\Z"
    r"|reqwest::(?:blocking::)?get\Z"
)
_TIME_LIMIT = re.compile(r"timeout|deadline|time_limit|keepalive_time", re.IGNORECASE)
_COMMENT = re.compile(r"//[^\n]*")
_HTTP = re.compile(r"\breqwest\b")


def _find(file: RustFile) -> Iterator[Hit]:
    http = bool(_HTTP.search(file.text))
    # A builder that goes on to somebody else may get its limit there.
    built = {chain_of(file, call).root.id for call in file.method_calls.get("build", ())}
    for call in file.nodes("call_expression"):
        path = called(file, call)
        is_client = http and _CLIENT.match(path) and (not _is_builder(path) or call.id in built)
        if is_client or _CONNECTS.match(path):
            if file.once(_has_time_limit):
                return
            yield _hit(file, call, path)


def _has_time_limit(file: RustFile) -> bool:
    """Whether somebody thought of it; where it applies a syntax tree does not show."""
    return bool(_TIME_LIMIT.search(_COMMENT.sub("", file.text)))


def _is_builder(path: str) -> bool:
    return path.endswith(("builder", "Builder::new"))


def _hit(file: RustFile, call: Node, path: str) -> Hit:
    where = inside(file, call)
    short = "::".join(path.split("::")[-2:])
    silent = "says nothing any more (a failing load balancer, a dropped route)"
    outcome = "no error comes, so nothing retries, and the book or the order behind it stays as is."
    if _CONNECTS.match(path) or path.endswith("get"):
        return hit(
            file,
            call,
            f"`{short}` in {where} may wait without end",
            f"When the venue {silent}, {where} waits on `{short}` for minutes or for ever: "
            f"{outcome}",
        )
    return hit(
        file,
        call,
        f"Requests of the client made in {where} have no time limit",
        f"`{short}` sets no time limit. When the venue takes a request and then {silent}, whoever "
        f"waits for the answer waits for ever: {outcome}",
    )


RULE = Rule(
    id="C7",
    title="A connection or request has no time limit",
    category=Category.RECOVERY,
    severity=Severity.SUGGESTION,
    raised=in_rooms(Severity.IMPORTANT),
    why=(
        "A peer that vanishes sends no error. `reqwest` has no time limit unless one is set, and "
        "a connect waits as long as the kernel likes; the reconnect never begins."
    ),
    needs=("connect", "Client", "reqwest::get"),
    example="""\
async fn connect(url: &str) -> Result<Socket, Error> {
    let (socket, _) = connect_async(url).await?;
    Ok(socket)
}
""",
    counter_example="""\
async fn connect(url: &str) -> Result<Socket, Error> {
    let (socket, _) = tokio::time::timeout(CONNECT_LIMIT, connect_async(url)).await??;
    Ok(socket)
}
""",
    find=_find,
)
