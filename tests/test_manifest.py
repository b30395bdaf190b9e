"""app.yml asks for what the program uses, and for nothing more."""

from __future__ import annotations

from pathlib import Path

import yaml

from reviewer.edges.github_app import EVENT_PERMISSIONS, TOKEN_PERMISSIONS
from reviewer.intake.routes import SUBSCRIBED

MANIFEST = yaml.safe_load((Path(__file__).parent.parent / "app.yml").read_text("utf-8"))


def test_the_app_subscribes_to_exactly_the_events_it_routes() -> None:
    assert MANIFEST["default_events"] == SUBSCRIBED


def test_the_app_asks_for_exactly_the_permissions_its_tokens_and_events_need() -> None:
    assert MANIFEST["default_permissions"] == TOKEN_PERMISSIONS | EVENT_PERMISSIONS


def test_the_app_is_private_and_active() -> None:
    assert MANIFEST["public"] is False
    assert MANIFEST["hook_attributes"]["active"] is True
