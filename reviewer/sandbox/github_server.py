"""The stand-in for GitHub as a process: `python -m reviewer.sandbox.github_server --root DIR`."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import struct
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from reviewer.sandbox.github_app import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LOOPBACK = "127.0.0.1"


class Handler(WSGIRequestHandler):
    """Keeps connections open, sends at once, and says nothing on its own."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def connection_dropped(
        self,
        error: BaseException,  # noqa: ARG002 - the server passes both
        environ: WSGIEnvironment | None = None,  # noqa: ARG002
    ) -> None:
        """Break the connection so that the other side sees a reset, not a tidy end."""
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The control API keeps the log of requests."""


def make(
    root: Path, host: str = LOOPBACK, port: int = 0, record: Path | None = None
) -> BaseWSGIServer:
    """A server that is bound and does not serve yet; port 0 takes a free one.

    Raises ValueError for an address of another machine's reach, OSError when the port is taken.
    """
    if host not in (LOOPBACK, "localhost", "::1"):
        raise ValueError("the stand-in for GitHub has no passwords and stays on this machine")
    # git is run in other directories than ours, where a relative path would lead elsewhere
    sandbox = create_app(root.absolute(), record)
    server = make_server(host, port, sandbox, threaded=True, request_handler=Handler)
    sandbox.world.base_url = f"http://{host}:{server.port}"
    return server


def serve(
    root: Path,
    host: str = LOOPBACK,
    port: int = 0,
    *,
    port_file: Path | None = None,
    record: Path | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; standard output has the address, `port_file` the port."""
    server = make(root, host, port, record)

    def stop(_signal: int, _frame: object) -> None:
        # shutdown() waits for the loop that this handler interrupts, so it needs another thread
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if port_file is not None:
        # written aside and renamed, so that nobody reads half a number
        aside = port_file.with_name(f"{port_file.name}.new")
        aside.write_text(f"{server.port}\n", "ascii")
        aside.replace(port_file)
    sys.stdout.write(f"http://{host}:{server.port}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    server.server_close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="a stand-in for GitHub on this machine")
    parser.add_argument("--root", type=Path, required=True, help="directory of the repositories")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--port-file", type=Path, help="where to write the port")
    parser.add_argument("--record", type=Path, help="directory to record every exchange in")
    parser.add_argument("--parent", type=int, help="stop when this process is gone")
    arguments = parser.parse_args()
    if arguments.parent:
        _watch(arguments.parent)
    serve(
        arguments.root,
        port=arguments.port,
        port_file=arguments.port_file,
        record=arguments.record,
    )


def _watch(parent: int) -> None:
    def wait() -> None:
        while os.getppid() == parent:
            threading.Event().wait(1.0)
        signal.raise_signal(signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    main()
