"""Parses of what was just printed, and of a text into a text, which cannot fail."""

from __future__ import annotations

import re

from reviewer.rust.chain import Chain, arguments_of
from reviewer.rust.file import RustFile
from reviewer.rust.typed import FLOATS, INTEGERS, type_of

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
    read = _read_as(file, chain)
    if read in _OWNED_TEXTS:
        return True
    given = arguments_of(chain.links[-1].call) if chain.links else []
    falls_back_to_float = len(given) == 1 and _ZERO_FLOAT.fullmatch(file.code(given[0]))
    is_float = read in FLOATS or (not read and bool(falls_back_to_float))
    return is_float and _is_printed(file, chain)


def printed_integer(file: RustFile, chain: Chain) -> str:
    """`u32` of `qty.round().to_string().parse::<u32>()`; empty if no number was just printed."""
    read = _read_as(file, chain)
    return read if read in INTEGERS and _is_printed(file, chain) else ""


def _is_printed(file: RustFile, chain: Chain) -> bool:
    at = chain.names.index("parse") if "parse" in chain.names else 0
    if at < 1 or chain.links[at - 1].name != "to_string":
        return False
    printed = chain.links[at - 2].call if at > 1 else chain.root
    type_ = type_of(file, printed)
    if type_:
        return type_ not in _PRINTS_AS_WRITTEN
    return not _HOLDS_TEXT.search(file.code(printed))


def _read_as(file: RustFile, chain: Chain) -> str:
    """`f64` of `parse::<f64>()`; empty where the call does not say."""
    parse = next((link.call for link in chain.links if link.name == "parse"), None)
    function = parse.child_by_field_name("function") if parse is not None else None
    stated = function.child_by_field_name("type_arguments") if function is not None else None
    return file.code(stated).strip("<> \n").rpartition("::")[2] if stated is not None else ""
