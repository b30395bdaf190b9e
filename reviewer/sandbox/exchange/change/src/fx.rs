//! Exchange rates, for limits that an account keeps in its own currency.

use std::collections::HashMap;

use crate::types::{Notional, Reject};

/// A currency that limits are kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Currency {
    Usd,
    Eur,
    Gbp,
}

impl Currency {
    /// The currency of a three-letter code.
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "USD" => Some(Self::Usd),
            "EUR" => Some(Self::Eur),
            "GBP" => Some(Self::Gbp),
            _ => None,
        }
    }
}

/// What one unit of the instrument's currency is worth in others. Fixed for a session.
#[derive(Clone, Debug, Default)]
pub struct FxRates {
    rates: HashMap<Currency, f64>,
}

impl FxRates {
    /// Read a rates file: `EUR 0.92` on each line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rates = HashMap::new();
        for (number, line) in text.lines().enumerate() {
            let wrong = || format!("line {} of the rates is malformed", number + 1);
            let (code, rate) = line.split_once(' ').ok_or_else(wrong)?;
            let currency = Currency::parse(code).ok_or_else(wrong)?;
            let rate: f64 = rate.trim().parse().map_err(|_| wrong())?;
            if !rate.is_finite() || rate <= 0.0 {
                return Err(wrong());
            }
            rates.insert(currency, rate);
        }
        Ok(Self { rates })
    }

    /// An amount in another currency.
    pub fn convert(&self, notional: Notional, to: Currency) -> Result<Notional, Reject> {
        let rate: f64 = *self.rates.get(&to).ok_or(Reject::NoRate)?;
        Ok((notional as f64 * rate) as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_converted_at_the_rate_of_the_file() {
        let rates = FxRates::parse("USD 1.0\nEUR 0.5").unwrap();
        let notional = 1_000;
        let expected = (notional as f64 * 0.5) as i64;
        assert_eq!(rates.convert(notional, Currency::Eur), Ok(expected));
        assert_eq!(rates.convert(1, Currency::Gbp), Err(Reject::NoRate));
    }

    #[test]
    fn a_malformed_rates_file_is_refused() {
        for text in ["EUR", "EUR x", "EUR -1", "EUR inf", "CHF 1"] {
            assert!(FxRates::parse(text).is_err(), "{text}");
        }
    }
}
