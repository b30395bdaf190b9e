"""What is said of a path on a line of the change: a finding where it is certain, else a hint."""

from __future__ import annotations

from reviewer.detect.hint import TEXT_LIMIT, Hint
from reviewer.detect.rule import TITLE_LIMIT, Explained
from reviewer.facts.change import Change
from reviewer.facts.risk_path_checks import CONDITION
from reviewer.facts.risk_path_diff import PathChange
from reviewer.facts.risk_path_walk import SendPath
from reviewer.facts.risk_rules import BYPASS_RULE, LOST_CHECK_RULE
from reviewer.finding import Evidence, Finding
from reviewer.pull.diff import Side

_SHOWN = 2


def finding_of(changed: PathChange, change: Change) -> Finding | None:
    """The finding that a changed path is; None where it is not certain enough."""
    path = changed.after
    if not path.is_certain or path.unwinds or not changed.agreed:
        return None
    if changed.lacking and path.is_entry and not path.perhaps:
        place = _added_call(path, change)
        return _bypass(changed, change, place) if place is not None else None
    lost = changed.lost & changed.agreed
    if not lost or changed.gained or lost & changed.gone:
        return None
    place = _shown_line(path, change)
    return _lost(changed, change, place, sorted(lost)) if place is not None else None


def hint_of(changed: PathChange, change: Change) -> Hint | None:
    """What a reader should look at, where checks became fewer."""
    path = changed.after
    missing = sorted(changed.lacking or changed.lost)
    if not missing:
        return None
    place = _added_call(path, change) or path.lines[-1]
    what = "a new way to" if changed.before is None else "a way to"
    others = "that the others pass" if changed.before is None else "that it had"
    text = f"{what} {path.send} without {_names(missing)} {others}: from {entry_of(path)}"
    return Hint(place[0], place[1], "fact:risk paths", text[:TEXT_LIMIT])


def entry_of(path: SendPath) -> str:
    """The first function of a path, with its type: `Desk::on_signal`; of one cut short, `… > `."""
    return short(path.functions[0]) if path.is_whole else f"… > {short(path.functions[0])}"


def short(name_path: str) -> str:
    """`Desk::on_signal` of `strategy::impl Trader for Desk<G>::on_signal`."""
    owner, _, name = name_path.rpartition("::")
    owner = owner.rpartition(" for ")[2].rpartition("impl ")[2].partition("<")[0]
    return f"{owner.rpartition('::')[2]}::{name}" if owner else name


def _bypass(changed: PathChange, change: Change, place: tuple[str, int]) -> Finding:
    path, checks = changed.after, sorted(changed.lacking)
    others = list(dict.fromkeys(entry_of(sibling) for sibling in changed.siblings))
    scenario = (
        f"The other ways to `{path.send}` ({_names(others)}) run {_names(checks)} first. An order "
        f"that comes in by `{entry_of(path)}` runs none of it: one over the limit, or sent while "
        "trading is halted, goes out, and the position grows past what the desk allowed."
    )
    return _finding(
        BYPASS_RULE, change, place, f"`{entry_of(path)}` sends without {_names(checks)}",
        scenario, _proof(changed, change, checks),
    )  # fmt: skip


def _lost(changed: PathChange, change: Change, place: tuple[str, int], lost: list[str]) -> Finding:
    path = changed.after
    scenario = (
        f"Before the change an order from `{entry_of(path)}` ran {_names(lost)} before "
        f"`{path.send}`; now the send happens whatever it would have said. One over the limit, or "
        "sent while trading is halted, goes out, and the position grows past what the desk allowed."
    )
    return _finding(
        LOST_CHECK_RULE, change, place, f"`{entry_of(path)}` no longer passes {_names(lost)}",
        scenario, (),
    )  # fmt: skip


def _finding(
    rule: Explained,
    change: Change,
    place: tuple[str, int],
    title: str,
    scenario: str,
    evidence: tuple[Evidence, ...],
) -> Finding:
    path, line = place
    file = change.head.file(path)
    return Finding(
        path=path,
        side=Side.RIGHT,
        line=line,
        start_line=None,
        quote=file.line(line) if file is not None else "",
        category=rule.category,
        severity=rule.severity_in(change.scope.of(path)),
        title=title if len(title) <= TITLE_LIMIT else rule.title,
        scenario=scenario,
        source=f"rule:{rule.id}",
        scope_path=file.scope_path(line) if file is not None else "",
        evidence=evidence,
    )


def _proof(changed: PathChange, change: Change, checks: list[str]) -> tuple[Evidence, ...]:
    """Where the others check, as far as those lines are still what they were."""
    found: dict[tuple[str, int], None] = {}
    for sibling in changed.siblings:
        for path, line, name in sibling.checked_at:
            if name in checks and change.diff.file(path) is None:
                found[path, line] = None
    lines = ((path, line, change.head.file(path)) for path, line in list(found)[:_SHOWN])
    return tuple(Evidence(path, line, file.line(line)) for path, line, file in lines if file)


def _added_call(path: SendPath, change: Change) -> tuple[str, int] | None:
    """The call that the change added, the nearest to the send."""
    for place in reversed(path.lines):
        diff = change.diff.file(place[0])
        if diff is not None and place[1] in diff.added_numbers():
            return place
    return None


def _shown_line(path: SendPath, change: Change) -> tuple[str, int] | None:
    """The send if the diff shows it, else what it shows nearest to a call of the path."""
    for place in reversed(path.lines):
        diff = change.diff.file(place[0])
        if diff is not None and diff.hunk_at(Side.RIGHT, place[1]) is not None:
            return place
    for name, line in reversed(path.lines):
        diff, around = change.diff.file(name), change.head.index.function_at(name, line)
        shown = [
            number
            for hunk in (diff.hunks if diff else ())
            for number in hunk.numbers(Side.RIGHT)
            if around is not None and around.start <= number <= around.end
        ]
        if shown:
            return name, min(shown, key=lambda number: abs(number - line))
    return None


def _names(names: list[str]) -> str:
    shown = [name if name == CONDITION else f"`{name}`" for name in names[:_SHOWN]]
    left = len(names) - len(shown)
    return " and ".join(shown) + (f" and {left} more" if left > 0 else "")
