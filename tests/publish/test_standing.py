"""What stands is read from the App's own comments alone."""

from __future__ import annotations

from dataclasses import replace

from reviewer.finding import Severity
from reviewer.publish import markdown
from reviewer.publish.fingerprint import Mark, finding_marker, fingerprints
from reviewer.publish.placement import Inline, InSummary, Placed
from reviewer.publish.plan import make_plan
from reviewer.publish.reconcile import Gone, New, Reason, Reconciled, reconcile
from reviewer.publish.round_now import Now
from reviewer.publish.rounds import open_findings
from reviewer.publish.standing import OwnComment, State, Thread, rebuild
from reviewer.publish.summary import review_body
from reviewer.pull.diff import Side
from tests.publish.test_plan import READ, rule_hits
from tests.support.findings import a_finding
from tests.support.pushes import HEAD, comment, said, settled

FINDING = a_finding()
(IDENTITY,) = fingerprints([FINDING])
POSTED = comment(New(FINDING, IDENTITY))


def state_of(one: OwnComment, *threads: Thread) -> State:
    (standing,) = rebuild([one], {thread.thread_id: thread for thread in threads})
    return standing.state


def test_a_comment_tells_all_of_its_finding() -> None:
    (one,) = rebuild([POSTED], {})
    assert (one.fingerprint, one.path, one.line) == (IDENTITY, FINDING.path, FINDING.line)
    assert (one.severity, one.category) == (FINDING.severity, FINDING.category)
    assert (one.title, one.source) == (FINDING.title, FINDING.source)
    assert (one.head_sha, one.round, one.comment_id, one.thread_id) == (HEAD, 1, 1, "thread 1")


def test_what_was_done_to_its_thread_is_its_state() -> None:
    thread = Thread("thread 1")
    assert state_of(POSTED) is State.OPEN
    assert state_of(replace(POSTED, line=None), thread) is State.OUTDATED
    assert state_of(replace(POSTED, line=None, on_file=True), thread) is State.OPEN
    assert state_of(POSTED, replace(thread, resolved=True)) is State.RESOLVED_BY_PERSON
    ours = replace(thread, resolved=True, resolved_by_us=True)
    assert state_of(POSTED, ours) is State.RESOLVED_BY_US
    assert state_of(POSTED, replace(ours, dismissed=True)) is State.DISMISSED


def test_a_comment_without_a_mark_says_nothing() -> None:
    assert rebuild([replace(POSTED, body="Thank you.")], {}) == ()


def test_of_two_comments_on_one_finding_a_persons_word_counts_then_the_open_one() -> None:
    again = replace(POSTED, comment_id=2, thread_id="thread 2", line=30)
    left = {"thread 1": Thread("thread 1", resolved=True, resolved_by_us=True)}
    (one,) = rebuild([POSTED, again], left)
    assert (one.comment_id, one.line, one.state) == (2, 30, State.OPEN)
    (one,) = rebuild([again, POSTED], settled(1, dismissed=True))
    assert one.state is State.DISMISSED


def test_each_place_that_a_comment_names_stands_by_itself() -> None:
    placed = [Placed(f, Inline(f.path, Side.RIGHT, f.line)) for f in rule_hits(6)]
    plan = make_plan(placed, READ, gate=None)
    last = replace(POSTED, body=markdown.comment_body(plan.entries[-1], HEAD))
    stood = rebuild([last], {})
    assert {one.fingerprint for one in stood} == set(plan.entries[-1].fingerprints)
    assert sum(one.named_only for one in stood) == 3


def test_a_finding_without_a_comment_stands_by_the_reviews_body() -> None:
    placed = Placed(FINDING, InSummary(FINDING.path, FINDING.line, "why"))
    plan = make_plan([placed], READ, gate=None)
    body = review_body(plan, HEAD)
    (one,) = rebuild([], {}, [body])
    assert (one.fingerprint, one.comment_id, one.severity) == (IDENTITY, None, Severity.CRITICAL)
    (one,) = rebuild([POSTED], {}, [body])
    assert one.comment_id == 1


def test_a_comment_of_the_first_version_stands_with_what_it_has() -> None:
    old = finding_marker(Mark(IDENTITY))
    (one,) = rebuild([replace(POSTED, body=f"🟠 **important** · A title\n\n{old}")], {})
    assert (one.fingerprint, one.title, one.category) == (IDENTITY, "A title", None)


def test_order_does_not_matter() -> None:
    comments = [comment(New(a_finding(line=n, quote=str(n)), f"{n:016x}"), n) for n in range(1, 6)]
    assert rebuild(comments, {}) == rebuild(comments[::-1], {})
    assert len(said([a_finding(line=n, quote=str(n)) for n in range(3)])) == 3


def test_a_title_is_as_harmless_when_the_summary_says_it_again() -> None:
    """GitHub would make a mention of the entity, and it was shown as it stands."""
    hostile = a_finding(title="The bid is wrong, ask &commat;acme/everyone about `&mut Book`")
    (standing,) = rebuild([comment(New(hostile, IDENTITY))], {})
    plan = make_plan([], READ, gate=None, open_findings=open_findings(
        Reconciled(silent=(standing,)), {}
    ))  # fmt: skip
    (row,) = [line for line in review_body(plan, HEAD).splitlines() if line.startswith("- ")]
    assert row.endswith("The bid is wrong, ask &amp;commat;acme/everyone about `&mut Book`")


def test_what_the_summary_alone_tells_of_goes_when_all_was_read_again_and_it_was_not_found() -> (
    None
):
    finding = a_finding(source="model")
    (made,) = said([finding])
    stood = replace(made, path="", line=None, comment_id=None, thread_id=None)
    again = Now({}, read_whole=True)
    assert reconcile([stood], [], Now({})).silent == (stood,)
    assert reconcile([stood], [], again).gone == (Gone(stood, Reason.REPAIRED),)
    assert reconcile([stood], [finding], again).silent == (stood,)
