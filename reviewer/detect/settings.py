"""Whether a value is the owner's own setting, and not what a venue sent."""

from __future__ import annotations

import re

from tree_sitter import Node

from reviewer.rust.file import RustFile

_SETTINGS = re.compile(
    r"(?:\b|_)(?:cfgs?|conf|configs?|configuration|settings?)(?:_from_\w+)?\b", re.IGNORECASE
)
_LONGEST = 400


def is_setting(file: RustFile, value: Node) -> bool:
    """Whether a value, or the function that reads it, is named as configuration."""
    if _SETTINGS.search(file.code(value, _LONGEST)):
        return True
    place = file.function_of(value)
    return place is not None and bool(_SETTINGS.search(place.item.name))
