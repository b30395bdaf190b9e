"""Secrets on added lines: found by kind, never repeated, and silenced by the usual comment."""

from __future__ import annotations

import random
import string
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.detect.secrets import secrets
from reviewer.finding import Finding, Severity
from reviewer.publish.fingerprint import fingerprints
from reviewer.pull.diff import FileDiff
from reviewer.pull.parse import parse_diff
from reviewer.scope.rooms import Scope
from tests.support.git_repo import GitRepo
from tests.support.warm import ROOT

_CHARS = string.ascii_letters + string.digits


def made_up(length: int, chars: str = _CHARS, seed: int = 11) -> str:
    """A secret that is none: made when the test runs."""
    return "".join(random.Random(seed).choices(chars, k=length))


HEX = "0123456789abcdef"
AWS = "AKIA" + made_up(16, string.ascii_uppercase + string.digits)
KEYS = {
    "AWS Access Key": AWS,
    "GitHub Token": "ghp_" + made_up(36),
    "Slack Token": "xoxb-" + made_up(12, string.digits) + "-" + made_up(24),
    "Stripe Access Key": "sk_live_" + made_up(24),
    "Mailchimp Access Key": made_up(32, HEX) + "-us12",
    "Twilio API Key": "SK" + made_up(32, HEX),
    "Access Token": "sk-ant-" + made_up(40),
}


def diff(tmp_path: Path, path: str, text: str, before: str = "") -> tuple[FileDiff, ...]:
    repo = GitRepo(tmp_path)
    base = repo.commit({path: before, "README": "x\n"})
    head = repo.commit({path: text})
    return parse_diff(repo.diff(base, head)).files


def found(tmp_path: Path, text: str, path: str = "deploy/settings.toml") -> tuple[Finding, ...]:
    return secrets(diff(tmp_path, path, text), Scope(()))


@pytest.mark.parametrize("kind", KEYS)
def test_a_key_is_told_by_its_kind_and_never_repeated(tmp_path: Path, kind: str) -> None:
    (finding,) = found(tmp_path, f'name = "venue"\nkey = "{KEYS[kind]}"\n')
    assert (finding.line, finding.source, finding.severity) == (2, "rule:S1", Severity.CRITICAL)
    assert finding.title == f"{kind} is committed"
    assert KEYS[kind] not in repr(finding)
    assert KEYS[kind][8:] not in repr(finding)


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("SoftLayer Credentials", f'softlayer_api_key = "{made_up(64, HEX)}"'),
        ("Cloudant Credentials", f'cloudant_password = "{made_up(64, HEX)}"'),
        ("IBM Cloud IAM Key", f'ibm_cloud_iam_api_key = "{made_up(44)}"'),
        ("IBM COS HMAC Credentials", f'cos_hmac_secret_access_key = "{made_up(48, HEX)}"'),
    ],
)
@pytest.mark.parametrize("more", ["", "x" * 3_000 + "\n"], ids=["alone", "beside a long line"])
def test_a_key_that_is_known_by_its_name_is_told(
    tmp_path: Path, kind: str, line: str, more: str
) -> None:
    (finding,) = found(tmp_path, f"[venue]\n{line}\n{more}")
    assert (finding.title, finding.line) == (f"{kind} is committed", 2)


def test_a_private_key_is_told_where_it_begins_and_a_mention_of_its_header_is_not(
    tmp_path: Path,
) -> None:
    header = "-----BEGIN EC " + "PRIVATE KEY-----"
    body = made_up(64) + "\n" + made_up(64, seed=12)
    (finding,) = found(tmp_path / "a", f"{header}\n{body}\n", "deploy/app.pem")
    assert (finding.title, finding.line) == ("Private Key is committed", 1)
    assert found(tmp_path / "b", f'if pem.contains("{header}") {{\n    load(pem);\n}}\n') == ()


