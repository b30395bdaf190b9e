"""Stories of a repository that says itself who may give which command, and how it begins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reviewer.edges.github_app import TOKEN_PERMISSIONS
from reviewer.sandbox.client_threads import resolving_needs, thread_of
from tests.stories.test_policy import configured
from tests.support.github import GithubProcess
from tests.support.stage import REPO, UNWRAP, ZERO_PRICE, Stage
from tests.support.talk import DONE, REFUSED, Talk, reviewed

POLICY = """\
commands:
  prefix: /trading-
  who:
    pause: maintain
    resume: triage
    dismiss: triage
dismissal:
  second_person_paths: ["src/**"]
"""


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    with GithubProcess() as github:
        granted = {**TOKEN_PERMISSIONS, "contents": "write"}
        stage = Stage(github, tmp_path_factory.mktemp("policy"), granted)
        configured(stage, POLICY)
        with stage.app() as app:
            yield reviewed(stage, app)


def test_another_prefix_leaves_the_usual_words_to_others(talk: Talk) -> None:
    left = talk.say("/help", "ada")
    reacted, said = talk.ask("/trading-help", "rita")
    assert reacted == DONE
    assert "| `/trading-review [full \\| path or glob]` | triage |" in said
    assert "`@trading-reviewer review`" in said
    assert talk.reactions(left) == []
    assert talk.ask("/trading-merge", "rita")[0] == REFUSED
    assert talk.ask("@trading-reviewer status", "rita")[0] == DONE


@pytest.mark.parametrize(
    ("actor", "command", "reactions"),
    [
        ("will", "/trading-pause", REFUSED),
        ("mia", "/trading-pause", DONE),
        ("rita", "/trading-resume", REFUSED),
        ("tom", "/trading-resume", DONE),
    ],
)
def test_the_repository_says_who_may(
    talk: Talk, actor: str, command: str, reactions: list[str]
) -> None:
    assert talk.ask(command, actor)[0] == reactions


def test_a_role_of_the_organisations_own_counts_as_the_one_below_it(talk: Talk) -> None:
    talk.stage.sandbox.set_role(REPO, "rosa", "maintain", name="release-engineer")
    talk.stage.sandbox.set_role(REPO, "sid", "read", name="security-reader")
    assert talk.ask("/trading-review", "rosa")[0] == DONE
    assert talk.ask("/trading-review", "sid")[0] == REFUSED


def test_a_critical_finding_takes_two_people(talk: Talk) -> None:
    first = talk.thread_on(ZERO_PRICE)
    # The configuration lets triage dismiss; what takes two people takes the role write as well.
    assert talk.ask("/trading-dismiss fine", "tom", first=first)[0] == REFUSED
    _, said = talk.ask("/trading-dismiss we check it before", "will", first=first)
    assert "Noted from `will`." in said
    assert "has to reply `/trading-dismiss <reason>` here too" in said
    assert "agreed already" in talk.ask("/trading-dismiss really", "will", first=first)[1]
    assert not thread_of(talk.stage.sandbox, REPO, talk.number, first)["isResolved"]
    assert "Waiting for a second person: 1." in talk.ask("/trading-status", "tom")[1]
    _, said = talk.ask("/trading-dismiss so we do", "wanda", first=first)
    assert "Dismissed by `will`, agreed by `wanda`." in said
    assert thread_of(talk.stage.sandbox, REPO, talk.number, first)["isResolved"]
    assert "Dismissed: 1." in talk.ask("/trading-status", "tom")[1]


def test_one_that_is_not_critical_takes_one_person(talk: Talk) -> None:
    _, said = talk.ask("/trading-dismiss fine", "tom", first=talk.thread_on(UNWRAP))
    assert "Dismissed by `tom`." in said


def test_without_a_model_questions_are_refused_and_the_rest_is_answered(talk: Talk) -> None:
    reacted, said = talk.ask("/trading-ask why?", "ada")
    assert reacted == REFUSED
    assert "needs a model" in said
    assert talk.ask("/trading-config", "rita")[0] == DONE


def test_an_app_that_may_write_contents_resolves_where_github_wants_that(talk: Talk) -> None:
    resolving_needs(talk.stage.sandbox, "contents:write")
    first = talk.thread_on(UNWRAP)
    _, said = talk.ask("/trading-dismiss fine", "will", first=first)
    assert "does not let" not in said
    assert thread_of(talk.stage.sandbox, REPO, talk.number, first)["isResolved"]
    _, said = talk.ask("/trading-reopen", "will", first=first)
    assert "does not let" not in said
    assert not thread_of(talk.stage.sandbox, REPO, talk.number, first)["isResolved"]
