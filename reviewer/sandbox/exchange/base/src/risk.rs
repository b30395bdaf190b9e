//! Pre-trade risk: what an account could come to hold if all of its orders traded.

use std::collections::HashMap;

use crate::types::{AccountId, Notional, Price, Qty, Reject, Side};

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most lots it may hold, long or short.
    pub max_position: Qty,
    /// Most that one order may be worth.
    pub max_order_notional: Notional,
}

#[derive(Clone, Copy, Debug, Default)]
struct Exposure {
    position: Qty,
    open_buys: Qty,
    open_sells: Qty,
}

impl Exposure {
    fn open_mut(&mut self, side: Side) -> &mut Qty {
        match side {
            Side::Buy => &mut self.open_buys,
            Side::Sell => &mut self.open_sells,
        }
    }

    /// Lots held in the direction of `side` once all of its open orders and `more` have traded.
    fn worst_case(&self, side: Side, more: Qty) -> Option<Qty> {
        match side {
            Side::Buy => self.position.checked_add(self.open_buys)?.checked_add(more),
            Side::Sell => self
                .open_sells
                .checked_sub(self.position)?
                .checked_add(more),
        }
    }
}

#[derive(Debug)]
struct Account {
    limits: Limits,
    exposure: Exposure,
}

/// The gate that every order passes before it reaches the book.
#[derive(Debug, Default)]
pub struct RiskGate {
    accounts: HashMap<AccountId, Account>,
}

impl RiskGate {
    /// Read a limits file: `account max_position max_order_notional` on each line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut gate = Self::default();
        for (number, line) in text.lines().enumerate() {
            let wrong = || format!("line {} of the limits is malformed", number + 1);
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [account, position, notional] = fields[..] else {
                return Err(wrong());
            };
            let limits = Limits {
                max_position: position.parse().map_err(|_| wrong())?,
                max_order_notional: notional.parse().map_err(|_| wrong())?,
            };
            gate.register(AccountId(account.parse().map_err(|_| wrong())?), limits);
        }
        Ok(gate)
    }

    /// Give an account its limits. One that has none may not trade.
    pub fn register(&mut self, id: AccountId, limits: Limits) {
        let exposure = Exposure::default();
        self.accounts.insert(id, Account { limits, exposure });
    }

    /// Set aside what an order needs, or say which limit it would pass.
    pub fn reserve(
        &mut self,
        id: AccountId,
        side: Side,
        price: Price,
        qty: Qty,
    ) -> Result<(), Reject> {
        self.replace(id, side, 0, price, qty)
    }

    /// Set aside what an order needs in place of `old` lots of the same side.
    ///
    /// Nothing changes when it is refused.
    pub fn replace(
        &mut self,
        id: AccountId,
        side: Side,
        old: Qty,
        price: Price,
        qty: Qty,
    ) -> Result<(), Reject> {
        let account = self.accounts.get_mut(&id).ok_or(Reject::UnknownAccount)?;
        let limits = account.limits;
        let notional = price.checked_mul(qty).ok_or(Reject::Overflow)?;
        if notional > limits.max_order_notional {
            return Err(Reject::NotionalLimit);
        }
        let more = qty.checked_sub(old).ok_or(Reject::Overflow)?;
        let worst = account.exposure.worst_case(side, more);
        if worst.ok_or(Reject::Overflow)? > limits.max_position {
            return Err(Reject::PositionLimit);
        }
        *account.exposure.open_mut(side) += more;
        Ok(())
    }

    /// Give back what was set aside for lots that will not trade.
    pub fn release(&mut self, id: AccountId, side: Side, qty: Qty) {
        if let Some(account) = self.accounts.get_mut(&id) {
            *account.exposure.open_mut(side) -= qty;
        }
    }

    /// Turn lots that were set aside into position.
    pub fn on_fill(&mut self, id: AccountId, side: Side, qty: Qty) {
        if let Some(account) = self.accounts.get_mut(&id) {
            *account.exposure.open_mut(side) -= qty;
            account.exposure.position += side.sign() * qty;
        }
    }

    /// Lots held; short below zero.
    pub fn position(&self, id: AccountId) -> Qty {
        self.accounts
            .get(&id)
            .map_or(0, |account| account.exposure.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: AccountId = AccountId(7);

    fn gate() -> RiskGate {
        RiskGate::parse("7 10 1000").unwrap()
    }

    #[test]
    fn open_orders_count_against_the_position_limit_of_their_side() {
        let mut gate = gate();
        assert_eq!(gate.reserve(ID, Side::Buy, 10, 10), Ok(()));
        let refused = Err(Reject::PositionLimit);
        assert_eq!(gate.reserve(ID, Side::Buy, 10, 1), refused);
        assert_eq!(gate.reserve(ID, Side::Sell, 10, 10), Ok(()));
        gate.on_fill(ID, Side::Sell, 10);
        assert_eq!(gate.position(ID), -10);
        assert_eq!(gate.reserve(ID, Side::Sell, 10, 1), refused);
    }

    #[test]
    fn a_refused_replacement_changes_nothing() {
        let mut gate = gate();
        gate.reserve(ID, Side::Buy, 10, 5).unwrap();
        let refused = gate.replace(ID, Side::Buy, 5, 10, 11);
        assert_eq!(refused, Err(Reject::PositionLimit));
        gate.release(ID, Side::Buy, 5);
        assert_eq!(gate.reserve(ID, Side::Buy, 10, 10), Ok(()));
    }

    #[test]
    fn an_order_is_worth_its_price_times_its_quantity() {
        let mut gate = gate();
        let reserve = |gate: &mut RiskGate, price| gate.reserve(ID, Side::Buy, price, 10);
        assert_eq!(reserve(&mut gate, 101), Err(Reject::NotionalLimit));
        assert_eq!(reserve(&mut gate, Price::MAX), Err(Reject::Overflow));
        assert_eq!(reserve(&mut gate, 100), Ok(()));
    }

    #[test]
    fn a_malformed_limits_file_is_refused() {
        assert!(RiskGate::parse("7 10").is_err());
        assert!(RiskGate::parse("7 ten 1000").is_err());
    }
}
