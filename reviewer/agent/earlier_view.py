"""What is shown of the code to who looks at an earlier finding again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reviewer.agent.context import context_of
from reviewer.agent.earlier import Earlier
from reviewer.agent.material import Material
from reviewer.agent.named_items import NamedItem
from reviewer.agent.pack import UNIT_TOKENS, ReviewUnit
from reviewer.agent.read import packed_units
from reviewer.agent.sections import Section, lines_section
from reviewer.agent.task_view import item_sections
from reviewer.looks import log_missed
from reviewer.rust.items import Item

_AROUND = 60
"""Lines before and after a finding outside all items, in a file that the change leaves alone."""


@dataclass(frozen=True, slots=True)
class EarlierBatch:
    """Findings of one file that one reader looks at, and the code that shows them."""

    unit: ReviewUnit | None
    named: tuple[tuple[str, Earlier], ...]
    """Each by the name that it has in this round: `f1`."""


class EarlierViews:
    """Finds the code of earlier findings at the head."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._units = packed_units(material).units

    def batches(self, earlier: Sequence[Earlier], together: int) -> list[EarlierBatch]:
        """Findings by file, as many together as are allowed and as one call can show."""
        by_path: dict[str, list[tuple[str, Earlier]]] = {}
        for number, one in enumerate(earlier, start=1):
            by_path.setdefault(one.path, []).append((f"f{number}", one))
        return [batch for group in by_path.values() for batch in self._of_file(group, together)]

    def unit(self, shown: Sequence[Section]) -> ReviewUnit | None:
        """One unit of these sections; None where there is nothing to be shown."""
        if not shown:
            return None
        unit = ReviewUnit("earlier", tuple(shown))
        if unit.tokens > UNIT_TOKENS:
            return unit.in_brief()
        return replace(unit, context=context_of(unit, self._material.head))

    def sections(self, one: Earlier) -> tuple[Section, ...]:
        """The item as it is now, with what the change does to it. Where there is no such item any
        more, what the change does to its file; where that is nothing, the lines around."""
        item = self._item(one)
        if item is not None:
            return item_sections(NamedItem(one.path, item), self._material)
        changed = [s for unit in self._units for s in unit.sections if s.path == one.path]
        if changed:
            return tuple(_fitting(changed))
        text = self._material.head.text(one.path)
        if text is None:
            return ()
        at = one.line_now or one.line
        return (lines_section(one.path, text, range(at - _AROUND, at + _AROUND + 1)),)

    def _sections_or_none(self, one: Earlier) -> tuple[Section, ...]:
        """Without code, the reader cannot say that it is repaired."""
        try:
            return self.sections(one)
        except Exception as error:  # noqa: BLE001 - logged; one finding ends no round
            log_missed("second look", one.path, error)
            return ()

    def _of_file(
        self, group: Sequence[tuple[str, Earlier]], together: int
    ) -> Iterator[EarlierBatch]:
        named: list[tuple[str, Earlier]] = []
        shown: dict[tuple[str, str], Section] = {}
        for name, one in group:
            added = {(s.path, s.part): s for s in self._sections_or_none(one)}
            size = sum(s.tokens for s in {**shown, **added}.values())
            if named and (len(named) >= together or size > UNIT_TOKENS):
                yield EarlierBatch(self.unit(list(shown.values())), tuple(named))
                named, shown = [], {}
            named.append((name, one))
            shown |= added
        yield EarlierBatch(self.unit(list(shown.values())), tuple(named))

    def _item(self, one: Earlier) -> Item | None:
        file = self._material.head.file(one.path)
        if file is None:
            return None
        at = one.line_now or one.line
        same = [item for item in file.items if item.name_path == one.scope_path]
        if same:
            return min(same, key=lambda item: (abs(item.start - at), item.start))
        return file.item_at(one.line_now) if one.line_now is not None else None


def _fitting(sections: Sequence[Section]) -> Iterator[Section]:
    size = 0
    for section in sections:
        size += section.tokens
        if size > UNIT_TOKENS and section is not sections[0]:
            return
        yield section
