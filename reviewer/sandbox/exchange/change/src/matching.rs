//! The matching engine: price, then time. One instrument, one thread.

use crate::clock::Clock;
use crate::order_book::{Fill, OrderBook, Place, RestingOrder};
use crate::risk::RiskGate;
use crate::types::{AccountId, NewOrder, OrderId, Price, Qty, Reject, TimeInForce, Trade};

/// What became of an order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Execution {
    pub trades: Vec<Trade>,
    /// Lots that rest in the book now.
    pub resting: Qty,
}

/// Takes orders, amends and cancels in the order in which they come.
#[derive(Debug)]
pub struct Engine<C> {
    book: OrderBook,
    risk: RiskGate,
    clock: C,
    last_trade: u64,
}

impl<C: Clock> Engine<C> {
    /// An engine with an empty book.
    pub fn new(risk: RiskGate, clock: C) -> Self {
        Self {
            book: OrderBook::default(),
            risk,
            clock,
            last_trade: 0,
        }
    }

    /// The book, to look at.
    pub fn book(&self) -> &OrderBook {
        &self.book
    }

    /// The limits and what is used of them, to look at.
    pub fn risk(&self) -> &RiskGate {
        &self.risk
    }

    /// Take a new order.
    pub fn submit(&mut self, order: NewOrder) -> Result<Execution, Reject> {
        validate(order.price, order.qty, 1)?;
        if self.book.find(order.id).is_some() {
            return Err(Reject::DuplicateOrder);
        }
        let mark = self.book.mid_price();
        self.risk
            .reserve(order.account, order.side, order.price, order.qty, mark)?;
        Ok(self.execute(order))
    }

    /// Give a resting order another price and quantity; none at all takes it out of the book.
    ///
    /// At the same price it is amended in place. At another one it may trade on its way.
    pub fn amend(
        &mut self,
        account: AccountId,
        id: OrderId,
        price: Price,
        qty: Qty,
    ) -> Result<Execution, Reject> {
        validate(price, qty, 0)?;
        let place = self.owned(account, id)?;
        let (side, old) = (place.side, place.order.remaining);
        let mark = self.book.mid_price();
        self.risk.replace(account, side, old, price, qty, mark)?;
        if price == place.price {
            self.book.resize(id, qty);
            return Ok(Execution {
                trades: Vec::new(),
                resting: qty,
            });
        }
        self.book.remove(id);
        Ok(self.execute(NewOrder {
            id,
            account,
            side,
            price,
            qty,
            time_in_force: TimeInForce::GoodTillCancel,
        }))
    }

    /// Take a resting order out of the book; the lots that had not traded.
    pub fn cancel(&mut self, account: AccountId, id: OrderId) -> Result<Qty, Reject> {
        let place = self.owned(account, id)?;
        self.book.remove(id);
        self.risk
            .release(account, place.side, place.order.remaining);
        Ok(place.order.remaining)
    }

    fn owned(&self, account: AccountId, id: OrderId) -> Result<Place, Reject> {
        let place = self.book.find(id).ok_or(Reject::UnknownOrder)?;
        if place.order.account != account {
            return Err(Reject::NotOwner);
        }
        Ok(place)
    }

    /// Match an order whose limits are reserved, and rest or drop what is left of it.
    fn execute(&mut self, order: NewOrder) -> Execution {
        let trades = self.match_incoming(&order);
        let left = order.qty - trades.iter().map(|trade| trade.qty).sum::<Qty>();
        let resting = match order.time_in_force {
            TimeInForce::GoodTillCancel => left,
            TimeInForce::ImmediateOrCancel => {
                self.risk.release(order.account, order.side, left);
                0
            }
        };
        if resting > 0 {
            let rest = RestingOrder {
                id: order.id,
                account: order.account,
                remaining: resting,
            };
            self.book.rest(order.side, order.price, rest);
        }
        Execution { trades, resting }
    }

    /// Trade an order against the other side for as long as their prices cross.
    fn match_incoming(&mut self, order: &NewOrder) -> Vec<Trade> {
        let opposite = order.side.opposite();
        let mut left = order.qty;
        let mut trades = Vec::new();
        while left > 0 {
            let best = self.book.best(opposite);
            if !best.is_some_and(|price| order.side.accepts(order.price, price)) {
                break;
            }
            let Some(fill) = self.book.fill_best(opposite, left) else {
                break;
            };
            left -= fill.qty;
            trades.push(self.settle(order, &fill));
        }
        trades
    }

