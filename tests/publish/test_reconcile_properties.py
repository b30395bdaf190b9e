"""Whatever is pushed: a line keeps its finding, and no claim is made a second time."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.finding import Category, Finding
from reviewer.publish.likeness import REWORDED, likeness
from reviewer.publish.reconcile import reconcile
from reviewer.publish.standing import LIVE, SETTLED, Standing, State, rebuild
from reviewer.pull.changed_since import changed_since
from reviewer.pull.diff import Diff, FileDiff, FileStatus, Hunk, Line, LineKind
from tests.support.pushes import PATH, Source, comment, said

FIRST = range(1, 13)
KINDS = (Category.ORDER_LOGIC, Category.LATENCY)


def a_source() -> Source:
    """Three functions of four lines each, no two alike."""
    functions = {
        name: [(n, f"let v{n} = source.take_{n}(v);") for n in range(start, start + 4)]
        for start, name in ((1, "quote"), (5, "cancel"), (9, "amend"))
    }
    return Source(functions)


def edited(source: Source, chance: random.Random, keep: set[int]) -> Source:
    """Some pushes later: lines added and taken away, items moved, all of it indented anew."""
    functions = {name: list(lines) for name, lines in source.functions.items()}
    fresh = 100
    for _ in range(chance.randint(0, 8)):
        lines = functions[chance.choice(list(functions))]
        if chance.random() < 0.6:
            fresh += 1
            text = chance.choice(["count += 1;", "", f"fresh_{fresh}(v);", "// let v1 = nothing"])
            lines.insert(chance.randint(0, len(lines)), (fresh, text))
        elif gone := [line for line in lines if line[0] not in keep]:
            lines.remove(chance.choice(gone))
    order = list(functions)
    chance.shuffle(order)
    indent = chance.choice(["    ", "  ", "\t\t"])
    path = chance.choice([PATH, "src/depth.rs"])
    return Source(functions, path=path, indent=indent, order=order)


def as_added(source: Source) -> Diff:
    """The diff of a pull request that adds the whole file."""
    lines = tuple(
        Line(LineKind.ADDED, None, n, text) for n, (_, text) in enumerate(source.lines(), 1)
    )
    hunk = Hunk(0, 0, 1, len(lines), lines)
    return Diff((FileDiff(source.path, source.path, FileStatus.ADDED, (hunk,)),))


@given(
    chance=st.randoms(use_true_random=False),
    numbers=st.sets(st.sampled_from(FIRST), min_size=1, max_size=6),
    reworded=st.booleans(),
    silent=st.booleans(),
    lost=st.booleans(),
    known=st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_a_line_keeps_its_finding_through_edits_around_it(
    chance: random.Random,
    numbers: set[int],
    reworded: bool,
    silent: bool,
    lost: bool,
    known: bool,
) -> None:
    before = a_source()
    after = edited(before, chance, numbers)
    findings = [before.finding(n) for n in sorted(numbers)]
    where = {n: after.line_of(n) for n in sorted(numbers)}
    stood = said(findings, lines=[None if lost else line for line in where.values()])
    again = [
        after.finding(n, title=f"Perhaps {f.title}" if reworded else f.title)
        for n, f in zip(sorted(numbers), findings, strict=True)
    ]
    trees = ({after.path: after.tree()}, {PATH: before.tree()})
    since = changed_since(as_added(before), as_added(after), *trees)
    now = after.now(
        changed=since.lines.get(after.path, ()) if known else None, renames={PATH: after.path}
    )
    made = reconcile(stood, [] if silent else again, now)
    assert (made.new, made.gone, made.to_verify, made.repeated) == ((), (), (), ())
    if lost:
        lines = {moved.standing.title: moved.line for moved in made.moved}
        assert lines == {f.title: where[n] for n, f in zip(sorted(numbers), findings, strict=True)}
    else:
        assert set(made.silent) == set(stood)


TITLES = [
    "The order is sent twice after a reconnect",
    "After a reconnect the order is sent two times",
    "The book keeps a crossed level",
]


@st.composite
def any_finding(draw: st.DrawFn) -> Finding:
    source = a_source()
    for lines in source.functions.values():
        lines.append((50, "count += 1;"))
    number = draw(st.sampled_from([1, 2, 3, 5, 9, 50]))
    made = source.finding(
        number,
        category=draw(st.sampled_from(KINDS)),
        title=draw(st.sampled_from(TITLES)),
        source=draw(st.sampled_from(["model", "rule:B2", "rule:C7"])),
    )
    if draw(st.booleans()):
        made = replace(made, path="src/other.rs")
    if draw(st.integers(0, 4)) == 0:
        made = replace(made, quote="let edited = true;")
    return made


@st.composite
def anything_that_stands(draw: st.DrawFn) -> tuple[Standing, ...]:
    stood = said(draw(st.lists(any_finding(), max_size=6)))
    return tuple(
        replace(
            one,
            state=draw(st.sampled_from(list(State))),
            line=draw(st.sampled_from([one.line, None])),
        )
        for one in stood
    )


CHANGED = st.one_of(st.none(), st.sets(st.integers(1, 25)))


@given(
    stood=anything_that_stands(),
    found=st.lists(any_finding(), max_size=6),
    changed=CHANGED,
    chance=st.randoms(use_true_random=False),
)
@settings(max_examples=200, deadline=None)
def test_order_is_nothing_and_a_second_look_says_nothing(
    stood: tuple[Standing, ...],
    found: list[Finding],
    changed: set[int] | None,
    chance: random.Random,
) -> None:
    now = a_source().now(changed=changed)
    made = reconcile(stood, found, now)
    shuffled = (list(stood), list(found))
    for values in shuffled:
        chance.shuffle(values)
    assert reconcile(*shuffled, now) == made
    said_now = [comment(new, index) for index, new in enumerate(made.new, 100)]
    after = (*stood, *rebuild(said_now, {}))
    assert len({one.fingerprint for one in after}) == len(after)
    assert reconcile(after, found, now).new == ()


@given(stood=anything_that_stands(), found=st.lists(any_finding(), max_size=6), changed=CHANGED)
@settings(max_examples=200, deadline=None)
def test_what_is_live_has_one_fate_and_what_a_person_decided_on_has_none(
    stood: tuple[Standing, ...], found: list[Finding], changed: set[int] | None
) -> None:
    made = reconcile(stood, found, a_source().now(changed=changed))
    fates = [
        *made.silent,
        *made.faded,
        *made.to_verify,
        *(moved.standing for moved in made.moved),
        *(gone.standing for gone in made.gone),
    ]
    assert sorted(one.fingerprint for one in fates) == sorted(
        one.fingerprint for one in stood if one.state in LIVE
    )
    decided = {*SETTLED, State.SET_ASIDE}
    assert all(unsaid.standing.state in decided for unsaid in made.suppressed)


@given(stood=anything_that_stands(), found=st.lists(any_finding(), max_size=6), changed=CHANGED)
@settings(max_examples=200, deadline=None)
def test_a_models_finding_never_says_again_what_a_person_decided_on(
    stood: tuple[Standing, ...], found: list[Finding], changed: set[int] | None
) -> None:
    made = reconcile(stood, found, a_source().now(changed=changed))
    scopes = {(f.path, f.scope_path): said([f])[0].scope_key for f in found}
    for new in made.new:
        f = new.finding
        if f.source != "model":
            continue
        assert not any(
            one.state in SETTLED
            and (one.path, one.category) == (f.path, f.category)
            and one.scope_key == scopes[f.path, f.scope_path]
            and likeness(one.title, f.title) >= REWORDED
            for one in stood
        )
