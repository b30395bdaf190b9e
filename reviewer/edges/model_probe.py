"""Whether the model API takes our key, asked without loading the SDK."""

from __future__ import annotations

import requests

from reviewer.config import Config
from reviewer.edges.model_client import DEFAULT_URL

VERSION = "2026-10-21"
SECONDS = 5


def probe_model(config: Config) -> str:
    """`ok`, or what is wrong in a few words; never the key. The clouds have no list to ask for."""
    if config.model_provider != "anthropic":
        return "not probed"
    name, _, value = config.model_header.partition(":")
    extra = {name.strip(): value.strip()} if config.model_header else {}
    try:
        answer = requests.get(
            f"{config.model_url or DEFAULT_URL}/v1/models?limit=1",
            headers={
                "Authorization": f"Bearer {config.anthropic_api_key}",
                "anthropic-version": VERSION,
                **extra,
            },
            timeout=SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        return f"unusable: {type(error).__name__}"
    return "ok" if answer.status_code == 200 else f"unusable: status {answer.status_code}"