@pytest.mark.parametrize(
    "text",
    [
        'api_key: "api_key".to_string(),',
        'let password = std::env::var("PASSWORD")?;',
        "postgres://postgres:postgres@localhost/trading",
        "https://user:password@venue.test/",
        "postgresql://trader:staging_change_me@db.test/",
        "amqp://guest:hunter22@127.0.0.1:5672",
        "https://${USER}:${PASSWORD}@venue.test/",
        'key = "AKIA' + 'IOSFODNN7EXAMPLE"',
        "sha = " + made_up(64, HEX),
        "token: AKIA" + "X" * 16,
        "    token::"
        + "_".join(("send", "from", "program", "vault", "with", "signature", "seeds"))
        + "(",
    ],
)
def test_places_for_secrets_and_examples_are_no_secrets(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text + "\n") == ()


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("key = '{}'  # pragma: allowlist secret\n", "settings.toml"),
        ('let key = "{}"; // pragma: allowlist secret\n', "src/venue.rs"),
        ("# pragma: allowlist nextline secret\nkey = '{}'\n", "settings.toml"),
    ],
)
def test_the_usual_comment_says_that_it_is_none(tmp_path: Path, text: str, path: str) -> None:
    assert found(tmp_path, text.format(AWS), path) == ()


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        ("src/venue.rs", Severity.CRITICAL),
        ("tests/venue.rs", Severity.IMPORTANT),
        ("tests/fixtures/answer.json", Severity.IMPORTANT),
        ("README.md", Severity.IMPORTANT),
    ],
)
def test_tests_and_documents_weigh_less(tmp_path: Path, path: str, severity: Severity) -> None:
    (finding,) = found(tmp_path, f'let key = "{AWS}";\n', path)
    assert finding.severity is severity


def test_passwords_in_addresses_weigh_less_than_keys(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, f"url = 'https://bot:{made_up(12)}@venue.test/'\n")
    assert finding.severity is Severity.IMPORTANT


def test_only_added_lines_count(tmp_path: Path) -> None:
    old = f"key = '{AWS}'\n"
    assert secrets(diff(tmp_path, "a.toml", old + "more = 1\n", before=old), Scope(())) == ()


def test_identity_survives_another_secret_and_moved_lines(tmp_path: Path) -> None:
    other = "AKIA" + made_up(16, string.ascii_uppercase + string.digits, seed=5)
    first = found(tmp_path / "a", f"a = '{AWS}'\nb = '{other}'\n")
    moved = found(tmp_path / "b", f"\n\na = '{other}'\nb = '{AWS}'\n")
    assert len(set(fingerprints(first))) == 2
    assert fingerprints(first) == fingerprints(moved)
    assert fingerprints(first) != fingerprints(replace(f, path="other.toml") for f in first)


def test_a_long_line_is_searched_to_a_bound_and_a_dump_is_told_often_enough(
    tmp_path: Path,
) -> None:
    line = "x" * 9_000 + f" '{AWS}' " + "://" * 40_000
    assert [f.title for f in found(tmp_path / "a", line + "\n")] == ["AWS Access Key is committed"]
    assert len(found(tmp_path / "b", f"'{AWS}'\n" * 3_000)) == 100


def test_nothing_is_opened_and_nobody_is_asked() -> None:
    """In a process of its own, whose every file, process and connection would end it."""
    # Two lines that detect-secrets would verify at Amazon, and one at Slack.
    pair = f"id = '{AWS}'\naws_secret_key = '{made_up(40)}'\nslack = '{KEYS['Slack Token']}'\n"
    script = f"""
import sys
from reviewer.detect.secrets import secrets
from reviewer.pull.diff import FileDiff, FileStatus, Hunk, Line, LineKind
from reviewer.scope.rooms import Scope
text = {pair!r}.splitlines()
lines = tuple(Line(LineKind.ADDED, None, n, t) for n, t in enumerate(text, 1))
files = [FileDiff("a.toml", "a.toml", FileStatus.ADDED, (Hunk(0, 0, 1, len(lines), lines),))]
def refuse(event, arguments):
    if event.split(".")[0] in ("socket", "subprocess", "open", "os", "urllib", "http"):
        print("REACHED", event)
        sys.stdout.flush()
        raise RuntimeError(event)
sys.addaudithook(refuse)
print(len(secrets(files, Scope(()))))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "3\n", done.stderr
