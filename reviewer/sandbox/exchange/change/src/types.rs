//! The words of the exchange: sides, orders, trades, and the reasons to say no.

use std::error::Error;
use std::fmt;

use crate::clock::Nanos;

/// A price in ticks of the instrument.
pub type Price = i64;

/// A quantity in lots. Signed, since a position can be short; those of orders are positive.
pub type Qty = i64;

/// An amount of money in ticks times lots.
pub type Notional = i64;

/// The identity of an order, chosen by its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(pub u64);

/// The identity of a trading account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub u32);

/// Which way an order trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    Buy,
    Sell,
}

impl Side {
    /// The side that this one trades with.
    pub fn opposite(self) -> Side {
        match self {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        }
    }

    /// How one traded lot moves the position.
    pub fn sign(self) -> Qty {
        match self {
            Side::Buy => 1,
            Side::Sell => -1,
        }
    }

    /// Whether an order of this side with this limit may trade at `price`.
    pub fn accepts(self, limit: Price, price: Price) -> bool {
        match self {
            Side::Buy => price <= limit,
            Side::Sell => price >= limit,
        }
    }
}

/// What happens to the part of an order that does not trade at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeInForce {
    /// It rests in the book until it is cancelled.
    GoodTillCancel,
    /// It is dropped.
    ImmediateOrCancel,
}

/// An order as it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewOrder {
    pub id: OrderId,
    pub account: AccountId,
    pub side: Side,
    pub price: Price,
    pub qty: Qty,
    pub time_in_force: TimeInForce,
}

/// Two orders that met, at the price of the one that was there first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    pub number: u64,
    pub at: Nanos,
    pub maker: OrderId,
    pub taker: OrderId,
    pub taker_side: Side,
    pub price: Price,
    pub qty: Qty,
}

/// Why an order was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reject {
    InvalidQuantity,
    InvalidPrice,
    DuplicateOrder,
    UnknownOrder,
    NotOwner,
    UnknownAccount,
    PositionLimit,
    NotionalLimit,
    NoRate,
    Overflow,
}

impl fmt::Display for Reject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Reject::InvalidQuantity => "the quantity is not positive",
            Reject::InvalidPrice => "the price is not positive",
            Reject::DuplicateOrder => "an order with this id rests already",
            Reject::UnknownOrder => "no order with this id rests",
            Reject::NotOwner => "the order belongs to another account",
            Reject::UnknownAccount => "the account has no limits",
            Reject::PositionLimit => "the position could pass its limit",
            Reject::NotionalLimit => "the order or the account is worth more than its limit",
            Reject::NoRate => "there is no rate for the currency of the account",
            Reject::Overflow => "an amount is too large to be counted",
        })
    }
}

impl Error for Reject {}
