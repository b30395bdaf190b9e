"""Reading single settings out of the environment, and telling every mistake at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from reviewer.agent.usage import Price, parse_prices

_HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,100}")


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable. A secret may also be given as a file, by `<name>_FILE`."""

    name: str
    default: str | None
    """None: has to be given. Empty: may be left out."""
    help: str
    secret: bool = False


class Reader:
    """Reads single settings and collects what is wrong with them; never repeats a value."""

    def __init__(self, environ: Mapping[str, str], settings: tuple[Setting, ...]) -> None:
        self.mistakes: list[str] = []
        self._environ = environ
        self._settings = {setting.name: setting for setting in settings}

    def text(self, name: str) -> str:
        """A line of text; a secret may stand in a file."""
        setting = self._settings[name]
        value = self._environ.get(name, "")
        if setting.secret and not value:
            value = self._from_file(f"{name}_FILE")
        value = value.strip() if value else (setting.default or "")
        if not value and setting.default is None and not self._environ.get(f"{name}_FILE"):
            also = f" (or {name}_FILE, the path of a file that holds it)" if setting.secret else ""
            self.mistakes.append(f"{name} is missing{also}: {setting.help}")
        return value

    def url(self, name: str) -> str:
        """An http(s) address without a slash at its end."""
        value = self.text(name).rstrip("/")
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.netloc):
            self.mistakes.append(f"{name} is not an http(s) address")
        if parts.username or parts.password:
            self.mistakes.append(f"{name} must not hold a user name or password")
        return value

    def header(self, name: str) -> str:
        """A header as `Name: value`."""
        value = self.text(name)
        field_name, colon, rest = value.partition(":")
        if value and not (_HEADER_NAME.fullmatch(field_name) and colon and rest.isprintable()):
            self.mistakes.append(f"{name} is not `Name: value`")
        return value

    def prices(self, name: str) -> Mapping[str, Price]:
        """The price table with this text put over it."""
        try:
            return parse_prices(self.text(name))
        except ValueError:
            self.mistakes.append(f"{name} is not `MODEL=IN/OUT, …`")
            return {}

    def number(self, name: str, *, above: float | None = None, most: float = 1e9) -> float:
        """A number within its bounds."""
        try:
            value = float(self.text(name))
        except ValueError:
            self.mistakes.append(f"{name} is not a number")
            return 0.0
        if not 0 <= value <= most or (above is not None and value <= above):
            self.mistakes.append(f"{name} is out of range")
        return value

    def whole(self, name: str, *, at_least: int) -> int:
        """A whole number."""
        value = self.number(name)
        if value != int(value) or value < at_least:
            self.mistakes.append(f"{name} must be a whole number of at least {at_least}")
        return int(value)

    def one_of(self, name: str, *allowed: str) -> str:
        """One of the words allowed."""
        value = self.text(name)
        if value not in allowed:
            self.mistakes.append(f"{name} must be one of: {', '.join(allowed)}")
        return value

    def refuse_unknown(self) -> None:
        """A mistyped name must not pass for a setting that was left out."""
        known = {*self._settings, *(f"{s.name}_FILE" for s in self._settings.values() if s.secret)}
        for name in sorted(self._environ):
            if name.startswith("REVIEWER_") and name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                meant = f"; did you mean {near[0]}?" if near else ""
                self.mistakes.append(f"{name} is not a setting{meant}")

    def _from_file(self, name: str) -> str:
        path = self._environ.get(name, "")
        if not path:
            return ""
        try:
            return Path(path).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.mistakes.append(
                f"the file that {name} names cannot be read: {type(error).__name__}"
            )
            return ""
