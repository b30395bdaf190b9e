"""Deliveries that did not reach us are asked for again, once each.

GitHub does not try again by itself. It keeps its log of deliveries, and can send one of them
again, for three days.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from reviewer.edges.github_app import GitHubApp
from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.ledger import Ledger
from reviewer.errors import Refused
from reviewer.intake.routes import ROUTES

LONGEST_AGO = timedelta(days=3)
SETTLED_AFTER = timedelta(minutes=1)
"""Somebody may just be asking for it by hand."""
MOST_ASKED = 50
"""In one sweep; the next one goes on, newest first."""
_MOST_PAGES = 20
_NO_USE = frozenset({400, 411, 413})
"""We read it and could not use it: it would be the same again."""

log = logging.getLogger(__name__)


def ask_again(
    app: GitHubApp, ledger: Ledger, settled_after: timedelta = SETTLED_AFTER
) -> list[str]:
    """Ask for the failed deliveries that nobody asked for again yet; their GUIDs."""
    with app.as_itself() as http:
        failed = [
            one
            for one in _deliveries(http, "&status=failure", datetime.now(UTC) - LONGEST_AGO)
            if (one["event"], one["action"] or "") in ROUTES
            and one["status_code"] not in _NO_USE
            and _at(one) < datetime.now(UTC) - settled_after
            and ledger.repo_of(one["guid"]) is None
        ]
        if not failed:
            return []
        # Only the whole log tells what was sent again, and came through.
        tried: dict[str, int] = {}
        for one in _deliveries(http, "", min(map(_at, failed))):
            tried[one["guid"]] = tried.get(one["guid"], 0) + 1
        # One that is not in the log that was read may have been asked for already.
        once = [one for one in failed if tried.get(one["guid"]) == 1][:MOST_ASKED]
        for one in once:
            try:
                http.write("POST", f"/app/hook/deliveries/{one['id']}/attempts", {})
            except Refused as error:
                log.warning("delivery %s cannot be asked for again: %s", one["guid"], error)
    if once:
        log.warning("asked GitHub again for %d delivery(ies) that did not reach us", len(once))
    return [one["guid"] for one in once]


def _deliveries(http: GitHubHttp, wish: str, since: datetime) -> Iterator[dict[str, Any]]:
    """The log, newest first, back to a moment; at most 2000 of them."""
    cursor = ""
    for _ in range(_MOST_PAGES):
        answer = http.get(f"/app/hook/deliveries?per_page=100{wish}{cursor}")
        for one in answer.json():
            if _at(one) < since:
                return
            yield one
        cursor = _next_cursor(answer.headers.get("link", ""))
        if not cursor:
            return


def _next_cursor(link: str) -> str:
    """`&cursor=…` of the header's next page; empty on the last one."""
    for part in link.split(","):
        address, _, relation = part.partition(";")
        if 'rel="next"' in relation and "cursor=" in address:
            value = address.partition("cursor=")[2].split("&")[0].split(">")[0]
            return f"&cursor={value}"
    return ""


def _at(delivery: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(delivery["delivered_at"])
