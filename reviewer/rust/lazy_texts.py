"""Texts that are made readable when somebody asks for them, and views that leave some out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping


class LazyTexts(Mapping[str, str]):
    """Texts by path, each made by `read` when it is first asked for, and kept."""

    def __init__(self, contents: Mapping[str, bytes], read: Callable[[str, bytes], str]) -> None:
        self._contents = contents
        self._read = read
        self._made: dict[str, str] = {}

    def __getitem__(self, path: str) -> str:
        if path not in self._made:
            self._made[path] = self._read(path, self._contents[path])
        return self._made[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents)

    def __len__(self) -> int:
        return len(self._contents)


class Without(Mapping[str, str]):
    """Other texts without some of them."""

    def __init__(self, texts: Mapping[str, str], hidden: frozenset[str]) -> None:
        self._texts = texts
        self._hidden = hidden

    def __getitem__(self, path: str) -> str:
        if path in self._hidden:
            raise KeyError(path)
        return self._texts[path]

    def __iter__(self) -> Iterator[str]:
        return (path for path in self._texts if path not in self._hidden)

    def __len__(self) -> int:
        return sum(1 for _ in self)
