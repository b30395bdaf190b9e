"""Functions through which every event or order runs, by their names or by configuration."""

from __future__ import annotations

import re
from functools import lru_cache

from tree_sitter import Node

from reviewer.rust.file import RustFile
from reviewer.rust.items import Item

_EVENTS = (
    "tick|trade|quote|book|depth|order|fill|execution|message|msg|event|update|delta|diff|snapshot"
    "|packet|ack|report|response|level|bbo|ticker|market_data|feed|stream|data|payload|frame|ws"
)
_HOT = re.compile(
    rf"(?:on|handle|process|apply|recv|receive|dispatch)_(?:\w*_)?(?:{_EVENTS})s?(?:_\w+)?\Z"
    r"|(?:match|fill|execute|submit|place|send|cancel|amend|modify|replace|insert|add|remove"
    r"|delete|reduce|update)_(?:\w+_)?(?:order|fill|level|bid|ask|depth|book|quote|position)s?\Z"
    r"|(?:match|matching|try_match|fill|submit|cancel|modify|tick|best_bid|best_ask)\Z"
    r"|(?:handle|handle_ev)\Z"
    r"|check_(?:\w+_)?(?:risk|limit|margin|exposure|position|order)s?\Z"
)


@lru_cache(maxsize=2048)
def is_hot(name: str) -> bool:
    """Whether every event or order runs through a function of that name."""
    return bool(_HOT.match(name))


def is_hot_item(file: RustFile, item: Item) -> bool:
    """Whether every event or order runs through a function, by its name or by configuration."""
    return is_hot(item.name) or item.start in file.configured_hot


def hot_function(file: RustFile, node: Node) -> str:
    """The name of the hot function around a node; empty if it stands in none."""
    if not file.once(_has_hot):
        return ""
    place = file.function_of(node)
    return place.item.name if place is not None and is_hot_item(file, place.item) else ""


def in_hot_function(file: RustFile, line: int) -> bool:
    """Whether a line stands in a hot function."""
    return any(item.kind == "fn" and is_hot_item(file, item) for item in file.items_around(line))


def _has_hot(file: RustFile) -> bool:
    return any(item.kind == "fn" and is_hot_item(file, item) for item in file.items)
