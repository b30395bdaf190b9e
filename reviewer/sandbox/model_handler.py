"""One connection of the stand-in for the model API: refuse as it does, or follow the script."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from reviewer.sandbox.model_cache import PromptCache, blocks, count_tokens
from reviewer.sandbox.model_journal import Journal
from reviewer.sandbox.model_list import find_model, list_models
from reviewer.sandbox.model_rules import (
    MAX_BODY_BYTES,
    ApiError,
    check_body,
    check_headers,
    content_digest,
)
from reviewer.sandbox.model_schema import mistakes
from reviewer.sandbox.model_script import Entry, Fault, Heard, Speaker
from reviewer.sandbox.model_stream import Message, make_message, sse

_SETTLE_SECONDS = 0.05
"""In which what was sent arrives before the connection is broken."""
_CHUNK = 1 << 20
_PING_SECONDS = 0.05


@dataclass(slots=True)
class State:
    """What all connections share."""

    speaker: Speaker
    journal: Journal
    max_input_tokens: int
    cache: PromptCache = field(default_factory=PromptCache)
    calls: count[int] = field(default_factory=lambda: count(1))
    requests: count[int] = field(default_factory=lambda: count(1))
    paused: set[str] = field(default_factory=set)
    """Digests of the messages that ended in a pause."""
    running: set[int] = field(default_factory=set)
    """The calls that are being answered."""


class StatefulServer(ThreadingHTTPServer):
    """A server whose handlers find their state."""

    state: State


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: StatefulServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """The list of models."""
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        self._answer(lambda: self._models(url.path, query))

    def do_POST(self) -> None:
        """Messages and counts."""
        self._answer(self._post)

    def log_message(self, format: str, *args: Any) -> None:
        """The journal says more."""

    def _answer(self, work: Callable[[], None]) -> None:
        self.request_id = f"req_{next(self.server.state.requests):012d}"
        self.note: dict[str, Any] = {"path": urlsplit(self.path).path}
        try:
            work()
        except ApiError as error:
            self.note["error"] = error.type
            data = json.dumps(error.to_json(self.request_id)).encode()
            self._send_bytes(data, "application/json", error.status, error.retry_after)

    def _models(self, path: str, query: dict[str, list[str]]) -> None:
        check_headers({name.lower(): value for name, value in self.headers.items()})
        if path == "/v1/models":
            return self._send(list_models(query))
        if path.startswith("/v1/models/"):
            return self._send(find_model(path.removeprefix("/v1/models/")))
        raise ApiError(404, "not_found_error", "Not found")

    def _post(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        if size > MAX_BODY_BYTES:
            for at in range(0, size, _CHUNK):  # a client that still sends would not read
                self.rfile.read(min(_CHUNK, size - at))
            raise ApiError(413, "request_too_large", "Request exceeds the maximum size")
        raw = self.rfile.read(size)
        check_headers({name.lower(): value for name, value in self.headers.items()})
        endpoint = {"/v1/messages": "messages", "/v1/messages/count_tokens": "count_tokens"}.get(
            self.note["path"]
        )
        if endpoint is None:
            raise ApiError(404, "not_found_error", "Not found")
        try:
            body = json.loads(raw)
        except ValueError:
            raise ApiError(400, "invalid_request_error", "The body is not valid JSON") from None
        if isinstance(body, dict):
            self.note |= self.server.state.journal.about(body)
        state = self.server.state
        check_body(body, endpoint, max_input_tokens=state.max_input_tokens, paused=state.paused)
        if endpoint == "count_tokens":
            tokens = sum(count_tokens(json.dumps(block)) for block in blocks(body))
            return self._send({"input_tokens": tokens})
        return self._message(body)

    def _message(self, body: dict[str, Any]) -> None:
        call = next(self.server.state.calls)
        running = self.server.state.running
        running.add(call)
        self.note |= {"call": call, "running": len(running)}
        try:
            self._answer_call(call, body)
        finally:
            running.discard(call)

    def _answer_call(self, call: int, body: dict[str, Any]) -> None:
        entry = self.server.state.speaker.choose(_heard(call, body))
        if entry is None:
            raise ApiError(500, "api_error", f"no script matches call {call}")
        time.sleep(entry.delay + (entry.fault.hang if entry.fault else 0.0))
        fault = entry.fault or Fault()
        if fault.status is not None:
            raise ApiError(
                fault.status, fault.error_type, fault.message, fault.error_code, fault.retry_after
            )
        if fault.non_sse:
            self.note["fault"] = "non_sse"
            return self._send_bytes(b"<html><body>It works!</body></html>", "text/html")
        if fault.reset and fault.cut_stream_after_bytes is None:
            self.note["fault"] = "reset"
            self._write_down(None)
            return self._reset()
        message = make_message(
            entry.answer, body, self.server.state.cache.serve(body), f"msg_{call:012d}"
        )
        _hold_to_schema(entry, message, body)
        if message.stop_reason == "pause_turn":
            self.server.state.paused.add(content_digest(list(message.content)))
        self.note |= {"stop_reason": message.stop_reason, "usage": message.usage}
        if body.get("stream") and not fault.one_piece:
            return self._stream(message, fault)
        return self._send(message.to_json())

    def _stream(self, message: Message, fault: Fault) -> None:
        wire = b""
        for event in message.events():
            wire += sse(event)
            if fault.mid_stream_error and event["type"] == "content_block_delta":
                error = {"type": fault.mid_stream_error, "message": fault.message}
                wire += sse({"type": "error", "error": error, "request_id": self.request_id})
                self.note["fault"] = fault.mid_stream_error
                break
        if fault.cut_stream_after_bytes is not None:
            wire = wire[: fault.cut_stream_after_bytes]
            self.note["fault"] = "reset" if fault.reset else "cut"
        self._write_down(200)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("request-id", self.request_id)
        self.end_headers()
        pinged_until = time.monotonic() + fault.pings
        while time.monotonic() < pinged_until:
            self._chunk(sse({"type": "ping"}))
            time.sleep(_PING_SECONDS)
        if wire:
            self._chunk(wire)
        if fault.reset:
            time.sleep(
                _SETTLE_SECONDS
            )  # so that what was sent arrives before the connection breaks
            return self._reset()
        self.wfile.write(b"0\r\n\r\n")
        return None

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

    def _send(self, body: dict[str, Any]) -> None:
        self._send_bytes(json.dumps(body).encode(), "application/json")

    def _send_bytes(
        self, data: bytes, kind: str, status: int = 200, retry_after: float | None = None
    ) -> None:
        self._write_down(status)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("request-id", self.request_id)
        if retry_after is not None:
            self.send_header("retry-after", f"{retry_after:g}")
        self.end_headers()
        self.wfile.write(data)

    def _write_down(self, status: int | None) -> None:
        """Note the call before it is answered, so that whoever has the answer finds the note."""
        self.server.state.journal.write({**self.note, "status": status})

    def _reset(self) -> None:
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()


def _heard(call: int, body: dict[str, Any]) -> Heard:
    """What the script goes by: all text of the user, results of tools included."""
    system, user = [], []
    for block in blocks(body):
        inner = block.get("content")
        parts = inner if isinstance(inner, list) else [{"text": inner}]
        text = block.get("text") or "\n".join(part.get("text") or "" for part in parts)
        if "role" not in block:
            system.append(text)
        elif block["role"] == "user":
            user.append(text)
    return Heard(
        call=call,
        system="\n".join(system),
        user="\n".join(user),
        turn=sum(message["role"] == "assistant" for message in body["messages"]),
        format=bool((body.get("output_config") or {}).get("format")),
        model=body["model"],
    )


def _hold_to_schema(entry: Entry, message: Message, body: dict[str, Any]) -> None:
    """A script may not say what the real API could not: raises ApiError 500 when it does."""
    form = (body.get("output_config") or {}).get("format")
    if form is None or entry.answer.raw or message.stop_reason != "end_turn":
        return
    text = "".join(block["text"] for block in message.content if block["type"] == "text")
    try:
        wrong = mistakes(json.loads(text), form["schema"])
    except ValueError:
        wrong = ["it is not JSON"]
    if wrong:
        raise ApiError(500, "api_error", f"the script's answer breaks the schema: {wrong[0]}")
