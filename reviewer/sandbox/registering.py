"""Registering the reviewer's App in the stand-in, as docs/install.md does by hand on GitHub."""

from __future__ import annotations

import os
import secrets
import shlex
from pathlib import Path

from reviewer.edges.github_app import EVENT_PERMISSIONS, TOKEN_PERMISSIONS
from reviewer.intake.routes import SUBSCRIBED
from reviewer.sandbox.app_key import AppKey
from reviewer.sandbox.asking import NotDone, require_address, stand_in


def register(webhook_url: str, *, url: str, account: str, out: Path) -> str:
    """Register the App, install it on the account, and return the lines a shell needs to run it.

    The private key and the webhook secret are written into `out`. Raises NotDone.
    """
    require_address("--webhook-url", webhook_url)
    out = out.absolute()
    key, secret = AppKey.generate(), secrets.token_urlsafe(32)
    try:
        out.mkdir(parents=True, exist_ok=True)
        key_file = _written(out / "app.pem", key.private)
        secret_file = _written(out / "webhook-secret", secret)
    except OSError as error:
        raise NotDone(f"--out {out}: {error.strerror}") from error
    with stand_in(url) as sandbox:
        app_id = sandbox.register_app(
            key.public,
            webhook_url=webhook_url,
            webhook_secret=secret,
            permissions=TOKEN_PERMISSIONS | EVENT_PERMISSIONS,
            events=SUBSCRIBED,
        )
        # for all repositories, so that those brought in later are covered too
        sandbox.install(app_id, account)
    settings = {
        "REVIEWER_APP_ID": str(app_id),
        "REVIEWER_PRIVATE_KEY_FILE": key_file,
        "REVIEWER_WEBHOOK_SECRET_FILE": secret_file,
        "REVIEWER_GITHUB_URL": sandbox.api_url,
    }
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in settings.items())


def _written(path: Path, text: str) -> str:
    # one that is there may be open to others or a link to somewhere else, so it is made anew
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return str(path)
