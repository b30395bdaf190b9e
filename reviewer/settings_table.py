"""The settings as a table for the README and for `reviewer settings`."""

from __future__ import annotations

from reviewer.config import SETTINGS
from reviewer.settings_reader import Setting


def settings_table() -> str:
    """GitHub's markdown: name, default, meaning."""
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    rows += [f"| `{s.name}` | {_default(s)} | {s.help} |" for s in SETTINGS]
    return "\n".join(rows)


def _default(setting: Setting) -> str:
    if setting.default is None:
        return "required"
    return f"`{setting.default}`" if setting.default else ""
