"""Parses that cannot fail: of a number that was just printed, and of a text into a text."""

from __future__ import annotations

import re

from tree_sitter import Node

from reviewer.rust.chain import Chain, arguments_of
from reviewer.rust.file import RustFile
from reviewer.rust.typed import FLOATS, type_of

_OWNED_TEXTS = frozenset({"String", "PathBuf", "OsString"})
_ZERO_FLOAT = re.compile(r"0+\.0*(?:_?f\d+)?|0+_?f(?:32|64)")
_PRINTS_AS_WRITTEN = frozenset(
    {"String", "str", "Value", "JsonValue", "Cow", "Option", "Result", "Bytes"}
)
# `row["price"]`, `row.get("price")` and their like: JSON prints its texts with quotes.
_HOLDS_TEXT = re.compile(
    r"[\"\[]|\b(?:get|text|json|value|val|raw|str|string)\w*\b|_(?:str|text)\b"
)


def is_sure(file: RustFile, chain: Chain) -> bool:
    """Whether the `parse` of a chain always succeeds.

    `text.parse::<String>()` does, and a float read out of what was just printed of a value that
    is no text: `qty.to_string().parse::<f64>()`. A value of unknown type is taken for a number
    unless its own words speak of text.
    """
    at = next((n for n, link in enumerate(chain.links) if link.name == "parse"), -1)
    read = _read_as(file, chain.links[at].call) if at >= 0 else ""
    if read in _OWNED_TEXTS:
        return True
    if at < 1 or chain.links[at - 1].name != "to_string":
        return False
    given = arguments_of(chain.links[-1].call)
    falls_back_to_float = len(given) == 1 and _ZERO_FLOAT.fullmatch(file.code(given[0]))
    if read not in FLOATS and (read or not falls_back_to_float):
        return False
    printed = chain.links[at - 2].call if at > 1 else chain.root
    type_ = type_of(file, printed)
    if type_:
        return type_ not in _PRINTS_AS_WRITTEN
    return not _HOLDS_TEXT.search(file.code(printed))


def _read_as(file: RustFile, parse: Node) -> str:
    """`f64` of `parse::<f64>()`; empty where the call does not say."""
    function = parse.child_by_field_name("function")
    stated = function.child_by_field_name("type_arguments") if function is not None else None
    return file.code(stated).strip("<> \n").rpartition("::")[2] if stated is not None else ""
