"""Secrets on the added lines of any changed file, by the detectors of detect-secrets.

Its detectors are called one by one on lines of text. Its own scan reads files, and asks providers
whether a key is live; neither is ever reached from here. The secret itself goes nowhere: a finding
quotes its kind, so that its identity is path, kind and order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from detect_secrets.filters import allowlist, heuristic
from detect_secrets.plugins.artifactory import ArtifactoryDetector
from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import BasePlugin
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.cloudant import CloudantDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.ibm_cloud_iam import IbmCloudIamDetector
from detect_secrets.plugins.ibm_cos_hmac import IbmCosHmacDetector
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.openai import OpenAIDetector
from detect_secrets.plugins.private_key import PrivateKeyDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.softlayer import SoftlayerDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector
from detect_secrets.util.code_snippet import CodeSnippet

from reviewer.agent.redact import holds_private_key, tokens
from reviewer.detect.secret_rule import SECRET_RULE
from reviewer.finding import Finding, Severity
from reviewer.looks import OUTRIGHT, Looks
from reviewer.pull.diff import FileDiff, Line, Side
from reviewer.rust.testcode import is_test_path
from reviewer.scope.rooms import Scope

PRIVATE_KEY = PrivateKeyDetector.secret_type
PASSWORD = BasicAuthDetector.secret_type
WEB_TOKEN = JwtTokenDetector.secret_type
OTHER_TOKEN = "Access Token"  # noqa: S105 - a kind

# Left out: entropy and the names of variables (`api_key: "api_key"`), which are guesses, and public
# addresses, which are no secret.
_DETECTORS: tuple[BasePlugin, ...] = tuple(
    detector()
    for detector in (
        AWSKeyDetector, GitHubTokenDetector, GitLabTokenDetector, PrivateKeyDetector,
        SlackDetector, StripeDetector, OpenAIDetector, SendGridDetector, NpmDetector,
        PypiTokenDetector, TwilioKeyDetector, MailchimpDetector, SquareOAuthDetector,
        TelegramBotTokenDetector, DiscordBotTokenDetector, AzureStorageKeyDetector,
        ArtifactoryDetector, CloudantDetector, IbmCloudIamDetector, IbmCosHmacDetector,
        SoftlayerDetector, JwtTokenDetector, BasicAuthDetector,
    )
)  # fmt: skip
_SLOW = (CloudantDetector, IbmCloudIamDetector, IbmCosHmacDetector, SoftlayerDetector)
_SLOW_RUN = re.compile(r"[\w-]{24}")
"""What these look for holds such a run; on other lines they would take most of the time."""
_MADE_UP: tuple[Callable[[str], bool], ...] = (
    heuristic.is_templated_secret,
    heuristic.is_prefixed_with_dollar_sign,
    heuristic.is_sequential_string,
    heuristic.is_not_alphanumeric_string,
)
_PLACEHOLDER = re.compile(
    r"(?i)\A(?:x{3,}|pass|passwd|password|pw|pwd|secret|token|user|admin|root|test|changeme"
    r"|postgres|guest|example|your[\w-]{0,20}"
    r"|[\w-]{0,40}change[_-]?me[\w-]{0,20})\Z"
)
_AT_HOME = re.compile(r"@(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|[\w.-]{0,80}example\.\w+)")
_SAMPLE = re.compile(r"EXAMPLE|(\w)\1{9}")
"""Providers' own examples end so; a run of one letter is typed by hand."""
_NAME = re.compile(r"(?:[a-z]+_){2,}[a-z]+\Z|(?:[A-Z]+_){2,}[A-Z]+\Z")
"""Words of letters alone are the name of something: forty random characters hold a digit."""
_PROSE = re.compile(r"\.(?:md|rst|txt|adoc)\Z|(?:\A|/)(?:docs?|fixtures|testdata|snapshots)/")
_STRETCH, _OVERLAP, _STRETCHES = 2_000, 300, 20
"""A line is searched in stretches: a detector's time may grow with the square of their length."""
_COMMENT = 300
"""Characters at the end of a line in which its comment stands."""
_KEY_LINES = 4
_MOST = 100
"""Findings in one change; a dump of keys is told often enough."""
_LOWER = {
    Severity.CRITICAL: Severity.IMPORTANT,
    Severity.IMPORTANT: Severity.SUGGESTION,
    Severity.SUGGESTION: Severity.SUGGESTION,
}


@dataclass(frozen=True, slots=True)
class _Search:
    """The detectors that a hunk needs, and whether some other key is in it."""

    detectors: tuple[BasePlugin, ...]
    has_tokens: bool

    @property
    def is_worth_it(self) -> bool:
        return bool(self.detectors) or self.has_tokens


