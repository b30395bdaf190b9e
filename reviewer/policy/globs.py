"""Globs as in a `.gitignore`, matched in one pass over the path.

- `*` and `?` stand for anything but a slash, `[a-z]` and `[!a-z]` for one character.
- `**/`, `/**/` and `/**` stand for any number of directories.
- A glob with a slash in it begins at the root of the repository; one without matches at any depth.
- A glob that matches a directory matches all that lies below; `target/` matches only that.
- A backslash takes the next character as it is. There is no `!`, and there are no `{a,b}`.

All states are the bits of one number, so that a path costs one step a character, whatever the glob.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

MAX_GLOB_CHARS = 256
_CACHED_CHARACTERS = 256
_TWICE = ("**", "**")


class BadGlob(ValueError):
    """What is wrong with a glob, and what to write instead."""


@dataclass(frozen=True, slots=True)
class _One:
    """One character."""

    fits: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Star:
    """Any characters but a slash."""


@dataclass(frozen=True, slots=True)
class _Directories:
    """Any number of whole directories, none included; takes two states."""


_Element = _One | _Star | _Directories


@dataclass(frozen=True, slots=True)
class Glob:
    """A compiled glob. Bit `n` of the state: the first `n` places of the glob are matched."""

    places: tuple[_Element | None, ...]
    """None is the second state of `_Directories`, inside of one."""
    itself: bool
    """Whether it matches what it names."""
    below: bool
    """Whether it matches what lies below what it names."""
    _stars: int
    _entries: int
    _inside: int
    _steps: dict[str, tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)

    def matches(self, path: str) -> bool:
        """Whether the whole path fits."""
        accepted = 1 << len(self.places)
        state = self._rested(1)
        for character in path:
            if self.below and character == "/" and state & accepted:
                return True
            moves, stays = self._step(character)
            state = self._rested(((state & moves) << 1) | (state & stays))
            if not state:
                return False
        return self.itself and bool(state & accepted)

    def _rested(self, state: int) -> int:
        """With the states that are reached without a character."""
        entries = state & self._entries
        state |= (entries << 1) | (entries << 2)
        return state | ((state & self._stars) << 1)

    def _step(self, character: str) -> tuple[int, int]:
        """Which states move on by this character, and which stay where they are."""
        known = self._steps.get(character)
        if known is not None:
            return known
        slash = character == "/"
        moves = self._inside if slash else 0
        for index, place in enumerate(self.places):
            if isinstance(place, _One) and place.fits(character):
                moves |= 1 << index
        step = (moves, self._inside | (0 if slash else self._stars))
        if len(self._steps) < _CACHED_CHARACTERS:
            self._steps[character] = step
        return step


@lru_cache(maxsize=4096)
def path_glob(text: str) -> Glob:
    """A glob for the files of a repository. Raises BadGlob."""
    only_below = text.endswith("/") and text != "/"
    rest = text.removesuffix("/")
    anchored = "/" in rest
    rest = _once(rest.removeprefix("/"))
    if rest != "**" and rest.endswith("/**"):
        only_below, rest = True, rest.removesuffix("/**")
    glob = rest if anchored or rest == "**" else f"**/{rest}"
    return _compiled(glob, text, not only_below, below=True)


@lru_cache(maxsize=4096)
def whole_glob(text: str) -> Glob:
    """A glob for names with slashes such as branches: it fits the whole name. Raises BadGlob."""
    glob = _once(text)
    rest = glob.removesuffix("/**")
    return _compiled(rest, text, rest == glob, below=rest != glob)


def _once(glob: str) -> str:
    """`a/**/**` means what `a/**` does."""
    return "/".join(
        segment
        for before, segment in pairwise(("", *glob.split("/")))
        if (before, segment) != _TWICE
    )


def _compiled(glob: str, written: str, itself: bool, *, below: bool) -> Glob:
    _refuse(glob, written)
    places: list[_Element | None] = []
    for element in _elements(glob):
        again = places and isinstance(element, _Star) and isinstance(places[-1], _Star)
        if not again:
            places.append(element)
        if isinstance(element, _Directories):
            places.append(None)
    return Glob(
        places=tuple(places),
        itself=itself,
        below=below,
        _stars=_bits(isinstance(place, _Star) for place in places),
        _entries=_bits(isinstance(place, _Directories) for place in places),
        _inside=_bits(place is None for place in places),
    )


def _refuse(glob: str, written: str) -> None:
    if len(written) > MAX_GLOB_CHARS:
        raise BadGlob(f"has more than {MAX_GLOB_CHARS} characters; write a shorter one")
    if written.startswith("!"):
        raise BadGlob("starts with `!`, which has no meaning here; name what is wanted instead")
    segments = glob.split("/")
    if "" in segments:
        raise BadGlob("has an empty part; write one slash between names, and a name")
    if "." in segments or ".." in segments:
        raise BadGlob("holds `.` or `..`; write it from the root of the repository")


def _elements(glob: str) -> Iterator[_Element]:
    *directories, name = glob.split("/")
    for segment in directories:
        if segment == "**":
            yield _Directories()
        else:
            yield from _of_segment(segment)
            yield _One(_same("/"))
    if name == "**":
        yield _Directories()
    yield from _of_segment(name)


def _of_segment(segment: str) -> Iterator[_Element]:
    at = 0
    while at < len(segment):
        character = segment[at]
        at += 1
        if character == "*":
            yield _Star()
        elif character == "?":
            yield _One(lambda other: other != "/")
        elif character == "[":
            end = segment.find("]", at + 2 if segment[at : at + 1] in ("!", "^") else at + 1)
            if end < 0:
                raise BadGlob("has a `[` without its `]`; write `\\[` for the character itself")
            yield _One(_one_of(segment[at:end]))
            at = end + 1
        elif character in "{}":
            raise BadGlob("holds braces, which are not known here; write one entry for each")
        elif character == "\\":
            if at == len(segment):
                raise BadGlob("ends with a backslash; write two for the character itself")
            yield _One(_same(segment[at]))
            at += 1
        else:
            yield _One(_same(character))


def _same(wanted: str) -> Callable[[str], bool]:
    return lambda other: other == wanted


def _one_of(inner: str) -> Callable[[str], bool]:
    """`a-z_` or `!a-z_`."""
    negated = inner[0] in "!^"
    members = inner[1:] if negated else inner
    ranges: list[tuple[str, str]] = []
    at = 0
    while at < len(members):
        last = members[at + 2] if members[at + 1 : at + 2] == "-" and at + 2 < len(members) else ""
        ranges.append((members[at], last or members[at]))
        at += 3 if last else 1

    def fits(other: str) -> bool:
        return other != "/" and negated != any(low <= other <= high for low, high in ranges)

    return fits


def _bits(flags: Iterator[bool]) -> int:
    return sum(1 << index for index, flag in enumerate(flags) if flag)
