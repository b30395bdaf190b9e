from __future__ import annotations

import random
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.agent.redact import HIDDEN, hide_secrets, redact

_CHARS = string.ascii_letters + string.digits


def made_up(length: int, chars: str = _CHARS) -> str:
    """A secret that is none: made when the test runs."""
    return "".join(random.Random(7).choices(chars, k=length))


SECRETS = [
    "ghp_" + made_up(36),
    "github_pat_" + made_up(60),
    "sk-ant-" + made_up(40),
    "AKIA" + made_up(16, string.ascii_uppercase + string.digits),
    "xoxb-" + made_up(30),
    "eyJ" + made_up(20) + ".eyJ" + made_up(30) + "." + made_up(30),
    "sk_live_" + made_up(24),
    "glrt-" + made_up(20),
    "ABIA" + made_up(16, string.ascii_uppercase + string.digits),
    "sq0csp-" + made_up(43),
    "pypi-" + made_up(80),
    "SK" + made_up(32, "0123456789abcdef"),
    made_up(32, "0123456789abcdef") + "-us12",
    "hooks.slack.com/services/" + "T0AB12CD3/B0AB12CD3/" + made_up(24),
    "110201543:" + made_up(35),
    "M" + made_up(24) + "." + made_up(6) + "." + made_up(30),
]


@pytest.mark.parametrize("secret", SECRETS, ids=lambda s: s[:6])
def test_keys_of_known_shape_are_hidden_in_code_and_in_words(secret: str) -> None:
    line = f'let client = Client::new("{secret}");'
    assert hide_secrets([line]) == [f'let client = Client::new("{HIDDEN}");']
    assert secret not in redact(f"The key `{secret}` is in the source.")


def test_a_private_key_is_hidden_line_by_line_and_the_code_below_it_stays() -> None:
    lines = [
        'const KEY: &str = "-----BEGIN EC PRIVATE KEY-----',
        made_up(64),
        made_up(64),
        '-----END EC PRIVATE KEY-----";',
        "fn submit() {}",
    ]
    shown = hide_secrets(lines)
    assert len(shown) == len(lines)
    assert shown[1] == shown[2] == HIDDEN
    assert shown[4] == "fn submit() {}"


def test_a_mention_of_the_header_does_not_hide_code() -> None:
    lines = ['if pem.contains("-----BEGIN PRIVATE KEY-----") {', "    load(pem);", "}"]
    assert hide_secrets(lines) == lines


def test_a_key_on_one_line_is_hidden() -> None:
    key = made_up(120)
    text = f'let pem = "-----BEGIN PRIVATE KEY-----\\n{key}\\n-----END PRIVATE KEY-----";'
    assert key not in hide_secrets([text])[0]
    assert key not in redact(text)


def test_a_password_in_an_address_is_hidden() -> None:
    assert hide_secrets(['connect("postgres://bot:hunter22@db/x")']) == [
        f'connect("postgres://bot:{HIDDEN}@db/x")'
    ]


@pytest.mark.parametrize("name", ["api_key", "API-KEY", "secret", "passphrase", "auth_token"])
@pytest.mark.parametrize("sign", [" = ", ": ", "=", ' := "', "' => '"])
def test_what_is_assigned_to_a_secret_name_is_hidden_in_words(name: str, sign: str) -> None:
    value = made_up(28)
    assert value not in redact(f"It logs {name}{sign}{value} on every retry.")


@pytest.mark.parametrize(
    "line",
    [
        'declare_id!("9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin");',
        "const GENESIS: u64 = 0x9e3779b97f4a7c15;",
        "let token_account = ctx.accounts.token_account_for_settlement;",
        "    Some(price) => self.levels.get(&price),",
    ],
)
def test_code_that_only_looks_random_is_shown(line: str) -> None:
    assert hide_secrets([line]) == [line]


@pytest.mark.parametrize(
    "sentence",
    [
        "`token: TokenAccountForSettlement` is read before the check.",
        "The secret = key_derivation_function path is never taken.",
        "With `limit = 18446744073709551615` the sum wraps.",
    ],
)
def test_words_about_code_are_left_alone(sentence: str) -> None:
    assert redact(sentence) == sentence


@given(st.lists(st.text(st.characters(exclude_characters="\n"))))
def test_no_line_is_lost_or_added(lines: list[str]) -> None:
    assert len(hide_secrets(lines)) == len(lines)


@given(st.text(), st.sampled_from(SECRETS), st.text())
def test_a_key_is_found_between_any_words(before: str, secret: str, after: str) -> None:
    assert secret not in redact(f"{before} {secret} {after}")


@pytest.mark.parametrize(
    "attack",
    [
        "eyJ-" * 500,
        "a-" * 1000,
        "secret" + " " * 2000,
        "secret-" * 300,
        "token:" * 300,
        "-----BEGIN A " * 150,
        "ghp_" + "a" * 1900 + "_",
        "://a" * 500,
        "bearer " * 300,
        "SG." + "a" * 900 + "." + "a" * 10,
    ],
    ids=lambda text: text[:8],
)
def test_no_text_makes_the_search_slow(attack: str) -> None:
    started = time.process_time()
    redact(attack)
    hide_secrets([attack] * 20)
    assert time.process_time() - started < 0.5
