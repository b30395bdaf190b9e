"""Stands between the App and a stand-in, and keeps every request whole."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

_HOP = {"connection", "content-length", "host", "transfer-encoding", "accept-encoding"}


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as it came; the key's header is not kept."""

    method: str
    path: str
    headers: str
    body: str


class Tap:
    """Hands every request on to `target`."""

    def __init__(self, target: str) -> None:
        self.heard: list[Heard] = []
        self._target = target
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._hand_on()

            def do_POST(self) -> None:
                self._hand_on()

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

            def _hand_on(self) -> None:
                data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                kept = [
                    f"{k}: {v}" for k, v in self.headers.items() if k.lower() != "authorization"
                ]
                text = data.decode("utf-8", "replace")
                heard.append(Heard(self.command, self.path, "\n".join(kept), text))
                headers = {k: v for k, v in self.headers.items() if k.lower() not in _HOP}
                request = urllib.request.Request(
                    target + self.path, data or None, headers, method=self.command
                )
                try:
                    with urllib.request.urlopen(request, timeout=60) as answer:
                        status, kind, body = answer.status, answer.headers, answer.read()
                except urllib.error.HTTPError as error:
                    status, kind, body = error.code, error.headers, error.read()
                self.send_response(status)
                for name, value in kind.items():
                    if name.lower() not in _HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Tap:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