    fn settle(&mut self, taker: &NewOrder, fill: &Fill) -> Trade {
        self.risk.on_fill(taker.account, taker.side, fill.qty);
        self.risk
            .on_fill(fill.account, taker.side.opposite(), fill.qty);
        self.last_trade += 1;
        Trade {
            number: self.last_trade,
            at: self.clock.now(),
            maker: fill.maker,
            taker: taker.id,
            taker_side: taker.side,
            price: fill.price,
            qty: fill.qty,
        }
    }
}

fn validate(price: Price, qty: Qty, least: Qty) -> Result<(), Reject> {
    if qty < least {
        return Err(Reject::InvalidQuantity);
    }
    if price <= 0 {
        return Err(Reject::InvalidPrice);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::fx::FxRates;
    use crate::types::Side;

    const MAKER: AccountId = AccountId(1);
    const TAKER: AccountId = AccountId(2);

    fn engine() -> Engine<ManualClock> {
        let limits = "1 100 100000 USD -\n2 100 100000 USD -";
        let risk = RiskGate::parse(limits, FxRates::parse("USD 1").unwrap()).unwrap();
        Engine::new(risk, ManualClock::default())
    }

    fn order(id: u64, account: AccountId, side: Side, price: Price, qty: Qty) -> NewOrder {
        NewOrder {
            id: OrderId(id),
            account,
            side,
            price,
            qty,
            time_in_force: TimeInForce::GoodTillCancel,
        }
    }

    #[test]
    fn the_oldest_order_at_the_best_price_trades_first() {
        let mut engine = engine();
        engine.submit(order(1, MAKER, Side::Sell, 102, 5)).unwrap();
        engine.submit(order(2, MAKER, Side::Sell, 101, 5)).unwrap();
        engine.submit(order(3, MAKER, Side::Sell, 101, 5)).unwrap();
        let done = engine.submit(order(4, TAKER, Side::Buy, 102, 12)).unwrap();
        let makers: Vec<_> = done.trades.iter().map(|t| (t.maker.0, t.qty)).collect();
        assert_eq!(makers, [(2, 5), (3, 5), (1, 2)]);
        assert_eq!(done.resting, 0);
        assert_eq!(engine.risk().position(TAKER), 12);
        assert_eq!(engine.risk().position(MAKER), -12);
    }

    #[test]
    fn what_does_not_trade_rests_or_is_dropped() {
        let mut engine = engine();
        engine.submit(order(1, MAKER, Side::Sell, 101, 5)).unwrap();
        let done = engine.submit(order(2, TAKER, Side::Buy, 101, 8)).unwrap();
        assert_eq!(done.resting, 3);
        let dropped = NewOrder {
            time_in_force: TimeInForce::ImmediateOrCancel,
            ..order(3, MAKER, Side::Sell, 101, 9)
        };
        assert_eq!(engine.submit(dropped).unwrap().trades[0].qty, 3);
        assert_eq!(engine.book().best_ask(), None);
    }

    #[test]
    fn an_amend_keeps_its_place_at_the_same_price_only() {
        let mut engine = engine();
        engine.submit(order(1, MAKER, Side::Sell, 101, 5)).unwrap();
        engine.submit(order(2, MAKER, Side::Sell, 101, 5)).unwrap();
        engine.amend(MAKER, OrderId(1), 101, 2).unwrap();
        let done = engine.submit(order(3, TAKER, Side::Buy, 101, 1)).unwrap();
        assert_eq!(done.trades[0].maker, OrderId(1));
        engine.amend(MAKER, OrderId(1), 100, 1).unwrap();
        assert_eq!(engine.book().depth(Side::Sell, 2), [(100, 1), (101, 5)]);
    }

    #[test]
    fn an_amend_that_crosses_trades() {
        let mut engine = engine();
        engine.submit(order(1, MAKER, Side::Sell, 101, 5)).unwrap();
        engine.submit(order(2, TAKER, Side::Buy, 100, 5)).unwrap();
        let done = engine.amend(TAKER, OrderId(2), 101, 7).unwrap();
        assert_eq!((done.trades[0].qty, done.resting), (5, 2));
        assert_eq!(engine.cancel(TAKER, OrderId(2)).unwrap(), 2);
    }

    #[test]
    fn only_the_owner_cancels_and_the_limits_come_free() {
        let mut engine = engine();
        engine.submit(order(1, MAKER, Side::Buy, 100, 100)).unwrap();
        assert_eq!(engine.cancel(TAKER, OrderId(1)), Err(Reject::NotOwner));
        assert_eq!(engine.cancel(MAKER, OrderId(1)), Ok(100));
        assert_eq!(engine.cancel(MAKER, OrderId(1)), Err(Reject::UnknownOrder));
        engine.submit(order(2, MAKER, Side::Buy, 100, 100)).unwrap();
    }
}
