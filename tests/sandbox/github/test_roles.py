"""Roles, as the permission API tells of them at the moment of a command."""

from __future__ import annotations

from typing import Any

import pytest

from reviewer.sandbox import client_accounts as accounts
from reviewer.sandbox import client_pulls as pulls
from reviewer.sandbox.client import SandboxRefused
from tests.sandbox.github.stage import REPO, Stage


@pytest.mark.parametrize(
    ("role", "level", "can"),
    [
        ("none", "none", []),
        ("read", "read", ["pull"]),
        ("triage", "read", ["pull", "triage"]),
        ("write", "write", ["pull", "triage", "push"]),
        ("maintain", "write", ["pull", "triage", "push", "maintain"]),
        ("admin", "admin", ["pull", "triage", "push", "maintain", "admin"]),
    ],
)
def test_a_role_has_a_level_of_old_and_its_own_name(
    stage: Stage, role: str, level: str, can: list[str]
) -> None:
    stage.sandbox.set_role(REPO, "carol", role)
    told: dict[str, Any] = stage.sandbox.call(
        "GET", f"/repos/{REPO}/collaborators/carol/permission", actor="acme"
    )
    assert (told["permission"], told["role_name"]) == (level, role)
    assert told["user"]["login"] == "carol"
    assert [name for name, held in told["user"]["permissions"].items() if held] == can
    assert stage.repo().get_collaborator_permission("carol") == level


def test_a_role_may_have_a_name_of_the_organization(stage: Stage) -> None:
    stage.sandbox.set_role(REPO, "carol", "write", name="risk officer")
    assert pulls.permission(stage.sandbox, REPO, "carol") == ("write", "risk officer")


def test_a_role_is_what_it_is_at_the_moment(stage: Stage) -> None:
    stage.sandbox.set_role(REPO, "carol", "admin")
    stage.sandbox.set_role(REPO, "carol", "read")
    assert pulls.permission(stage.sandbox, REPO, "carol") == ("read", "read")


def test_anybody_reads_what_is_public(stage: Stage) -> None:
    stage.sandbox.set_role(REPO, "stranger", "none")
    assert pulls.permission(stage.sandbox, REPO, "stranger")[0] == "none"
    accounts.set_visibility(stage.sandbox, REPO, private=False)
    assert pulls.permission(stage.sandbox, REPO, "stranger") == ("read", "read")
    said = stage.sandbox.comment(REPO, stage.number, "/review", actor="passer-by")
    assert said["author_association"] == "NONE"
    assert stage.sandbox.pull(REPO, stage.number)["base"]["repo"]["private"] is False
    with pytest.raises(SandboxRefused) as refused:
        pulls.add_labels(stage.sandbox, REPO, stage.number, "urgent", actor="passer-by")
    assert refused.value.status == 403


def test_nobody_of_that_name(stage: Stage) -> None:
    with pytest.raises(SandboxRefused) as refused:
        pulls.permission(stage.sandbox, REPO, "nobody-at-all")
    assert refused.value.status == 404


def test_what_is_told_of_an_author_proves_nothing(stage: Stage) -> None:
    stage.sandbox.set_role(REPO, "carol", "read", association="MEMBER")
    said = stage.sandbox.comment(REPO, stage.number, "/review", actor="carol")
    assert said["author_association"] == "MEMBER"
    assert pulls.permission(stage.sandbox, REPO, "carol") == ("read", "read")
    stage.sandbox.set_role(REPO, "dave", "write")
    said = stage.sandbox.comment(REPO, stage.number, "/review", actor="dave")
    assert said["author_association"] == "MEMBER"
