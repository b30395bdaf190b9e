//! Resting orders of one instrument: a tree of price levels for each side, a queue for each level.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::types::{AccountId, OrderId, Price, Qty, Side};

/// An order in its level's queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestingOrder {
    pub id: OrderId,
    pub account: AccountId,
    pub remaining: Qty,
}

/// An order and where it rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub side: Side,
    pub price: Price,
    pub order: RestingOrder,
}

/// What was taken from a resting order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    pub maker: OrderId,
    pub account: AccountId,
    pub price: Price,
    pub qty: Qty,
}

/// Orders at one price, oldest first. A level without orders is not in the tree.
#[derive(Debug, Default)]
struct Level {
    orders: VecDeque<RestingOrder>,
    total: Qty,
}

/// The book of one instrument.
#[derive(Debug, Default)]
pub struct OrderBook {
    bids: BTreeMap<Price, Level>,
    asks: BTreeMap<Price, Level>,
    places: HashMap<OrderId, (Side, Price)>,
}

impl OrderBook {
    /// The highest price that somebody pays.
    pub fn best_bid(&self) -> Option<Price> {
        self.bids.keys().next_back().copied()
    }

    /// The lowest price that somebody takes.
    pub fn best_ask(&self) -> Option<Price> {
        self.asks.keys().next().copied()
    }

    /// The best price of a side.
    pub fn best(&self, side: Side) -> Option<Price> {
        match side {
            Side::Buy => self.best_bid(),
            Side::Sell => self.best_ask(),
        }
    }

    /// The price between the best bid and the best ask; none while a side is empty.
    pub fn mid_price(&self) -> Option<Price> {
        let (best_bid, _) = self.bids.first_key_value()?;
        let (best_ask, _) = self.asks.first_key_value()?;
        Some(best_bid + (best_ask - best_bid) / 2)
    }

    /// An order and where it rests.
    pub fn find(&self, id: OrderId) -> Option<Place> {
        let &(side, price) = self.places.get(&id)?;
        let level = self.levels(side).get(&price)?;
        let order = *level.orders.iter().find(|order| order.id == id)?;
        Some(Place { side, price, order })
    }

    /// Put an order at the end of its level's queue.
    pub fn rest(&mut self, side: Side, price: Price, order: RestingOrder) {
        let level = self.levels_mut(side).entry(price).or_default();
        level.total += order.remaining;
        level.orders.push_back(order);
        self.places.insert(order.id, (side, price));
    }

    /// Change what is left of an order where it stands; with nothing left it is taken out.
    pub fn resize(&mut self, id: OrderId, qty: Qty) -> Option<()> {
        let &(side, price) = self.places.get(&id)?;
        let level = self.levels_mut(side).get_mut(&price)?;
        let index = level.orders.iter().position(|order| order.id == id)?;
        let order = level.orders.get_mut(index)?;
        level.total += qty - order.remaining;
        order.remaining = qty;
        if qty == 0 {
            level.orders.remove(index);
            self.places.remove(&id);
        }
        Some(())
    }

    /// Take an order out of the book, and its level with it when it was the last one there.
    pub fn remove(&mut self, id: OrderId) -> Option<Place> {
        let (side, price) = self.places.remove(&id)?;
        let levels = self.levels_mut(side);
        let level = levels.get_mut(&price)?;
        let index = level.orders.iter().position(|order| order.id == id)?;
        let order = level.orders.remove(index)?;
        level.total -= order.remaining;
        if level.orders.is_empty() {
            levels.remove(&price);
        }
        Some(Place { side, price, order })
    }

    /// Fill the oldest order at the best price of a side by at most `wanted` lots.
    pub fn fill_best(&mut self, side: Side, wanted: Qty) -> Option<Fill> {
        let mut entry = match side {
            Side::Buy => self.bids.last_entry()?,
            Side::Sell => self.asks.first_entry()?,
        };
        let price = *entry.key();
        let level = entry.get_mut();
        let maker = level.orders.front_mut()?;
        let qty = wanted.min(maker.remaining);
        maker.remaining -= qty;
        let fill = Fill {
            maker: maker.id,
            account: maker.account,
            price,
            qty,
        };
        level.total -= qty;
        if maker.remaining == 0 {
            level.orders.pop_front();
            self.places.remove(&fill.maker);
        }
        if level.orders.is_empty() {
            entry.remove();
        }
        Some(fill)
    }

    /// The best levels of a side with their quantities, best first.
    pub fn depth(&self, side: Side, levels: usize) -> Vec<(Price, Qty)> {
        let row = |(price, level): (&Price, &Level)| (*price, level.total);
        match side {
            Side::Buy => self.bids.iter().rev().take(levels).map(row).collect(),
            Side::Sell => self.asks.iter().take(levels).map(row).collect(),
        }
    }

    fn levels(&self, side: Side) -> &BTreeMap<Price, Level> {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    fn levels_mut(&mut self, side: Side) -> &mut BTreeMap<Price, Level> {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(id: u64, remaining: Qty) -> RestingOrder {
        RestingOrder {
            id: OrderId(id),
            account: AccountId(1),
            remaining,
        }
    }

    #[test]
    fn the_best_prices_are_the_inner_ones() {
        let mut book = OrderBook::default();
        for (id, price) in [(1, 99), (2, 101), (3, 100)] {
            book.rest(Side::Buy, price, order(id, 5));
            book.rest(Side::Sell, price + 10, order(id + 10, 5));
        }
        assert_eq!(book.best_bid(), Some(101));
        assert_eq!(book.best_ask(), Some(109));
        assert_eq!(book.depth(Side::Buy, 2), vec![(101, 5), (100, 5)]);
    }

    #[test]
    fn the_mid_price_lies_between_the_sides() {
        let mut book = OrderBook::default();
        book.rest(Side::Buy, 100, order(1, 5));
        assert_eq!(book.mid_price(), None);
        book.rest(Side::Sell, 110, order(2, 5));
        assert_eq!(book.mid_price(), Some(105));
    }

    #[test]
    fn a_smaller_order_keeps_its_place() {
        let mut book = OrderBook::default();
        for (id, price) in [(1, 98), (2, 99), (3, 99)] {
            book.rest(Side::Buy, price, order(id, 5));
        }
        book.resize(OrderId(2), 3).unwrap();
        assert_eq!(book.depth(Side::Buy, 1), vec![(99, 8)]);
        assert_eq!(book.fill_best(Side::Buy, 4).unwrap().maker, OrderId(2));
        let (lowest_bid, _) = book.bids.first_key_value().unwrap();
        assert_eq!(*lowest_bid, 98);
    }

    #[test]
    fn a_level_goes_with_its_last_order() {
        let mut book = OrderBook::default();
        book.rest(Side::Sell, 100, order(1, 5));
        book.rest(Side::Sell, 100, order(2, 3));
        assert_eq!(book.fill_best(Side::Sell, 9).unwrap().maker, OrderId(1));
        assert_eq!(book.remove(OrderId(2)).unwrap().order.remaining, 3);
        assert_eq!(book.best_ask(), None);
        assert_eq!(book.find(OrderId(2)), None);
    }
}
