"""The fact about units and ranges: what is mixed, and which product leaves its type."""

from __future__ import annotations

from reviewer.detect.hint import TEXT_LIMIT, Hint
from reviewer.detect.rule import TITLE_LIMIT, Explained
from reviewer.facts.change import Change
from reviewer.facts.fact import Fact, Table
from reviewer.facts.ranges import Product, Worst, products
from reviewer.facts.units import Family
from reviewer.facts.units_mixed import Mixture, mixtures
from reviewer.facts.units_rules import RANGE_RULE, UNITS_RULE
from reviewer.finding import Finding
from reviewer.pull.diff import Side, is_rust
from reviewer.rust.file import RustFile

NAME = "units"
_SOURCE = f"fact:{NAME}"
_MOST_ROWS = 20
_MOST_HINTS = 20


def look_at_units(change: Change) -> Fact | None:
    """Sums, comparisons, assignments and arguments of unlike units; products beyond their type."""
    found: list[tuple[RustFile, Mixture]] = []
    ranged: list[tuple[RustFile, Product]] = []
    for diff in change.diff.files:
        added = diff.added_numbers() if is_rust(diff.path) else frozenset()
        file = change.head.file(diff.path) if added else None
        if file is not None:
            found += [(file, mixture) for mixture in mixtures(file, change.head, added)]
            ranged += [
                (file, product)
                for product in products(file, change.head.index, added, change.profile)
                if product.worst is None or product.beyond
            ]
    if not found and not ranged:
        return None
    findings = [_mixed(change, file, m) for file, m in found if m.is_proved]
    findings += [_beyond(change, file, p, p.beyond) for file, p in ranged if p.beyond]
    hints = [_mixed_hint(file.path, m) for file, m in found if not m.is_proved]
    hints += [_range_hint(file.path, p) for file, p in ranged if not p.beyond]
    return Fact(
        name=NAME,
        headline=_headline(len(found), ranged),
        parts=(_ledger(found),) if found else (),
        hints=tuple(hints[:_MOST_HINTS]),
        findings=tuple(findings),
    )


def _headline(mixed: int, ranged: list[tuple[RustFile, Product]]) -> str:
    beyond = sum(product.beyond is not None for _, product in ranged)
    unknown = len(ranged) - beyond
    parts = []
    if mixed:
        parts.append("1 place mixes units" if mixed == 1 else f"{mixed} places mix units")
    if beyond:
        parts.append(f"{_counted(beyond)} beyond {'its' if beyond == 1 else 'their'} type")
    if unknown:
        parts.append(f"{_counted(unknown)} without a known largest value")
    return ", ".join(parts)


def _counted(number: int) -> str:
    return (
        "1 product of price and quantity"
        if number == 1
        else f"{number} products of price and quantity"
    )


def _ledger(found: list[tuple[RustFile, Mixture]]) -> Table:
    return Table(
        header=("place", "expression", "left unit", "right unit"),
        rows=tuple(
            (f"{file.path}:{m.line}", m.expression, m.left_unit.name, m.right_unit.name)
            for file, m in found[:_MOST_ROWS]
        ),
    )


def _mixed(change: Change, file: RustFile, mixture: Mixture) -> Finding:
    left, right = mixture.left_unit, mixture.right_unit
    consequence = (
        "a time limit trips at once or never, an order is taken for fresh or for stale"
        if left.family is Family.TIME
        else "a fee, a spread or a band is a hundred times too wide or too narrow"
    )
    return _finding(
        change,
        file,
        mixture.line,
        UNITS_RULE,
        f"`{mixture.left}` is in {left.name}, `{mixture.right}` in {right.name}",
        f"`{mixture.left}` counts {left.name} and {_meets(mixture)}, which counts {right.name}. "
        f"Nothing converts the one to the other, so {consequence}.",
    )


def _meets(mixture: Mixture) -> str:
    ways = {
        "added": f"is added to or taken from `{mixture.right}`",
        "compared": f"is compared with `{mixture.right}`",
        "assigned": f"is set from `{mixture.right}`",
        "passed": f"is passed as `{mixture.right}`",
    }
    return ways[mixture.doing]


def _overflow_checks(change: Change, path: str) -> bool | None:
    """What the configuration says of the release build, else what its manifest does."""
    said = change.profile.overflow_checks
    return change.head.overflow_checks(path) if said is None else said


def _beyond(change: Change, file: RustFile, product: Product, worst: Worst) -> Finding:
    then = {
        True: "The build checks overflow, so the largest order panics here, with its orders in "
        "the market.",
        False: "The release build does not check overflow, so it wraps silently and a wrong "
        "notional passes the limits.",
        None: "A release build wraps silently and a wrong notional passes the limits; with "
        "`overflow-checks` it panics here instead.",
    }[_overflow_checks(change, file.path)]
    return _finding(
        change,
        file,
        product.line,
        RANGE_RULE,
        f"`{product.expression}` can leave `{product.integer}`",
        f"The {worst.words}, more than the {product.most:,} that `{product.integer}` holds. {then}",
    )


def _finding(
    change: Change, file: RustFile, line: int, rule: Explained, title: str, scenario: str
) -> Finding:
    return Finding(
        path=file.path,
        side=Side.RIGHT,
        line=line,
        start_line=None,
        quote=file.line(line),
        category=rule.category,
        severity=rule.severity_in(change.scope.of(file.path)),
        title=title if len(title) <= TITLE_LIMIT else rule.title,
        scenario=scenario,
        source=f"rule:{rule.id}",
        scope_path=file.scope_path(line),
    )


def _mixed_hint(path: str, mixture: Mixture) -> Hint:
    return Hint(
        path,
        mixture.line,
        _SOURCE,
        (
            f"by its name `{mixture.left}` is {mixture.left_unit.name} and `{mixture.right}` is "
            f"{mixture.right_unit.name}, yet they are {mixture.doing} as one unit"
        )[:TEXT_LIMIT],
    )


def _range_hint(path: str, product: Product) -> Hint:
    return Hint(
        path,
        product.line,
        _SOURCE,
        (
            f"`{product.expression}` is made in `{product.integer}` (up to {product.most:,}); no "
            "largest price and quantity are configured, so nothing says that it fits"
        )[:TEXT_LIMIT],
    )