def secrets(
    files: Iterable[FileDiff], scope: Scope, looks: Looks = OUTRIGHT
) -> tuple[Finding, ...]:
    """What is committed that must not be: one finding a line and kind, in the order of lines."""
    found: list[Finding] = []
    for file in files:
        see = partial(_first, file, scope, _MOST - len(found))
        found += looks.at(f"rule:{SECRET_RULE.id}", file.path, see, ())
    return tuple(found)


def _first(file: FileDiff, scope: Scope, most: int) -> list[Finding]:
    return list(islice(_all(file, scope), most))


def _all(file: FileDiff, scope: Scope) -> Iterator[Finding]:
    rated = SECRET_RULE.severity_in(scope.of(file.path))
    for hunk in file.hunks:
        after = [line for line in hunk.lines if line.new is not None]
        search = _search_for([line.text for line in after if line.old is None])
        for at, line in enumerate(after if search.is_worth_it else ()):
            if line.old is None and not _is_allowed(file.path, after, at):
                for kind in _kinds(after, at, search):
                    yield _finding(file.path, line, kind, rated)


def _search_for(added: list[str]) -> _Search:
    """What finds something in all lines at once: most hunks hold nothing, and calls take time."""
    if any(len(line) > _STRETCH for line in added):
        return _Search(_DETECTORS, has_tokens=True)
    whole = "\n".join(added)
    long = "\n".join(line for line in added if _SLOW_RUN.search(line))
    finding = tuple(
        detector
        for detector in _DETECTORS
        if any(
            True for _ in detector.analyze_string(long if isinstance(detector, _SLOW) else whole)
        )
    )
    return _Search(finding, has_tokens=bool(tokens(whole)))


def _is_allowed(path: str, after: list[Line], at: int) -> bool:
    """Whether a comment on the line, or alone on the one before, says that it is no secret."""
    before = after[at - 1].text[:_COMMENT] if at else ""
    shown = after[at].text[-_COMMENT:]
    context = CodeSnippet([before, shown], start_line=0, target_index=1)
    return "pragma" in before + shown and allowlist.is_line_allowlisted(path, shown, context)


def _kinds(after: list[Line], at: int, search: _Search) -> tuple[str, ...]:
    found: dict[str, None] = {}
    text = after[at].text
    ends = range(0, min(len(text), _STRETCH * _STRETCHES), _STRETCH - _OVERLAP)
    for start in ends:
        stretch = text[start : start + _STRETCH]
        for detector in search.detectors:
            if any(
                _is_real(detector, value, stretch) for value in detector.analyze_string(stretch)
            ):
                found[detector.secret_type] = None
        looks_on = search.has_tokens and not found
        if looks_on and any(not _is_made_up(value) for value in tokens(stretch)):
            found[OTHER_TOKEN] = None
    following = [line.text[:_STRETCH] for line in after[at : at + _KEY_LINES]]
    if PRIVATE_KEY in found and not holds_private_key(following):
        del found[PRIVATE_KEY]  # code that looks for such a header
    return tuple(found)


def _is_real(detector: BasePlugin, value: str, line: str) -> bool:
    if detector.secret_type == PRIVATE_KEY:
        return True
    if detector.secret_type == PASSWORD and (_PLACEHOLDER.match(value) or _AT_HOME.search(line)):
        return False
    return not _is_made_up(value) and (detector.secret_type == PASSWORD or not _NAME.match(value))


def _is_made_up(value: str) -> bool:
    return _SAMPLE.search(value) is not None or any(shaped(value) for shaped in _MADE_UP)


def _finding(path: str, line: Line, kind: str, rated: Severity) -> Finding:
    severity = _LOWER[rated] if kind in (PASSWORD, WEB_TOKEN) else rated
    if is_test_path(path) or _PROSE.search(path):
        severity = _LOWER[severity]
    return Finding(
        path=path,
        side=Side.RIGHT,
        line=line.new or 1,
        start_line=None,
        quote=f"⟦{kind}⟧",
        category=SECRET_RULE.category,
        severity=severity,
        title=f"{kind} is committed",
        scenario=(
            "Whoever can read the repository, a fork or an old clone can use it, and taking the "
            "line out again leaves it in the history. Revoke it, then read the new one from the "
            "environment or a secret store. If it is none, say so with a comment "
            "`pragma: allowlist secret` on the line."
        ),
        source=f"rule:{SECRET_RULE.id}",
    )
