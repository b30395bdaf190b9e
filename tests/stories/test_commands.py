"""Stories of people who give commands on a pull request, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reviewer.sandbox import client_people as people
from reviewer.sandbox.client_threads import resolving_needs, thread_of
from tests.agent.task_samples import block, said
from tests.support.app import wait_for
from tests.support.github import GithubProcess
from tests.support.model import ModelProcess
from tests.support.stage import BOOK, REPO, UNWRAP, WORSE, ZERO_PRICE, Stage
from tests.support.talk import DONE, REFUSED, Talk, reviewed

ZERO_REFUSED = "        let Ok(price) = price.parse::<u64>() else { return };"
ANSWER = said(
    block("A text that is no number becomes price zero.", title="What goes wrong"),
    evidence=[{"path": "src/order_book.rs", "line": 1, "quote": BOOK.splitlines()[0]}],
)
FIX = {**ANSWER, "replacement": [ZERO_REFUSED]}
SCRIPT = {
    "entries": [
        {"match": {"contains": ["repairs", "unwrap_or(0)"], "format": True},
         "answer": {"envelope": FIX}},
        {"match": {"contains": "`blocks`, in reading order"}, "answer": {"envelope": ANSWER}},
    ],
    "planted": [],
}  # fmt: skip


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    directory = tmp_path_factory.mktemp("commands")
    with GithubProcess() as github, ModelProcess(SCRIPT) as model:
        stage = Stage(github, directory)
        app = stage.app(
            ANTHROPIC_API_KEY="a-model-key",
            REVIEWER_MODEL_URL=model.url,
            REVIEWER_COMMANDS_PER_HOUR="20",
        )
        with app:
            yield reviewed(stage, app)


FINDING, ANYWHERE = True, False


@pytest.mark.parametrize(
    ("actor", "command", "in_thread", "reactions", "answer"),
    [
        ("rita", "/help", ANYWHERE, DONE, "| `/ask <question>` | triage |"),
        ("rita", "/status", ANYWHERE, DONE, "Reviewed up to"),
        ("rita", "/config", ANYWHERE, DONE, "severity_floor: suggestion"),
        ("rita", "/review", ANYWHERE, REFUSED, "`/review` takes the role triage or more"),
        ("rita", "/ask why?", ANYWHERE, REFUSED, "`/ask` takes the role triage"),
        ("rita", "/explain", FINDING, REFUSED, "`/explain` takes the role triage"),
        ("rita", "/pause", ANYWHERE, REFUSED, "`/pause` takes the role write"),
        ("rita", "/dismiss it is fine", FINDING, REFUSED, "`/dismiss` takes the role write"),
        ("stranger", "/review full", ANYWHERE, REFUSED, "`/review` takes the role triage"),
        ("stranger", "/help", ANYWHERE, DONE, "What it does"),
        ("tom", "/review", ANYWHERE, DONE, ""),
        ("tom", "/review full", ANYWHERE, DONE, ""),
        ("tom", "/review src/**/*.rs", ANYWHERE, DONE, ""),
        ("tom", "/ask why is this\nunsigned?", ANYWHERE, DONE, "**Answer**\n\n"),
        ("tom", "/explain", FINDING, DONE, "**Explanation**: `src/order_book.rs:"),
        ("tom", "/explain", ANYWHERE, REFUSED, "write it as a reply in that finding's thread"),
        ("tom", "/fix", FINDING, REFUSED, "`/fix` takes the role write"),
        ("tom", "/test", ANYWHERE, REFUSED, "`/test` takes the role write"),
        ("will", "/fix", FINDING, DONE, "```suggestion"),
        ("will", "/fix", ANYWHERE, REFUSED, "write it as a reply in that finding's thread"),
        ("will", "/ask is it reachable?", FINDING, DONE, "**Answer**: `src/order_book.rs:"),
        ("will", "/test", FINDING, DONE, "**Tests**: `src/order_book.rs:"),
        ("will", "/test src/order_book.rs::OrderBook::best_bid", ANYWHERE, DONE,
         "**Tests**: `src/order_book.rs::OrderBook::best_bid`"),
        ("will", "/test src/order_book.rs::OrderBook::best_bit", ANYWHERE, REFUSED,
         "the nearest are `src/order_book.rs::OrderBook::best_bid`"),
        ("mia", "/optimize", ANYWHERE, DONE, "**Making it faster**: `the change`"),
        ("mia", "/design how should it recover?", ANYWHERE, DONE, "**Design**\n\n"),
        ("ada", "/reviwe", ANYWHERE, REFUSED, "Did you mean `/review [full | path or glob]`?"),
        ("ada", "/pause now", ANYWHERE, REFUSED, "`/pause` takes no words behind it"),
        ("ada", "@trading-reviewer help", ANYWHERE, DONE, "| `/help` | read | This list. |"),
        ("ada", "@trading-reviewer frobnicate", ANYWHERE, REFUSED, "There is no such command"),
    ],
)  # fmt: skip
def test_a_command_is_followed_for_whom_the_repository_allows(
    talk: Talk, actor: str, command: str, in_thread: bool, reactions: list[str], answer: str
) -> None:
    if actor == "stranger":
        talk.stage.sandbox.set_role(REPO, actor, "read")
    first = talk.thread_on(ZERO_PRICE) if in_thread else None
    reacted, said = talk.ask(command, actor, first=first)
    assert reacted == reactions
    assert answer.lower() in said.lower()
    assert bool(said) == bool(answer)


def test_a_fix_in_a_thread_can_be_taken_with_githubs_button(talk: Talk) -> None:
    _, said = talk.ask("/fix", "wanda", first=talk.thread_on(ZERO_PRICE))
    assert f"```suggestion\n{ZERO_REFUSED}\n```" in said
    assert "Nothing here was compiled, run or measured." in said


def test_a_finding_is_dismissed_in_its_thread_and_taken_up_again(talk: Talk) -> None:
    sandbox, first = talk.stage.sandbox, talk.thread_on(UNWRAP)
    reacted, said = talk.ask("/dismiss the venue never\nsends it", "will", first=first)
    assert reacted == DONE
    assert "Dismissed by `will`" in said
    assert thread_of(sandbox, REPO, talk.number, first)["isResolved"]
    assert "Dismissed: 1." in talk.ask("/status", "rita")[1]
    _, said = talk.ask("/reopen", "will", first=first)
    assert "open again" in said
    assert "Dismissed" not in talk.ask("/status", "rita")[1]
    assert not thread_of(sandbox, REPO, talk.number, first)["isResolved"]
    # As github.com has it for an App that may not write contents.
    resolving_needs(sandbox, "contents:write")
    _, said = talk.ask("/dismiss it cannot happen", "will", first=first)
    assert "GitHub does not let this App resolve the thread; you can." in said
    assert "Dismissed: 1." in talk.ask("/status", "rita")[1]
    resolving_needs(sandbox, "pull_requests:write")
    talk.ask("/reopen", "will", first=first)


def test_what_is_no_command_or_nobodys_is_left_alone(talk: Talk) -> None:
    left = [
        talk.say(body, "ada")
        for body in (
            "looks good\n/review",
            "> /review",
            "```\n/review\n```",
            "    /review",
            "`/review`",
            "<!-- /review -->",
            "/merge",
            "@somebody review",
        )
    ]
    talk.stage.sandbox.set_role(REPO, "helpful[bot]", "write")
    left.append(talk.say("/review", "helpful[bot]"))
    edited = talk.say("please look", "ada")
    people.edit_issue_comment(talk.stage.sandbox, REPO, edited.id, "/review", actor="ada")
    left.append(edited)
    left.append(talk.reply(talk.thread_on(UNWRAP), "I do not think so", "ada"))
    # Comments of one pull request are worked on in their order.
    assert talk.ask("/help", "ada")[0] == DONE
    assert [talk.reactions(one) for one in left] == [[]] * len(left)
    assert talk.answers(left[-1]) == []


def test_several_commands_of_one_comment_run_in_their_order(talk: Talk) -> None:
    comment = talk.say("/pause\n/status\n/resume\n/nonsense\n/help", "ada")
    assert talk.settled(comment) == DONE
    first, second, third, *rest = talk.answers(comment)
    assert "until `/resume`" in first
    assert "Paused" in second
    assert "reviewed again" in third
    # A word that another bot may own ends the comment in silence.
    assert rest == []


def test_one_that_is_refused_does_not_hold_the_others_up(talk: Talk) -> None:
    comment = talk.say("/pause\n/help\n/statis", "rita")
    assert talk.settled(comment) == ["confused", "rocket"]
    assert len(talk.answers(comment)) == 3


def test_nothing_that_is_said_can_break_out_of_the_answer(talk: Talk) -> None:
    _, said = talk.ask("/test src/<!--/`@acme.rs::foo", "ada")
    assert "there is no item" in said
    assert said.count("<!--") == 1
    assert "`@acme" not in said.replace("``", "")


def test_on_a_closed_pull_request_only_questions_of_state_are_answered(talk: Talk) -> None:
    number = talk.stage.open_pull(BOOK.replace("next_back", "last"), title="Another")
    talk.stage.wait_for_check(talk.stage.head_of(number), talk.app)
    talk.stage.sandbox.set_state(REPO, number, "closed", actor="ada")
    closed = Talk(talk.stage, talk.app, number)
    reacted, said = closed.ask("/pause", "ada")
    assert reacted == REFUSED
    assert "only `/status`, `/config`, `/help` are answered here" in said
    assert closed.ask("/status", "rita")[0] == DONE


def test_whoever_asks_too_often_is_told_when_there_is_room(talk: Talk) -> None:
    talk.stage.sandbox.set_role(REPO, "olaf", "write")
    comments = [talk.say("/review\n" * 10, "olaf") for _ in range(2)]
    assert [talk.settled(comment) for comment in comments] == [DONE, DONE]
    reacted, said = talk.ask("/review", "olaf")
    assert reacted == REFUSED
    assert "more than 20 commands within an hour; try again at" in said
    assert talk.ask("/status", "olaf")[0] == DONE
    wait_for(lambda: "command.review" in talk.app.log(), "the reviews", talk.app.log)


def another(talk: Talk, title: str) -> Talk:
    """One more pull request, reviewed."""
    number = talk.stage.open_pull(title=title)
    talk.stage.wait_for_check(talk.stage.head_of(number), talk.app)
    return Talk(talk.stage, talk.app, number)


def test_a_paused_pull_request_is_reviewed_when_somebody_asks(talk: Talk) -> None:
    paused = another(talk, "Paused")
    paused.ask("/pause", "will")
    head = talk.stage.push(paused.number)
    talk.app.wait_for_log(f"{REPO}#{paused.number} paused (pull_request.synchronize)")
    assert "The newest commit is" in paused.ask("/status", "rita")[1]
    assert paused.ask("/review", "tom")[0] == DONE
    talk.stage.wait_for_check(head, talk.app)
    assert "(the newest) in 2 rounds" in paused.ask("/status", "rita")[1]


def test_a_pause_is_told_by_the_status_until_it_ends(talk: Talk) -> None:
    pull = another(talk, "Paused")
    for command, told in (
        ("/pause", "are not reviewed until `/resume`"),
        ("/status", "Paused: pushes are not reviewed."),
        ("/resume", "Pushes are reviewed again"),
    ):
        reactions, said = pull.ask(command, "ada")
        assert reactions == DONE
        assert told in said


def test_what_came_while_it_was_paused_is_reviewed_when_it_goes_on(talk: Talk) -> None:
    paused = another(talk, "Resumed")
    paused.ask("/pause", "will")
    talk.stage.push(paused.number, "// a book\n" + WORSE)
    head = talk.stage.push(paused.number)
    assert paused.ask("/resume", "will")[0] == DONE
    talk.stage.wait_for_check(head, talk.app)
    published = f"{REPO}#{paused.number} published"
    wait_for(lambda: talk.app.log().count(published) == 2, "two rounds", talk.app.log)
    assert "(the newest) in 2 rounds" in paused.ask("/status", "rita")[1]
    assert paused.ask("/resume", "will")[0] == DONE
    talk.app.wait_for_log(f"{REPO}#{paused.number} already reviewed (command.review)")
    assert talk.app.log().count(published) == 2
    assert len(talk.stage.reviews_of(paused.number, head)) == 1


def test_what_was_dismissed_is_not_raised_by_later_pushes(talk: Talk) -> None:
    pull = another(talk, "Dismissed")
    first = pull.thread_on(UNWRAP)
    pull.ask("/dismiss a level that is asked for is there", "will", first=first)
    for text in (WORSE, WORSE.replace("BTreeMap<u64, u64>", "BTreeMap<u64, i64>")):
        talk.stage.wait_for_check(talk.stage.push(pull.number, text), talk.app)
    lines = talk.stage.commented_lines(pull.number)
    assert lines.count(UNWRAP) == 3  # the finding, /dismiss, and the reply to it
    assert thread_of(talk.stage.sandbox, REPO, pull.number, first)["isResolved"]
    (root,) = [c for c in talk.stage.sandbox.comments(REPO, pull.number) if c["id"] == first]
    assert "↩" not in root["body"]
    assert "Dismissed: 1." in pull.ask("/status", "rita")[1]
