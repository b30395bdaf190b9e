//! The core of a small exchange. See the README for what is where.

pub mod clock;
pub mod fx;
pub mod gateway;
pub mod market_data;
pub mod matching;
pub mod order_book;
pub mod risk;
pub mod types;

use crate::clock::MonotonicClock;
use crate::fx::FxRates;
use crate::matching::Engine;
use crate::risk::RiskGate;

/// Open a session. Runs once, before the first order.
pub fn start(limits: &str, rates: &str) -> Engine<MonotonicClock> {
    let rates = FxRates::parse(rates).expect("operations checked the rates file");
    let risk = RiskGate::parse(limits, rates).expect("operations checked the limits file");
    Engine::new(risk, MonotonicClock::default())
}
