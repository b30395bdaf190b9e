"""A stand-in for the Messages API: `python -m reviewer.sandbox.model_server --script FILE`.

It is as strict with requests as the API, bills the prompt cache as the API does, and says what its
script says. It listens on loopback only and knows no secrets.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from reviewer.sandbox.model_handler import Handler, State, StatefulServer
from reviewer.sandbox.model_journal import Journal
from reviewer.sandbox.model_rules import MAX_INPUT_TOKENS
from reviewer.sandbox.model_schema import request_schema
from reviewer.sandbox.model_script import BadScript, Script, Speaker, read_script

LOOPBACK = "127.0.0.1"


class ModelServer(StatefulServer):
    """Bound to a port of this machine."""

    daemon_threads = True

    def __init__(
        self,
        script: Script,
        *,
        port: int = 0,
        journal: Path | None = None,
        max_input_tokens: int = MAX_INPUT_TOKENS,
    ) -> None:
        super().__init__((LOOPBACK, port), Handler)
        self.state = State(Speaker(script), Journal(journal), max_input_tokens)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in mid-answer is no error of ours; all else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="a stand-in for the Messages API on this machine")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--port-file", type=Path, help="where to write the port")
    parser.add_argument("--journal", type=Path, help="where to note each call, as JSON lines")
    parser.add_argument(
        "--script", default="auto-empty", help="a file of answers, or `auto-empty`, or `planted`"
    )
    parser.add_argument("--max-input-tokens", type=int, default=MAX_INPUT_TOKENS)
    parser.add_argument("--parent", type=int, help="stop when this process is gone")
    arguments = parser.parse_args()
    try:
        script = read_script(arguments.script)
    except BadScript as error:
        parser.error(str(error))
    request_schema("messages")  # it takes a second, which is not the first caller's to wait
    server = ModelServer(
        script,
        port=arguments.port,
        journal=arguments.journal,
        max_input_tokens=arguments.max_input_tokens,
    )

    def stop(_signal: int, _frame: object) -> None:
        # shutdown() waits for the loop that this handler interrupts, so it needs another thread
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if arguments.parent:
        threading.Thread(target=_watch, args=(arguments.parent,), daemon=True).start()
    if arguments.port_file is not None:
        # written aside and renamed, so that nobody reads half a number
        aside = arguments.port_file.with_name(f"{arguments.port_file.name}.new")
        aside.write_text(f"{server.server_port}\n", "ascii")
        aside.replace(arguments.port_file)
    sys.stdout.write(f"http://{LOOPBACK}:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    server.server_close()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    signal.raise_signal(signal.SIGTERM)


if __name__ == "__main__":
    main()
