"""Looks on their own: what one of them raises costs that one, and is told everywhere."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest

from reviewer.detect.hint_rule import Spot
from reviewer.detect.registry import HINTS, RULES
from reviewer.detect.rule import Hit
from reviewer.edges.printing import say_missed
from reviewer.errors import Transient
from reviewer.evidence import EvidenceReport
from reviewer.facts.change import Change
from reviewer.facts.fact import Fact
from reviewer.facts.gather import FACT_LOOKS
from reviewer.gathering import Searched, gather
from reviewer.looks import MOST_NAMED, Looks, Missed
from reviewer.policy.policy import Policy
from reviewer.publish.coverage import Coverage
from reviewer.publish.plan import Conclusion, make_plan
from reviewer.publish.terminal import report_text
from reviewer.publish.verdict_text import check_summary, check_title
from reviewer.pull.parse import parse_diff
from reviewer.pull.texts import Code
from reviewer.rust.file import RustFile
from reviewer.rust.file_index import FileIndex
from reviewer.rust.index_cache import IndexCache
from reviewer.rust.repository import Repository
from reviewer.scope.classify import classify
from tests.support.reports import a_report

PATH = "src/fills.rs"
SECRET = "hunter2" + "-of-the-desk"
TEXT = f"""\
fn on_fill(raw: &str) {{
    let word = "{SECRET}";
    let price: f64 = raw.parse().unwrap_or(0.0);
    self.last[raw.instrument] = raw.price;
    let recv_ns = 1u64;
    let sent_ms = 1u64;
    let late = recv_ns - sent_ms;
}}
"""
OTHER = "src/orders.rs"


def without_end(text: str) -> None:
    without_end(text + " ")


def out_of_memory(text: str) -> None:
    raise MemoryError(text)


def quotes_the_code(text: str) -> None:
    raise ValueError(text)


def gathered(searched: Searched, indexes: IndexCache | None = None) -> EvidenceReport:
    added = "".join(f"+{line}\n" for line in TEXT.splitlines())
    diff = parse_diff(
        "".join(
            f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
            f"@@ -0,0 +1,{len(TEXT.splitlines())} @@\n{added}"
            for path in (PATH, OTHER)
        )
    )
    texts = {PATH: TEXT, OTHER: TEXT}
    trees = {path: RustFile.parse(path, text) for path, text in texts.items()}
    scope = classify((file, TEXT, trees[file.path]) for file in diff.files)
    head = Repository(texts, {}, indexes=indexes)
    return gather(Code(diff, texts), trees, head, scope, Policy(), (), searched)


def with_a16(raises: Callable[[str], None]) -> Searched:
    """Everything, with a rule A16 that cannot take one of the two files."""

    def find(file: RustFile) -> Iterator[Hit]:
        if file.path == PATH:
            raises(file.text)
        yield from a16.find(file)

    (a16,) = (rule for rule in RULES if rule.id == "A16")
    return Searched(rules=tuple(replace(r, find=find) if r is a16 else r for r in RULES))


def sources(report: EvidenceReport) -> set[tuple[str, str]]:
    found = {(f.source, f.path) for f in report.findings} | {
        (h.source, h.path) for h in report.hints
    }
    return found | {(f"fact:{fact.name}", "") for fact in report.facts}


@pytest.mark.parametrize("raises", [without_end, out_of_memory, quotes_the_code])
def test_a_rule_that_raises_costs_itself_on_that_file_and_nothing_else(
    raises: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    whole, broken = gathered(Searched()), gathered(with_a16(raises))
    assert sources(whole) - sources(broken) == {("rule:A16", PATH)}
    (missed,) = broken.missed
    assert missed.told(missed.path) == "rule A16 could not look at src/fills.rs"
    (record,) = (one for one in caplog.records if one.levelno >= logging.ERROR)
    told = logging.Formatter().format(record)
    assert told.startswith("rule:A16 could not look at 'src/fills.rs'")
    assert raises.__name__ in told
    assert SECRET not in told


def test_a_hint_rule_that_raises_costs_itself() -> None:
    def find(file: RustFile) -> Iterator[Spot]:
        yield Spot(4, "one that is found before it raises")
        raise KeyError(file.text)

    rules = tuple(replace(h, find=find, needs=("",)) if h.id == "B3" else h for h in HINTS)
    whole, broken = gathered(Searched()), gathered(Searched(hints=rules))
    assert sources(whole) - sources(broken) == {("hint:B3", PATH), ("hint:B3", OTHER)}
    assert [(m.look, m.path) for m in broken.missed] == [("hint:B3", PATH), ("hint:B3", OTHER)]


def test_a_fact_that_raises_costs_itself_and_what_it_finds() -> None:
    def see(change: Change) -> Fact | None:
        raise RuntimeError(str(change.diff))

    kinds = tuple(replace(k, see=see) if k.name == "units" else k for k in FACT_LOOKS)
    whole, broken = gathered(Searched()), gathered(Searched(facts=kinds))
    gone = sources(whole) - sources(broken)
    assert ("fact:units", "") in gone
    assert {source for source, _ in gone} <= {"fact:units", "rule:U1"}
    assert [m.told("") for m in broken.missed] == [
        "fact units could not look at the change as a whole"
    ]


class Fragile(IndexCache):
    """Cannot take one of the two files."""

    def get(self, path: str, blob: str, make: Callable[[], FileIndex]) -> FileIndex:
        if path == PATH:
            raise RecursionError(path)
        return super().get(path, blob, make)


def test_a_file_that_cannot_be_indexed_is_named_and_no_other_lost() -> None:
    broken = gathered(Searched(), Fragile())
    assert [(m.look, m.path, m.error) for m in broken.missed] == [("index", PATH, "RecursionError")]
    whole = gathered(Searched())
    assert broken.findings == whole.findings
    assert {f.name for f in broken.facts} == {f.name for f in whole.facts}


def test_no_ending_of_the_process_and_no_error_on_purpose_is_held_up() -> None:
    def stops(error: BaseException) -> None:
        def see() -> None:
            raise error

        with pytest.raises(type(error)):
            Looks().at("rule:A16", PATH, see, None)

    for error in (KeyboardInterrupt(), SystemExit(), Transient("the store is away")):
        stops(error)


def test_very_many_are_named_no_further() -> None:
    looks = Looks()
    for number in range(3 * MOST_NAMED):
        looks.at(f"rule:{number}", PATH, partial(out_of_memory, TEXT), None)
    assert len(looks.missed) == MOST_NAMED + 1
    assert looks.missed[-1].told("") == "further looks could not look at the change as a whole"
    assert looks.missed[-1].may_hide("rule:any", "src/any.rs")


MISSED = (Missed("rule:A16", PATH, "RecursionError"), Missed("fact:units", "", "KeyError"))
READ = Coverage(files_changed=2, rust_files=2, files_in_scope=2, lines_added=9, model="a-model")


def test_a_review_that_could_not_look_is_neutral_and_says_at_what() -> None:
    assert make_plan([], READ, gate=None).conclusion is Conclusion.SUCCESS
    for in_scope in (0, 2):
        plan = make_plan([], replace(READ, missed=MISSED, files_in_scope=in_scope), gate=None)
        assert plan.conclusion is Conclusion.NEUTRAL
        assert check_title(plan).startswith("Not all of it reviewed")
        said = check_summary(plan, {})
        assert f"- rule A16 could not look at `{PATH}`" in said
        assert "- fact units could not look at the change as a whole" in said


def test_the_terminal_names_it_too() -> None:
    report = a_report(missed=MISSED)
    text = report_text(report, colour=False, width=100)
    assert f"Not looked at:\n  rule A16 could not look at {PATH}\n  fact units could" in text


def test_standard_error_names_it_whatever_the_format(capsys: pytest.CaptureFixture[str]) -> None:
    say_missed((*MISSED, Missed("rule:D5", "src/a\nb.rs", "KeyError")))
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        f"reviewer: rule A16 could not look at {PATH} (RecursionError)",
        "reviewer: fact units could not look at the change as a whole (KeyError)",
        "reviewer: rule D5 could not look at src/a⟦U+000A⟧b.rs (KeyError)",
    ]
