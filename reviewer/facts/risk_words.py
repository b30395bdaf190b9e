"""Names of what sends orders, what moves balances, and what checks an order before it goes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from reviewer.facts.change import Profile
from reviewer.policy.names import call_fits, last_name_fits
from reviewer.rust.file_index import Definition
from reviewer.scope.words import split

_SENDS = re.compile(
    r"(?:send|submit|place|route|transmit|resubmit|replace|amend|modify|open|new|create|execute)"
    r"_(?:\w+_)?orders?(?:_\w+)?\Z"
    r"|(?:send_)?cancel_replace(?:_orders?)?\Z"
    r"|(?:send|submit|place)_(?:order|limit|market|stop|iceberg|twap|hedge)s?\Z"
    r"|(?:submit|place)_quotes?\Z"  # `send_quote` passes market data on
)
_LISTS = re.compile(r"(?:\w+_)?(?:open|new)_orders\Z")
_MAKES = re.compile(r"(?:new|create|open|replace|execute|modify|amend)_")
"""Verbs that also build or store an order: they send only as a method of something that sends."""
_SENDERS = frozenset(
    {"exchange", "venue", "broker", "gateway", "oms", "router", "client", "api", "rest"}
    | {"connector", "session", "adapter", "execution", "executor", "fix", "trade", "trading"}
)
_NO_SEND = frozenset(
    {"request", "response", "handle", "event", "count", "id", "list", "book", "record", "ack"}
    | {"error", "failed", "result", "params", "param", "message", "body", "json", "test"}
    | {"update", "status", "state", "snapshot", "report", "log", "metric", "notification"}
    | {"history", "info", "type", "side", "query", "fetch", "get"}
)
"""Words that make `new_order_request` a value."""
_MOVES = re.compile(
    r"(?:withdraw|debit|credit)(?:_(?:funds?|balances?|assets?|collateral|margin|account|cash))?\Z"
    r"|transfer(?:_(?:funds?|balances?|assets?|collateral|margin|checked|out|internal|cash))?\Z"
    r"|(?:move|release)_(?:funds?|balances?|collateral)\Z|send_(?:payment|withdrawal)\Z"
)

_CHECKING = frozenset(
    {"check", "validate", "verify", "ensure", "enforce", "assert", "require", "authorize"}
    | {"authorise", "approve", "permit", "allow", "guard", "pass", "screen", "evaluate", "assess"}
    | {"meet", "meets", "satisfy", "satisfies", "satisfie"}
)
_ASKING = frozenset(
    {"is", "are", "can", "may", "has", "have", "within", "exceed", "breach", "should", "would"}
    | {"not", "over", "above", "below", "in"}
)
_LOOKS_UP = frozenset({"get", "fetch", "load", "data", "update", "compute", "calculate"})
"""Words that make a question one of how to go on: `should_get_price_data`."""
_STAKES = frozenset(
    {"risk", "limit", "margin", "exposure", "position", "notional", "price", "size", "quantity"}
    | {"qty", "balance", "leverage", "collateral", "band", "collar", "throttle", "rate", "loss"}
    | {"drawdown", "finger", "fund", "credit", "order", "trade", "trading", "kill", "killed"}
    | {"halt", "halted", "allowed", "permitted", "frozen", "blocked", "breached", "exceeded"}
    | {"breaker", "send", "compliance", "restricted", "suspended", "buying", "max"}
)
_LIMITS = frozenset(
    {"risk", "limit", "max", "margin", "exposure", "notional", "leverage", "halt", "halted"}
    | {"kill", "killed", "allowed", "band", "collar", "balance", "enabled", "disabled", "blocked"}
    | {"buying", "available", "paused", "frozen", "breaker", "throttle"}
)
_APPROVED = frozenset({"approved", "checked", "validated", "vetted", "verified", "authorized"})
_PLAIN_CHECKS = frozenset({"check", "validate", "verify", "ensure", "evaluate", "approve"})
_ABOUT_LIMITS = tuple(sorted(_LIMITS | _PLAIN_CHECKS))
_OWN_WORDS = re.compile(
    r"(?:\w+_)?(?:kill_switch|killswitch|circuit_breaker|pre_trade|pretrade|fat_finger)(?:_\w+)?\Z"
    r"|(?:is_)?(?:halted|killed|trading_halted|trading_enabled|tripped)\Z"
)
_CHECK_MACROS = frozenset({"ensure", "require", "require_gte", "require_gt", "assert", "validate"})
_UNWINDS = frozenset(
    {"flatten", "liquidate", "liquidation", "liquidator", "close", "unwind", "emergency", "reduce"}
    | {"exit", "cancel", "replay", "simulate", "simulated", "simulator", "mock", "backtest"}
    | {"resend", "retry", "resubmit", "requeue", "resume", "recover", "restore"}
    | {"stub", "fake", "dry", "paper", "deleverage", "adl", "bench", "example", "demo", "test"}
)


Meant = Callable[[], Iterable[Definition]]
"""What of the repository a call may mean; nothing where it is not known."""


class RiskWords:
    """The names, those of the repository's configuration among them."""

    def __init__(self, profile: Profile) -> None:
        self._sending = (*profile.order_sending, *profile.balance_moving)
        self._checks = profile.checks

    def is_named_send(self, name: str, meant: Meant) -> bool:
        """Whether the configuration names what a call may mean as sending or moving."""
        return call_fits(self._sending, name, lambda: ((d.name_path, d.path) for d in meant()))

    def is_named_check(self, name: str, meant: Meant) -> bool:
        """Whether the configuration names what a call may mean as a check."""
        return call_fits(self._checks, name, lambda: ((d.name_path, d.path) for d in meant()))

    def may_be_check(self, name: str, owner: str, *, is_macro: bool) -> bool:
        """Whether a call could be a check, whatever it means and with whatever arguments."""
        if is_macro:
            return name in _CHECK_MACROS
        return last_name_fits(self._checks, name) or bool(
            self.check(name, owner, is_macro=False, arguments="")
        )

    def sends(self, name: str, owner: str, *, is_method: bool) -> bool:
        """Whether a call of that name sends an order or moves a balance."""
        if _MOVES.match(name):
            return True
        if not _SENDS.match(name) or _LISTS.match(name) or not _NO_SEND.isdisjoint(split(name)):
            return False
        return not _MAKES.match(name) or (
            is_method and not _SENDERS.isdisjoint(split(owner.rpartition(".")[2]))
        )

    def check(self, name: str, owner: str, *, is_macro: bool, arguments: str) -> str:
        """What a check is called in the table; empty if the call is none.

        Only what speaks of risk counts: a missing `check_connection` costs nothing.
        """
        if is_macro:
            says = name in _CHECK_MACROS and not _STAKES.isdisjoint(split(arguments))
            return f"{name}!" if says else ""
        words = split(name)
        if _OWN_WORDS.match(name):
            return name
        holder = owner.rpartition(".")[2].rpartition("::")[2].partition("(")[0]
        if name in _PLAIN_CHECKS:
            return f"{holder}.{name}" if not _STAKES.isdisjoint(split(holder)) else ""
        if not words or _STAKES.isdisjoint(words):
            return ""
        if is_question(name) and not _LOOKS_UP.isdisjoint(words):
            return ""
        verb = words[0] in _CHECKING | _ASKING or (len(words) > 1 and words[-1] == "check")
        return name if verb else ""


def may_ask_about_limits(lower_code: str) -> bool:
    """Whether code in lower case could ask about limits: of everything that does, and more."""
    return any(word in lower_code for word in _ABOUT_LIMITS)


def is_question(name: str) -> bool:
    """Whether a check only asks: `is_halted`, whose answer may serve for something else."""
    words = split(name)
    return bool(words) and words[0] in _ASKING and not _OWN_WORDS.match(name)


def unwinds(name_path: str) -> bool:
    """Whether a function closes risk or only plays: it may go past the checks on purpose."""
    return not _UNWINDS.isdisjoint(split(name_path))


def asks_about_limits(code: str) -> bool:
    """Whether hand-written code before a send, a condition or a macro, speaks of limits."""
    return not (_LIMITS | _PLAIN_CHECKS).isdisjoint(split(code))


def says_approved(signature: str) -> bool:
    """Whether a function takes only what was checked elsewhere: `RiskApproved<Order>`."""
    return not _APPROVED.isdisjoint(split(signature))
