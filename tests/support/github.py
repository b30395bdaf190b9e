"""The stand-in for GitHub as a process of a test, every exchange with it held to the contract."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType

import pytest

from reviewer.sandbox.client import Sandbox
from tests.contract.checker import contract, read_exchanges
from tests.support.standin import StandIn

_SHOWN = 20


class GithubProcess(StandIn):
    """On exit raises if an exchange broke the contract."""

    def __init__(self) -> None:
        super().__init__("reviewer.sandbox.github_server")
        self.record = self.root / "record"
        self._checked = 0

    def __enter__(self) -> GithubProcess:
        self.start("--root", str(self.root / "root"), "--record", str(self.record))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        try:
            # a failed test says why by itself
            if kind is None:
                self.check_contract()
        finally:
            self.clean_up()

    @property
    def client(self) -> Sandbox:
        """The levers."""
        return Sandbox(self.url)

    def check_contract(self) -> int:
        """Check every exchange since the last check; returns how many there were.

        Raises AssertionError that names what broke the contract.
        """
        exchanges = read_exchanges(self.record, self._checked)
        self._checked += len(exchanges)
        broken = [line for exchange in exchanges for line in contract().violations(exchange)]
        if broken:
            shown = "\n  ".join(broken[:_SHOWN])
            raise AssertionError(
                f"{len(broken)} violations of GitHub's API description:\n  {shown}"
            )
        return len(exchanges)


@pytest.fixture(scope="session")
def github_server() -> Iterator[GithubProcess]:
    """One process for many tests, since starting one takes a while."""
    with GithubProcess() as process:
        yield process


@pytest.fixture
def github(github_server: GithubProcess) -> Iterator[GithubProcess]:
    """A stand-in for GitHub with nothing in it yet; not for a test that stops it."""
    github_server.client.reset()
    yield github_server
    github_server.check_contract()
