"""Across pushes nothing is said twice, nothing is dropped unseen, and a person's word is final."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer.finding import Category, Finding
from reviewer.looks import Missed
from reviewer.publish.anchors import FileNow
from reviewer.publish.comment_status import said_again
from reviewer.publish.fingerprint import (
    Mark,
    finding_marker,
    fingerprints,
    quote_key,
    scope_key,
)
from reviewer.publish.left_side import RemovedLine
from reviewer.publish.reconcile import Gone, Moved, New, Reason, Reconciled, reconcile
from reviewer.publish.round_now import Now
from reviewer.publish.standing import Standing, State, rebuild
from reviewer.pull.diff import Side
from reviewer.refs import CommitSha, commit_sha
from tests.support.findings import a_finding
from tests.support.pushes import PATH, Source, comment, said, settled

LATER = commit_sha("cd" * 20)


def source(**changes: object) -> Source:
    made = Source(
        {
            "quote": [(1, "let bid = best(&self.bids);"), (2, "send(bid);"), (3, "count += 1;")],
            "cancel": [(4, "let id = order.id;"), (5, "count += 1;"), (6, "forget(id);")],
        }
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def rule(finding: Finding) -> Finding:
    return replace(finding, source="rule:B2", title="The rule's own title")


def test_still_there_is_silent_whatever_it_is_called() -> None:
    one = source().finding(1)
    stood = said([one])
    for again in (one, replace(one, title=f"Possibly {one.title}, it seems", scenario="Other.")):
        assert reconcile(stood, [again], source().now()) == Reconciled(silent=stood)


def test_a_model_that_falls_silent_takes_nothing_back() -> None:
    stood = said([source().finding(1)])
    assert reconcile(stood, [], source().now(changed=range(1, 5))) == Reconciled(silent=stood)


def test_a_line_that_github_lost_is_found_again() -> None:
    stood = said([source().finding(6)], lines=[None])
    after = source()
    after.functions["quote"] += [(9, "log(bid);")] * 4
    line = after.line_of(6)
    assert line is not None
    assert reconcile(stood, [], after.now()) == Reconciled(moved=(Moved(stood[0], PATH, line),))


def removed_at(line: int, text: str = "check_risk(&order)?;") -> dict[int, RemovedLine]:
    return {line: RemovedLine(text, frozenset({1, 2}))}


def test_a_removed_line_that_github_lost_is_found_on_its_own_side() -> None:
    """Base line 40 is no line of the head, and head line 2 is another one."""
    quote = "check_risk(&order)?;"
    left = a_finding(side=Side.LEFT, line=2, quote=quote, scope_path="quote", path=PATH)
    left = replace(left, source="model")
    (one,) = said([left])
    stood = [replace(one, side=Side.LEFT, line=None, state=State.OUTDATED)]
    now = source().now(changed=[])
    now.files[PATH].removed = removed_at(40)
    (moved,) = reconcile(stood, [], now).moved
    assert (moved.line, moved.quote_key, moved.scope_key) == (40, "", "")
    (moved,) = reconcile(stood, [replace(left, line=40)], now).moved
    assert (moved.line, moved.quote_key, moved.scope_key) == (40, "", "")
    now.files[PATH].removed = {}
    assert reconcile(stood, [], now).to_verify == tuple(stood)


def test_a_removed_line_is_new_where_the_push_has_removed_it() -> None:
    left = a_finding(side=Side.LEFT, line=40, quote="check_risk(&order)?;", path=PATH)
    for changed, is_new in (([1], True), ([40], False)):
        now = source().now(changed=changed)
        now.files[PATH].removed = removed_at(40)
        (new,) = reconcile((), [left], now).new
        assert new.on_new_line is is_new


def test_a_line_that_the_diff_does_not_show_is_left_alone() -> None:
    stood = said([source().finding(6)], lines=[None])
    now = source().now()
    now.files[PATH].shown = frozenset({1})
    assert reconcile(stood, [], now) == Reconciled(silent=stood)


def test_an_edited_line_is_to_be_verified_only_if_its_item_was_read() -> None:
    stood = said([source().finding(1)], lines=[None])
    after = source()
    after.functions["quote"][0] = (9, "let bid = worst(&self.bids)?;")
    assert reconcile(stood, [], after.now()) == Reconciled(to_verify=stood)
    assert reconcile(stood, [], after.now(read=False)) == Reconciled(silent=stood)


def test_the_same_claim_on_the_edited_line_is_the_same_finding() -> None:
    one = source().finding(1)
    stood = said([one], lines=[None])
    after = source()
    after.functions["quote"][0] = (9, "let bid = best(&self.bids)?;")
    again = after.finding(9, title=f"{one.title} again")
    made = reconcile(stood, [again], after.now(changed=[again.line]))
    assert made == Reconciled(moved=(Moved(stood[0], PATH, again.line, quote_key(again.quote)),))


def test_a_rule_that_no_longer_fires_needs_no_second_look() -> None:
    stood = said([rule(source().finding(1))])
    made = reconcile(stood, [], source().now(read=False))
    assert made == Reconciled(gone=(Gone(stood[0], Reason.RULE_SILENT),))


@pytest.mark.parametrize(
    ("missed", "stands"),
    [
        (Missed("rule:B2", PATH, "KeyError"), True),
        (Missed("fact:units", "", "KeyError"), True),
        (Missed("rule:B2", "src/other.rs", "KeyError"), False),
        (Missed("rule:A16", PATH, "KeyError"), False),
        (Missed("hint:B2", PATH, "KeyError"), False),
    ],
)
def test_a_rule_that_could_not_look_has_repaired_nothing(missed: Missed, stands: bool) -> None:
    stood = said([rule(source().finding(1))])
    now = replace(source().now(read=False), missed=(missed,))
    silent, gone = Reconciled(silent=stood), Reconciled(gone=(Gone(stood[0], Reason.RULE_SILENT),))
    assert reconcile(stood, [], now) == (silent if stands else gone)


@pytest.mark.parametrize("by", ["rule:B2", "model"])
def test_a_file_that_left_the_change_takes_its_findings_along(by: str) -> None:
    stood = said([source().finding(1, source=by)])
    assert reconcile(stood, [], Now({})).gone == (Gone(stood[0], Reason.NOT_IN_CHANGE),)
    unread = Now({}, unread=frozenset({PATH}))
    assert reconcile(stood, [], unread) == Reconciled(silent=stood)


def test_a_rename_is_followed() -> None:
    stood = said([source().finding(1), rule(source().finding(4))])
    after = source(path="src/depth.rs")
    now = after.now(renames={PATH: "src/depth.rs"})
    made = reconcile(stood, [after.finding(1), rule(after.finding(4))], now)
    assert made == Reconciled(silent=stood)


def test_a_line_that_went_to_another_file_is_followed_by_its_words() -> None:
    one = source().finding(1)
    stood = said([one], lines=[None])
    here, there = source(), source(path="src/depth.rs")
    del here.functions["quote"]
    files = {**here.now().files, **there.now().files}
    made = reconcile(stood, [there.finding(1)], Now(files))
    assert (made.new, [m.path for m in made.moved]) == ((), ["src/depth.rs"])


def test_a_renamed_item_keeps_its_findings() -> None:
    stood = said([source().finding(1)], lines=[None])
    after = source()
    after.functions["requote"] = after.functions.pop("quote")
    made = reconcile(stood, [after.finding(1)], after.now())
    assert [(m.standing, m.line) for m in made.moved] == [(stood[0], after.line_of(1))]
    assert reconcile(stood, [], after.now()).moved == made.moved


def test_an_equal_line_that_was_there_before_is_not_taken_for_the_one_that_went() -> None:
    stood = said([source().finding(3)], lines=[None])
    after = source()
    after.functions["quote"].pop()
    assert reconcile(stood, [], after.now(changed=[3])).to_verify == stood


def test_the_second_of_two_equal_lines_keeps_its_own_comment() -> None:
    twice = source()
    twice.functions["quote"].insert(0, (7, "count += 1;"))
    only_second = [rule(twice.finding(3))]
    stood = said(only_second)
    both = [rule(twice.finding(7)), *only_second]
    made = reconcile(stood, both, twice.now(changed=[2]))
    assert made.silent == stood
    (new,) = made.new
    assert new.finding.line == twice.line_of(7)
    assert new.fingerprint != stood[0].fingerprint


@pytest.mark.parametrize("dismissed", [True, False])
def test_a_persons_word_holds_where_the_claim_is_reworded_moved_or_renamed(
    dismissed: bool,
) -> None:
    one = source().finding(1)
    stood = said([one], settled(1, dismissed=dismissed))
    elsewhere = source().finding(2, title=f"It seems that {one.title}")
    renamed = source(path="src/depth.rs")
    for found, now in (
        ([one], source().now()),
        ([elsewhere], source().now(changed=[elsewhere.line])),
        ([elsewhere, one], source().now()),
        ([renamed.finding(1)], renamed.now(renames={PATH: "src/depth.rs"})),
    ):
        made = reconcile(stood, found, now)
        assert [unsaid.finding for unsaid in made.suppressed] == sorted(found, key=lambda f: f.line)
        assert replace(made, suppressed=()) == Reconciled()


def test_a_person_decided_on_one_place_of_a_rule_and_not_on_a_new_one() -> None:
    stood = said([rule(source().finding(1))], settled(1))
    second = rule(source().finding(2))
    made = reconcile(stood, [rule(source().finding(1)), second], source().now(changed=[3]))
    assert [new.finding for new in made.new] == [second]
    assert len(made.suppressed) == 1


def test_a_rule_is_not_raised_again_on_the_line_that_was_edited_after_a_person_decided() -> None:
    stood = said([rule(source().finding(1))], settled(1), lines=[None])
    after = source()
    after.functions["quote"][0] = (9, "let bid = worst(&self.bids)?;")
    made = reconcile(stood, [rule(after.finding(9))], after.now(changed=[2]))
    assert (made.new, len(made.suppressed)) == ((), 1)


def resolved_by_us(stood: tuple[Standing, ...]) -> tuple[Standing, ...]:
    return tuple(replace(one, state=State.RESOLVED_BY_US) for one in stood)


def test_a_mistake_that_comes_back_opens_its_thread_again() -> None:
    stood = resolved_by_us(said([source().finding(1)]))
    made = reconcile(stood, [source().finding(1)], source().now(changed=[2]))
    assert made == Reconciled(returned=stood)
    assert reconcile(stood, [], source().now()) == Reconciled()


def test_a_fix_that_brings_a_new_mistake_is_a_new_finding_that_names_the_old_one() -> None:
    stood = said([source().finding(1)], lines=[None])
    after = source()
    after.functions["quote"][0] = (9, "let bid = worst(&self.bids)?;")
    fresh = after.finding(9, category=Category.ERROR_HANDLING)
    for before in (stood, resolved_by_us(stood)):
        (new,) = reconcile(before, [fresh], after.now(changed=[fresh.line])).new
        assert (new.finding, new.after) == (fresh, before[0])
    (new,) = reconcile(stood, [after.finding(6)], after.now(changed=[fresh.line])).new
    assert new.after is None


def test_what_was_called_fixed_is_not_raised_again_in_other_words_on_old_lines() -> None:
    one = source().finding(1)
    stood = resolved_by_us(said([one]))
    again = source().finding(2, title=f"{one.title} still")
    made = reconcile(stood, [again], source().now(changed=[]))
    assert (made.new, len(made.repeated)) == ((), 1)


def test_the_same_claim_beside_the_one_that_stands_is_a_repetition_on_old_lines_only() -> None:
    one = source().finding(1)
    beside = source().finding(2, title=f"{one.title} too")
    stood = said([one])
    old = reconcile(stood, [one, beside], source().now(changed=[]))
    assert (old.new, len(old.repeated)) == ((), 1)
    fresh = reconcile(stood, [one, beside], source().now(changed=[beside.line]))
    assert [new.finding for new in fresh.new] == [beside]


def test_one_round_does_not_say_the_same_twice_itself() -> None:
    one = source().finding(1)
    twice = [one, replace(one, title=f"Maybe {one.title}")]
    assert len(reconcile((), twice, source().now()).new) == 1
    other_claim = replace(one, title="Nothing alike here")
    assert (
        len(reconcile((), [one, replace(other_claim, source="rule:B2")], source().now()).new) == 2
    )


def test_a_comment_of_the_first_version_is_known_by_its_fingerprint() -> None:
    one = source().finding(1)
    (identity,) = fingerprints([one])
    old = replace(comment(reconcile((), [one], source().now()).new[0]), body="Words.\n\n")
    stood = rebuild([replace(old, body=old.body + finding_marker(Mark(identity)))], {})
    assert reconcile(stood, [one], source().now()) == Reconciled(silent=stood)
    renamed = source(path="src/depth.rs")
    now = renamed.now(renames={PATH: "src/depth.rs"})
    assert reconcile(stood, [renamed.finding(1)], now) == Reconciled(silent=stood)


def test_a_comment_that_speaks_for_more_places_stands_as_long_as_one_of_them() -> None:
    main, named = (rule(source().finding(n)) for n in (1, 2))
    stood = said([main])
    place = replace(
        stood[0], fingerprint=fingerprints([named])[0], quote_key="", scope_key="", named_only=True
    )
    made = reconcile([*stood, place], [named], source().now())
    assert (made.gone, made.silent, made.faded) == ((), (place,), stood)
    assert len(reconcile([*stood, place], [], source().now()).gone) == 2


def test_a_finding_on_a_removed_line_stands_while_it_is_found() -> None:
    left = a_finding(side=Side.LEFT, quote="check_risk(&order)?;", scope_path="quote", path=PATH)
    stood = said([left])
    assert reconcile(stood, [left], source().now()) == Reconciled(silent=stood)


def test_a_second_line_like_it_that_was_written_since_is_a_finding_of_its_own() -> None:
    stood = said([source().finding(3)])
    after = source()
    after.functions["quote"].append((9, "count += 1;"))
    second = after.finding(9, title=source().finding(3).title)
    made = reconcile(stood, [second], after.now(changed=[second.line]))
    assert ([new.finding for new in made.new], made.silent) == ([second], stood)


def test_a_line_that_was_taken_into_another_item_is_followed_past_an_equal_one() -> None:
    one = source().finding(3)
    stood = said([one], lines=[None])
    after = source()
    after.functions["counted"] = [(9, "count += 1;")]
    moved = after.finding(9, title=f"Perhaps {one.title}")
    made = reconcile(stood, [moved], after.now(changed=[moved.line]))
    (here,) = made.moved
    assert made == Reconciled(moved=(here,))
    assert (here.standing, here.line, here.quote_key) == (stood[0], moved.line, "")
    assert here.scope_key == scope_key(moved.scope_path)


def test_an_item_of_a_new_name_with_the_line_edited_keeps_a_claim_in_the_same_words() -> None:
    one = source().finding(1)
    stood = said([one], lines=[None])
    after = source()
    after.functions["requote"] = [(9, "let bid = worst(&self.bids)?;")]
    del after.functions["quote"]
    again = after.finding(9, title=one.title)
    made = reconcile(stood, [again], after.now(changed=[again.line]))
    keys = quote_key(again.quote), scope_key("requote")
    assert made == Reconciled(moved=(Moved(stood[0], PATH, again.line, *keys),))
    other_words = after.finding(9, title="Nothing alike here")
    assert len(reconcile(stood, [other_words], after.now()).new) == 1


def test_of_equal_lines_the_one_with_the_same_lines_around_it_is_meant() -> None:
    before = source()
    before.functions["quote"] += [(8, "count += 1;"), (9, "log(bid);")]
    stood = said([before.finding(8)], lines=[None])
    after = replace(before, functions=dict(before.functions))
    after.functions["quote"] = [(20 + n, f"fresh_{n}();") for n in range(2)] + [
        *before.functions["quote"]
    ]
    assert stood[0].head_sha is not None
    then = {(stood[0].head_sha, PATH): before.now().files[PATH]}
    made = reconcile(stood, [], replace(after.now(), before=then))
    assert [moved.line for moved in made.moved] == [after.line_of(8)]
    (guess,) = reconcile(stood, [], after.now()).moved
    assert guess.line == after.line_of(3)


def then(before: Source, stood: tuple[Standing, ...]) -> dict[tuple[CommitSha, str], FileNow]:
    """The file as it was when the findings were said."""
    assert stood[0].head_sha is not None
    return {(stood[0].head_sha, PATH): before.now().files[PATH]}


def test_a_like_claim_in_another_item_is_not_the_one_whose_item_went() -> None:
    before = source()
    one = replace(before.finding(1), title="`bid` is wrong after a late fill")
    stood = said([one], lines=[None])
    after = replace(before, functions={"cancel": before.functions["cancel"]})
    after.functions["reprice"] = [(9, "self.ladder.shift(tick);")]
    other = after.finding(9, title="`ladder` is wrong after a late fill")
    now = after.now(changed=[other.line])
    made = reconcile(stood, [other], replace(now, before=then(before, stood)))
    assert (made.moved, [new.finding for new in made.new]) == ((), [other])
    edited = replace(after, functions=dict(after.functions))
    edited.functions["reprice"] = [(9, "let bid = best(&self.bids, tick);")]
    same = edited.finding(9, title="`bid` is wrong after a late fill")
    now = edited.now(changed=[same.line])
    made = reconcile(stood, [same], replace(now, before=then(before, stood)))
    assert [moved.line for moved in made.moved] == [same.line]


def test_a_claim_in_other_words_on_the_edited_line_is_the_same_finding() -> None:
    before = source()
    one = replace(before.finding(1), title="`bid` is wrong after a late fill")
    stood = said([one], lines=[None])
    after = replace(before, functions=dict(before.functions))
    after.functions["quote"] = [(9, "let bid = best(&self.bids)?;"), *before.functions["quote"][1:]]
    again = after.finding(9, title="Nobody checks `bid` against a late fill")
    now = after.now(changed=[again.line])
    made = reconcile(stood, [again], replace(now, before=then(before, stood)))
    assert [moved.line for moved in made.moved] == [again.line]
    unlike = after.finding(9, title="The spread is read twice")
    made = reconcile(stood, [unlike], replace(now, before=then(before, stood)))
    assert [new.finding for new in made.new] == [unlike]


def test_a_like_claim_on_another_line_of_the_item_is_a_finding_of_its_own() -> None:
    before = source()
    one = replace(before.finding(1), title="`best_bid` is stale after a fill")
    stood = said([one], lines=[None])
    after = replace(before, functions=dict(before.functions))
    after.functions["quote"] = [*before.functions["quote"][1:], (9, "self.ladder.shift(tick);")]
    other = after.finding(9, title="`ladder_tick` is stale after a fill")
    for found in (other, rule(other)):
        now = replace(after.now(changed=[other.line]), before=then(before, stood))
        made = reconcile(said([replace(one, source=found.source)], lines=[None]), [found], now)
        assert (made.moved, [new.finding for new in made.new]) == ((), [found])
    same_words = after.finding(9, title=one.title)
    made = reconcile(stood, [same_words], replace(now, before=then(before, stood)))
    assert [moved.line for moved in made.moved] == [other.line]


def test_a_line_that_is_edited_again_is_followed_from_where_it_was_said_again() -> None:
    first = source()
    one = first.finding(1)
    stood = said([one], lines=[None])
    second = replace(first, functions=dict(first.functions))
    second.functions["quote"] = [(8, "let bid = best(&self.bids)?;"), *first.functions["quote"][1:]]
    again = second.finding(8, title=one.title)
    (moved,) = reconcile(stood, [again], second.now(changed=[again.line])).moved
    new = comment(New(replace(one, line=moved.line), stood[0].fingerprint), 2, line=None)
    body = said_again(new.body, LATER, 2, moved.quote_key, moved.scope_key)
    stood = rebuild([replace(new, body=body)], {})
    assert (stood[0].quote_key, stood[0].head_sha) == (quote_key(again.quote), LATER)
    assert reconcile(stood, [], second.now(changed=[])).moved[0].line == moved.line

    third = replace(second, functions=dict(second.functions))
    third.functions["quote"] = [
        (9, "let bid = best(&self.bids)?.0;"),
        *first.functions["quote"][1:],
    ]
    reworded = third.finding(9, title=f"Perhaps {one.title} here")
    before = {(LATER, PATH): second.now().files[PATH]}
    now = replace(third.now(changed=[reworded.line]), before=before)
    made = reconcile(stood, [reworded], now)
    assert ([m.line for m in made.moved], made.new) == ([reworded.line], ())


def test_a_rule_on_a_line_that_was_put_in_the_stead_of_another_is_the_same_finding() -> None:
    before = source()
    one = replace(before.finding(2), source="rule:B2", title="`quote` stops at `todo!`")
    stood = said([one], lines=[None])
    after = replace(before, functions=dict(before.functions))
    kept = before.functions["quote"]
    after.functions["quote"] = [kept[0], (9, "unimplemented!();"), kept[2]]
    again = after.finding(9, source="rule:B2", title="`quote` stops at `unimplemented!`")
    now = replace(after.now(changed=[again.line]), before=then(before, stood))
    made = reconcile(stood, [again], now)
    assert ([m.line for m in made.moved], made.new, made.gone) == ([again.line], (), ())


@pytest.mark.parametrize("shown", [True, False])
def test_of_two_equal_lines_the_one_that_is_left_has_one_comment(shown: bool) -> None:
    twice = source()
    twice.functions["requote"] = [(7, "let bid = best(&self.bids);"), (8, "hold(bid);")]
    stood = said([twice.finding(1), twice.finding(7, title=twice.finding(1).title)])
    left = replace(twice, functions={n: f for n, f in twice.functions.items() if n != "quote"})
    line = left.line_of(7)
    assert line is not None
    by_line = {one.original_line: one for one in stood}
    first, second = by_line[twice.line_of(1)], by_line[twice.line_of(7)]
    first = replace(first, line=None, state=State.OUTDATED)
    if not shown:
        second = replace(second, line=None, state=State.OUTDATED)
    made = reconcile([first, second], [], left.now(changed=range(1, 9)))
    assert [(m.standing, m.line) for m in made.moved] == ([] if shown else [(second, line)])
    assert made.silent == ((second,) if shown else ())
    assert made.to_verify == (first,)
