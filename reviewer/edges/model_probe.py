"""Whether the model API takes our key, asked without loading the SDK."""

from __future__ import annotations

import requests

from reviewer.config import Config

DEFAULT_URL = "https://api.anthropic.com"
VERSION = "2026-10-21"
SECONDS = 5


def probe_model(config: Config) -> str:
    """`ok`, or what is wrong in a few words; never the key."""
    try:
        answer = requests.get(
            f"{config.model_url or DEFAULT_URL}/v1/models?limit=1",
            headers={
                "Authorization": f"Bearer {config.anthropic_api_key}",
                "anthropic-version": VERSION,
            },
            timeout=SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        return f"unusable: {type(error).__name__}"
    return "ok" if answer.status_code == 200 else f"unusable: status {answer.status_code}"
