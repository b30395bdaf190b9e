"""What a trading system says of itself, so that its review need not guess."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from reviewer.policy.part import Part
from reviewer.policy.texts import Line, Lines, Maximum, NameGlobs, NumericType, Prose
from reviewer.policy.tree import Loc

_BITS = {"8": 8, "16": 16, "32": 32, "64": 64, "128": 128, "size": 64}


class NumericTypes(Part):
    """The Rust type and the unit in which the system keeps money."""

    price: NumericType | None = Field(default=None, examples=["i64 ticks"])
    """Type and unit of a price."""
    quantity: NumericType | None = Field(default=None, examples=["u64 lots"])
    """Type and unit of a quantity."""
    notional: NumericType | None = Field(default=None, examples=["i128 ticks x lots"])
    """Type and unit of price times quantity."""


class Maxima(Part):
    """The largest raw numbers that occur, in the unit of the type; for worst-case products."""

    price: Maximum | None = Field(default=None, examples=[10_000_000])
    """Largest price."""
    quantity: Maximum | None = Field(default=None, examples=[1_000_000_000])
    """Largest quantity of one order."""
    notional: Maximum | None = Field(default=None, examples=["1_000_000_000_000"])
    """Largest price times quantity."""


class Profile(Part):
    """The system: what it has to hold, and which of its functions matter most."""

    latency_target: Line | None = Field(default=None, examples=["10us p99"])
    """How fast the hot path has to be."""
    throughput: Line | None = Field(default=None, examples=["500k messages/s"])
    """How much it has to take."""
    venues: Lines = Field(default=(), examples=[["Binance", "CME"]])
    """Exchanges that it trades on."""
    protocols: Lines = Field(default=(), examples=[["FIX 4.4", "ITCH 5.0"]])
    """Protocols that it speaks."""
    numeric_types: NumericTypes = NumericTypes()
    """The Rust type and the unit in which the system keeps money."""
    maxima: Maxima = Maxima()
    """The largest raw numbers that occur, in the unit of the type; for worst-case products."""
    overflow_checks: bool | None = Field(default=None, examples=[True])
    """Whether the release build has `overflow-checks`; left out, nothing is assumed."""
    hot_functions: NameGlobs = Field(default=(), examples=[["Book::apply_*", "crate::gateway::**"]])
    """Functions on the hot path, for rules and facts, beside those known by their names."""
    order_sending_functions: NameGlobs = Field(default=(), examples=[["Gateway::send_*"]])
    """Functions that send, amend or cancel an order."""
    balance_functions: NameGlobs = Field(default=(), examples=[["Account::debit"]])
    """Functions that change a balance or a position."""
    check_functions: NameGlobs = Field(default=(), examples=[["RiskGate::check_*"]])
    """Checks that have to come before an order is sent."""
    status_enums: NameGlobs = Field(default=(), examples=[["OrderStatus"]])
    """Enums that hold the status of an order."""
    regulation: Lines = Field(default=(), examples=[["MiFID II RTS 6"]])
    """Rules that it is bound by."""
    notes: Prose | None = Field(default=None, examples=["Prices are always positive."])
    """What else a reviewer has to know of the system."""

    def contradictions(self) -> Iterator[tuple[Loc, str]]:
        """Where in the profile one key cannot hold what another says."""
        for name in Maxima.model_fields:
            largest, written = getattr(self.maxima, name), getattr(self.numeric_types, name)
            room = _largest(written or "")
            if largest is not None and room is not None and largest > room:
                yield (
                    ("maxima", name),
                    f"{largest} does not fit into the {written.split()[0]} that "
                    f"`numeric_types` gives; mend one of the two",
                )


def _largest(numeric_type: str) -> int | None:
    """The largest number of a primitive integer type; None for any other."""
    rust = numeric_type.split(" ")[0]
    bits = _BITS.get(rust[1:])
    if bits is None or rust[0] not in "iu":
        return None
    return int(2 ** (bits - (rust[0] == "i"))) - 1
