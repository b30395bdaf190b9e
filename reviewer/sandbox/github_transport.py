"""Git over HTTP: fetches by the smart protocol, and the archive behind a tarball's redirect."""

from __future__ import annotations

import gzip
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, g, request

from reviewer.sandbox import github_git
from reviewer.sandbox.github_auth import authorise
from reviewer.sandbox.github_errors import ApiError, not_found
from reviewer.sandbox.github_http import world
from reviewer.sandbox.github_traffic import Entry

routes = Blueprint("transport", __name__)

_SERVICE = "git-upload-pack"
_CHUNK = 65_536
_NO_CACHE = {"Cache-Control": "no-cache, max-age=0, must-revalidate"}


def _git_dir(owner: str, repo: str) -> Path:
    if "caller" not in g:
        # git first asks without credentials and sends them once it is told to
        challenge = {"WWW-Authenticate": 'Basic realm="GitHub"'}
        raise ApiError(401, "Requires authentication", headers=challenge)
    return authorise(owner, repo, ("contents:read",)).git_dir


def _environment() -> dict[str, str]:
    environment = github_git.environment()
    protocol = request.headers.get("Git-Protocol", "")
    if protocol in ("version=1", "version=2"):
        environment["GIT_PROTOCOL"] = protocol
    return environment


@routes.get("/<owner>/<repo>.git/info/refs")
def advertise(owner: str, repo: str) -> Response:
    """What a fetch may ask for. There is no push: the token of a reviewer only reads."""
    git_dir = _git_dir(owner, repo)
    if request.args.get("service") != _SERVICE:
        raise ApiError(403, "Write access to repository not granted.")
    done = subprocess.run(
        ["git", "upload-pack", "--stateless-rpc", "--http-backend-info-refs", str(git_dir)],
        capture_output=True,
        env=_environment(),
        check=True,
    )
    plain = _environment().get("GIT_PROTOCOL") != "version=2"
    head = b"001e# service=git-upload-pack\n0000" if plain else b""
    kind = f"application/x-{_SERVICE}-advertisement"
    return Response(head + done.stdout, content_type=kind, headers=_NO_CACHE)


@routes.post("/<owner>/<repo>.git/git-upload-pack")
def upload_pack(owner: str, repo: str) -> Response:
    """Answer one round of a fetch, streaming the pack."""
    git_dir = _git_dir(owner, repo)
    body = request.get_data()
    if request.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    process = subprocess.Popen(
        ["git", "upload-pack", "--stateless-rpc", str(git_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_environment(),
    )
    kind = f"application/x-{_SERVICE}-result"
    return Response(_stream(process, body, g.entry), content_type=kind, headers=_NO_CACHE)


def _stream(process: subprocess.Popen[bytes], body: bytes, entry: Entry) -> Iterator[bytes]:
    if process.stdin is None or process.stdout is None:
        raise ValueError("the process was started without pipes")
    with process:
        # git reads the whole request before it answers, so writing first cannot block for ever
        process.stdin.write(body)
        process.stdin.close()
        while chunk := os.read(process.stdout.fileno(), _CHUNK):
            entry.bytes += len(chunk)
            yield chunk
    entry.finish()


@routes.get("/codeload/<owner>/<repo>/legacy.tar.gz/<sha>")
def archive(owner: str, repo: str, sha: str) -> Response:
    """The archive that a tarball's redirect leads to."""
    granted = world().tickets.pop(request.args.get("token", ""), None)
    if granted is None or granted[0] is not world().repo(owner, repo) or granted[1] != sha:
        raise not_found()
    data = github_git.tarball(granted[0].git_dir, sha, f"{owner}-{repo}-{sha[:7]}")
    return Response(
        data,
        content_type="application/x-gzip",
        headers={"Content-Disposition": f"attachment; filename={owner}-{repo}-{sha[:7]}.tar.gz"},
    )
