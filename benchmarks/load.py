"""A small load generator: signed deliveries over kept connections, each answer timed."""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

from reviewer.intake.signature import sign

PAYLOAD_BYTES = 24_600
"""A real pull_request delivery of a mid-sized organisation."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a run of the generator saw."""

    count: int
    seconds: float
    latencies_ms: tuple[float, ...]
    statuses: frozenset[int]

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.count / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Deliveries:
    """Makes deliveries; each has a GUID of its own."""

    def __init__(
        self, url: str, secret: str, *, repo: str, number: int, head: str, installation: int
    ) -> None:
        parts = urlsplit(url)
        self.address = (parts.hostname or "127.0.0.1", parts.port or 80)
        payload = {
            "action": "synchronize",
            "number": number,
            "pull_request": {"number": number, "draft": False, "head": {"sha": head}},
            "repository": {"full_name": repo},
            "installation": {"id": installation},
            "padding": "",
        }
        payload["padding"] = "x" * max(0, PAYLOAD_BYTES - len(json.dumps(payload)))
        self._body = json.dumps(payload).encode()
        self._signature = sign(secret.encode(), self._body)

    def next(self) -> bytes:
        """One request, as bytes."""
        head = (
            f"POST /webhook HTTP/1.1\r\nHost: {self.address[0]}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(self._body)}\r\n"
            f"X-GitHub-Event: pull_request\r\nX-GitHub-Delivery: {uuid.uuid4()}\r\n"
            f"X-Hub-Signature-256: {self._signature}\r\n\r\n"
        )
        return head.encode() + self._body


def closed_loop(deliveries: Deliveries, clients: int, seconds: float) -> Answers:
    """Each client sends its next delivery when the last one was answered."""
    latencies: list[float] = []
    statuses: set[int] = set()
    begin = threading.Barrier(clients + 1)
    end = [0.0]

    def client() -> None:
        mine: list[float] = []
        with socket.create_connection(deliveries.address) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            begin.wait()
            while time.perf_counter() < end[0]:
                request = deliveries.next()
                sent = time.perf_counter()
                connection.sendall(request)
                statuses.add(_answer(connection))
                mine.append((time.perf_counter() - sent) * 1000)
        latencies.extend(mine)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    end[0] = time.perf_counter() + seconds
    started = time.perf_counter()
    begin.wait()
    for thread in threads:
        thread.join()
    return Answers(
        len(latencies), time.perf_counter() - started, tuple(latencies), frozenset(statuses)
    )


def open_loop(deliveries: Deliveries, per_second: float, seconds: float) -> Answers:
    """Deliveries at fixed moments, each on a connection of its own, as GitHub sends them."""
    latencies: list[float] = []
    statuses: set[int] = set()

    def one() -> None:
        request = deliveries.next()
        sent = time.perf_counter()
        with socket.create_connection(deliveries.address) as connection:
            connection.sendall(request)
            statuses.add(_answer(connection))
        latencies.append((time.perf_counter() - sent) * 1000)

    threads = []
    started = time.perf_counter()
    for number in range(int(per_second * seconds)):
        time.sleep(max(0.0, started + number / per_second - time.perf_counter()))
        threads.append(threading.Thread(target=one))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return Answers(
        len(latencies), time.perf_counter() - started, tuple(latencies), frozenset(statuses)
    )


def _answer(connection: socket.socket) -> int:
    """Read one answer; its status."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError("the server closed the connection")
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += connection.recv(65536)
    return int(head.split(b" ", 2)[1])
