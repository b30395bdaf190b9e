"""Which prefixes are written before a wave, and which of them one after the other."""

from __future__ import annotations

import threading
from dataclasses import replace

from reviewer.agent.prompt import Prompter
from reviewer.agent.read import packed_units
from reviewer.agent.request import ModelRequest
from reviewer.agent.tools import TOOL_SPECS
from reviewer.agent.warming import Warming
from tests.agent.asking import Scripted, answer
from tests.agent.test_read import READING, large_material


class Slow(Scripted):
    """The second and the third prefix are written only together, and only after the first."""

    def __init__(self) -> None:
        super().__init__(lambda _call: answer())
        self.met = threading.Barrier(2, timeout=10)

    def warm(self, request: ModelRequest) -> None:
        if self.warmed:
            self.met.wait()
        super().warm(request)


def test_what_all_begin_with_is_written_once_and_then_the_rest_at_the_same_time() -> None:
    material = large_material()
    unit = packed_units(material).units[0]
    views = [replace(unit, id=name) for name in ("u1", "u2", "u3")]
    door = Slow()
    warming = Warming(door, Prompter(material, READING, TOOL_SPECS), 4)
    warming.before([*views, *views])
    assert len(door.warmed) == 3
    warming.before([*views, *views])
    assert len(door.warmed) == 3
