"""The parameters that the arguments of a call meet, where it can mean one function only."""

from __future__ import annotations

from functools import cached_property

from tree_sitter import Node

from reviewer.facts.units_expression import counts
from reviewer.rust.chain import called
from reviewer.rust.file import RustFile, method_name
from reviewer.rust.file_index import Call
from reviewer.rust.repository import Repository


class Callees:
    """The functions of the repository that one file calls."""

    def __init__(self, file: RustFile, repository: Repository) -> None:
        self._file = file
        self._repository = repository
        self._known: dict[tuple[str, str, str, str], tuple[str, ...]] = {}

    def counted(self, node: Node) -> tuple[str, ...]:
        """The names of the parameters that a call fills; none if it is not sure which function.

        Empty in the place of a parameter whose type is no bare number, such as Duration.
        """
        name = method_name(self._file, node) or called(self._file, node).rpartition("::")[2]
        call = self._calls.get((node.end_point.row + 1, name)) or self._calls.get(
            (_end_of_name(node), name)
        )
        if call is None:
            return ()
        key = call.name, call.kind, call.owner, call.caller
        if key not in self._known:
            self._known[key] = self._parameters(call)
        return self._known[key]

    @cached_property
    def _calls(self) -> dict[tuple[int, str], Call]:
        index = self._repository.index.file(self._file.path)
        return {(call.line, call.name): call for call in index.calls} if index is not None else {}

    def _parameters(self, call: Call) -> tuple[str, ...]:
        found = self._repository.index.resolve(call)
        where = self._repository.file(found[0].path) if len(found) == 1 else None
        if where is None:
            return ()
        for placed in where.functions():
            if placed.item.start == found[0].start and placed.item.name == call.name:
                parameters = placed.node.child_by_field_name("parameters")
                return _names(where, parameters) if parameters is not None else ()
        return ()


def _end_of_name(call: Node) -> int:
    function = call.child_by_field_name("function")
    return function.end_point.row + 1 if function is not None else 0


def _names(file: RustFile, parameters: Node) -> tuple[str, ...]:
    names = []
    for parameter in parameters.named_children:
        if parameter.type != "parameter":
            continue
        pattern, stated = (parameter.child_by_field_name(name) for name in ("pattern", "type"))
        named = pattern is not None and stated is not None and counts(file.code(stated, 60))
        name = file.code(pattern, 100) if named and pattern is not None else ""
        names.append(name.removeprefix("mut "))
    return tuple(names)
