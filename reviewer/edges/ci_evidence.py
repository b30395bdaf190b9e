"""What the team's CI said of a head: code-scanning alerts, or a report in an artifact of a run.

Nothing here can fail a review: what is not granted, not there or not to be read is no evidence, and
the operator's log says so.
"""

from __future__ import annotations

import io
import logging
import zipfile
import zlib
from collections.abc import Iterator
from urllib.parse import quote

from reviewer.detect.ci_report import MAX_BYTES, MAX_RESULTS, CiResult, parse_alerts, parse_report
from reviewer.edges.github_app import GitHubApp
from reviewer.edges.github_http import GitHubHttp
from reviewer.errors import Refused, Transient
from reviewer.pull.snapshot import Snapshot
from reviewer.refs import InstallationId

OFF, ALERTS, ARTIFACT = "off", "alerts", "artifact:"
_PERMISSIONS = {
    ALERTS: {"metadata": "read", "pull_requests": "read", "security_events": "read"},
    ARTIFACT: {"actions": "read", "metadata": "read"},
}
_PAGE = 100
_ENTRIES = 20
_ENDINGS = (".sarif", ".json", ".jsonl", ".ndjson")

log = logging.getLogger(__name__)


def read_ci_evidence(
    app: GitHubApp, source: str, installation: InstallationId, snapshot: Snapshot
) -> tuple[CiResult, ...]:
    """What CI found on the head. `source` is the setting REVIEWER_CI_EVIDENCE."""
    if source == OFF:
        return ()
    wanted = ALERTS if source == ALERTS else ARTIFACT
    try:
        # A token of its own: an installation that grants no more than a review needs is refused
        # here and reviewed all the same.
        http = app.connect(installation, snapshot.pull.repo, _PERMISSIONS[wanted])
        try:
            if wanted == ALERTS:
                return _alerts(http, snapshot)
            return _from_artifact(http, snapshot, source.removeprefix(ARTIFACT))
        finally:
            http.close()
    except (Refused, Transient, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("%s: no evidence of CI: %s: %s", snapshot.pull, type(error).__name__, error)
        return ()


def _alerts(http: GitHubHttp, snapshot: Snapshot) -> tuple[CiResult, ...]:
    """Alerts are kept by ref; a workflow runs on the head or on its merge with the base."""
    number, repo = snapshot.pull.number, snapshot.pull.repo
    found: list[CiResult] = []
    for kind in ("head", "merge"):
        ref = f"refs/pull/{number}/{kind}"
        commits: frozenset[str] = frozenset({snapshot.head_sha})
        if kind == "merge":
            merged = _merge_commit(http, snapshot)
            if not merged:
                continue
            commits |= {merged}
        for page in range(1, MAX_RESULTS // _PAGE + 1):
            listed = http.get(
                f"/repos/{repo}/code-scanning/alerts?ref={quote(ref, safe='')}&state=open"
                f"&per_page={_PAGE}&page={page}"
            ).json()
            found += parse_alerts(listed, commits)
            if not isinstance(listed, list) or len(listed) < _PAGE:
                break
    return tuple(found)


def _merge_commit(http: GitHubHttp, snapshot: Snapshot) -> str:
    """The commit that GitHub made to test this head with; empty if it made none, or moved on."""
    data = http.get(f"/repos/{snapshot.pull.repo}/pulls/{snapshot.pull.number}").json()
    if data["head"]["sha"] != snapshot.head_sha:
        return ""
    return str(data.get("merge_commit_sha") or "")


def _from_artifact(http: GitHubHttp, snapshot: Snapshot, name: str) -> tuple[CiResult, ...]:
    repo = snapshot.pull.repo
    listed = http.get(
        f"/repos/{repo}/actions/artifacts?name={quote(name, safe='')}&per_page={_PAGE}"
    ).json()
    mine = [
        artifact
        for artifact in listed["artifacts"]
        if artifact["workflow_run"]["head_sha"] == snapshot.head_sha
        and not artifact["expired"]
        and artifact["size_in_bytes"] <= MAX_BYTES
    ]
    if not mine:
        log.info("%s: no artifact %r of %s", snapshot.pull, name, snapshot.head_sha[:12])
        return ()
    newest = max(int(artifact["id"]) for artifact in mine)
    archive = http.download(f"/repos/{repo}/actions/artifacts/{newest}/zip", most=MAX_BYTES)
    return tuple(result for report in reports_in(archive) for result in parse_report(report))


def reports_in(archive: bytes) -> Iterator[bytes]:
    """The reports in a zip file, by their endings; together no more than `MAX_BYTES` unpacked.

    Names are looked at and never used: nothing is written. Raises ValueError for what is no zip.
    """
    left = MAX_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            for entry in opened.infolist()[:_ENTRIES]:
                encrypted = entry.flag_bits & 0x1
                # Other ways to pack may ask for gigabytes before the first byte is out.
                plain = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
                if encrypted or not plain or not entry.filename.lower().endswith(_ENDINGS):
                    continue
                with opened.open(entry) as file:
                    # What an entry says of its size is its author's word.
                    content = file.read(left + 1)
                left -= len(content)
                if left < 0:
                    log.warning("a CI report unpacks to more than %d bytes, not read", MAX_BYTES)
                    return
                yield content
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError,
            OverflowError) as error:  # fmt: skip
        raise ValueError(f"the artifact cannot be unpacked: {type(error).__name__}") from error
