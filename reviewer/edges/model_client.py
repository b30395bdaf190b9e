"""One factory for every place that a model is reached at: first-party, gateway, cloud."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from reviewer.errors import Misconfigured
from reviewer.loading import collector_off

if TYPE_CHECKING:
    import anthropic
    import httpx2
    from anthropic import AnthropicBedrock, AnthropicFoundry, AnthropicVertex

    Client = anthropic.Anthropic | AnthropicBedrock | AnthropicVertex | AnthropicFoundry

DEFAULT_URL = "https://api.anthropic.com"
CONNECT_SECONDS = 5.0
KEEP_ALIVE_SECONDS = 60
"""A model may think for long without a byte; what stands between must not take that for an end."""
_EXTRAS = {"bedrock": "boto3", "vertex": "google.auth"}
_NEEDED = {
    "bedrock": ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"),
    "vertex": ("CLOUD_ML_REGION",),
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelAccess:
    """Where the model API is, and how one gets in."""

    api_key: str = field(default="", repr=False)
    provider: str = "anthropic"
    base_url: str = ""
    header: str = field(default="", repr=False)
    """`Name: value`, for a gateway; empty for none."""
    timeout: float = 300.0
    """Seconds for one call, however much of it is silence."""
    proxies_from_environment: bool = False

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        value = self.header.partition(":")[2].strip()
        return tuple(filter(None, (self.api_key, value)))


def check_access(access: ModelAccess) -> None:
    """Raises Misconfigured for a provider that cannot be used; loads nothing large."""
    module = _EXTRAS.get(access.provider)
    if module is not None and not _is_installed(module):
        raise Misconfigured(
            f"REVIEWER_MODEL_PROVIDER={access.provider} needs more packages: "
            f"pip install 'trading-reviewer[{access.provider}]'"
        )
    names = _NEEDED.get(access.provider, ())
    if names and not access.base_url and not any(os.environ.get(name) for name in names):
        raise Misconfigured(f"REVIEWER_MODEL_PROVIDER={access.provider} needs {' or '.join(names)}")
    if access.provider == "foundry" and not (
        access.base_url or os.environ.get("ANTHROPIC_FOUNDRY_RESOURCE")
    ):
        raise Misconfigured(
            "REVIEWER_MODEL_PROVIDER=foundry needs ANTHROPIC_FOUNDRY_RESOURCE or REVIEWER_MODEL_URL"
        )


def make_client(access: ModelAccess, *middleware: Callable[..., Any]) -> Client:
    """The SDK's client for this provider, without its own retries. Raises Misconfigured."""
    check_access(access)
    # What is sent where is the configuration's to say, not that of variables that the SDK
    # reads by itself; and no level of its log may put a team's code into ours.
    if os.environ.pop("ANTHROPIC_CUSTOM_HEADERS", None) is not None:
        log.warning("ANTHROPIC_CUSTOM_HEADERS is ignored")
    load_sdk()
    import anthropic

    logging.getLogger("anthropic").setLevel(logging.WARNING)
    http = _http_client(access)
    name, _, value = access.header.partition(":")
    common: dict[str, Any] = {
        "max_retries": 0,
        "timeout": http.timeout,
        "http_client": http,
        "default_headers": {name.strip(): value.strip()} if access.header else None,
        "open_telemetry": False,
        "middleware": list(middleware),
    }
    if access.base_url:
        common["base_url"] = access.base_url
    match access.provider:
        case "bedrock":
            return anthropic.AnthropicBedrock(**common)
        case "vertex":
            return anthropic.AnthropicVertex(**common)
        case "foundry":
            return anthropic.AnthropicFoundry(api_key=access.api_key or None, **common)
        case _:
            common.setdefault("base_url", DEFAULT_URL)
            return anthropic.Anthropic(api_key=access.api_key, **common)


def load_sdk() -> None:
    """Load what asking needs, which takes a second or two, where it has not been loaded yet."""
    with collector_off():
        import anthropic  # noqa: F401


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _http_client(access: ModelAccess) -> httpx2.Client:
    import anthropic
    import httpx2

    def begun(request: httpx2.Request) -> None:
        request.extensions = {**request.extensions, "begun": time.monotonic()}

    def bounded(response: httpx2.Response) -> None:
        deadline = response.request.extensions["begun"] + access.timeout
        response.stream = _bounded(response.stream, deadline)

    settings: dict[str, Any] = {
        "timeout": httpx2.Timeout(access.timeout, connect=CONNECT_SECONDS),
        "follow_redirects": False,
        "trust_env": access.proxies_from_environment,
        "event_hooks": {"request": [begun], "response": [bounded]},
    }
    if not access.proxies_from_environment:
        settings["transport"] = httpx2.HTTPTransport(socket_options=_keep_alive())
    return anthropic.DefaultHttpxClient(**settings)


def _bounded(stream: Any, deadline: float) -> Any:
    """The stream, as long as it ends in time: pings keep one alive without an end."""
    import httpx2

    class Bounded(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for chunk in stream:
                if time.monotonic() > deadline:
                    raise httpx2.ReadTimeout("no whole answer within the time of a call")
                yield chunk

        def close(self) -> None:
            stream.close()

    return Bounded()


def _keep_alive() -> list[tuple[int, int, int]]:
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    for name, value in (
        ("TCP_KEEPIDLE", KEEP_ALIVE_SECONDS),
        ("TCP_KEEPINTVL", KEEP_ALIVE_SECONDS),
        ("TCP_KEEPCNT", 5),
    ):
        option = getattr(socket, name, None)
        if option is not None:
            options.append((socket.IPPROTO_TCP, option, value))
    return options
