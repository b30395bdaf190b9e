"""R1 and R2: what people read about the findings on risk paths."""

from __future__ import annotations

from reviewer.detect.rule import Explained, in_rooms
from reviewer.finding import Category, Severity
from reviewer.scope.rooms import Room

BYPASS_RULE = Explained(
    id="R1",
    title="A new way to send goes past the checks that all others pass",
    category=Category.RISK_LIMITS,
    severity=Severity.IMPORTANT,
    raised=in_rooms(Severity.CRITICAL, Room.ORDER_BOOK, Room.RISK),
    why=(
        "A limit holds only if every order runs into it. Here two or more ways to the same send "
        "passed the same check before the change, and the new one passes none: no named check, no "
        "condition on a limit, none in a helper on the way. Ways that close risk (flatten, "
        "liquidate, cancel) and calls that could mean several functions are left to the reader."
    ),
    example="""\
fn on_signal(&mut self, order: Order) -> Result<(), Refused> {
    self.check_limits(&order)?;
    self.gateway.send_order(order)
}
fn on_manual(&mut self, order: Order) -> Result<(), Refused> {
    self.check_limits(&order)?;
    self.gateway.send_order(order)
}
fn on_rebalance(&mut self, order: Order) -> Result<(), Refused> {
    self.gateway.send_order(order)
}
""",
    counter_example="""\
fn on_rebalance(&mut self, order: Order) -> Result<(), Refused> {
    self.check_limits(&order)?;
    self.gateway.send_order(order)
}
""",
)

LOST_CHECK_RULE = Explained(
    id="R2",
    title="A way to send lost the check that it had",
    category=Category.RISK_LIMITS,
    severity=Severity.IMPORTANT,
    raised=in_rooms(Severity.CRITICAL, Room.ORDER_BOOK, Room.RISK),
    why=(
        "The check was passed before every send on this way, as on the other ways to the same "
        "send, and after the change it is not, or nobody looks at its answer. It did not move to a "
        "caller or a helper, was not renamed, and nothing else is asked in its place."
    ),
    example="""\
fn on_signal(&mut self, order: Order) -> Result<(), Refused> {
    let _ = self.check_limits(&order);
    self.gateway.send_order(order)
}
""",
    counter_example="""\
fn on_signal(&mut self, order: Order) -> Result<(), Refused> {
    self.check_limits(&order)?;
    self.gateway.send_order(order)
}
""",
)
