//! The venue's feed: numbered packets of level updates, and snapshots to start from.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use crate::types::{Price, Qty, Side};

/// Packets held back for a replay. With more than these a snapshot is the shorter way.
const MAX_PENDING: usize = 1_024;

/// A level of the venue's book and its new quantity; zero takes the level away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelUpdate {
    pub side: Side,
    pub price: Price,
    pub qty: Qty,
}

/// Updates that belong together, with their place in the sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub seq: u64,
    pub updates: Vec<LevelUpdate>,
}

/// What a packet did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Applied,
    /// It was here before.
    Duplicate,
    /// Packets from `from` up to the one before `to` are missing: ask for a replay.
    Gap {
        from: u64,
        to: u64,
    },
    /// The book waits for a snapshot.
    Stale,
}

/// A message that is not understood. Nothing of it was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a market data message is malformed")
    }
}

impl Error for Malformed {}

/// Follows the venue's book. Shows nothing until a snapshot has come, nor while packets miss.
#[derive(Debug, Default)]
pub struct FeedHandler {
    bids: BTreeMap<Price, Qty>,
    asks: BTreeMap<Price, Qty>,
    next_seq: u64,
    live: bool,
    /// Packets that came too early.
    pending: BTreeMap<u64, Packet>,
}

impl FeedHandler {
    /// Start anew from the whole book as it stood after packet `seq`.
    pub fn on_snapshot(&mut self, seq: u64, levels: &[LevelUpdate]) {
        self.bids.clear();
        self.asks.clear();
        self.apply_updates(levels);
        self.next_seq = seq.saturating_add(1);
        self.live = true;
        self.pending = self.pending.split_off(&self.next_seq);
        self.apply_pending();
    }

    /// Apply a packet if it is the next one, and hold it back if it comes too early.
    pub fn on_packet(&mut self, packet: &Packet) -> Outcome {
        if !self.live {
            return Outcome::Stale;
        }
        if packet.seq < self.next_seq {
            return Outcome::Duplicate;
        }
        if packet.seq > self.next_seq {
            return self.hold_back(packet);
        }
        self.apply_updates(&packet.updates);
        self.next_seq = packet.seq.saturating_add(1);
        self.apply_pending();
        Outcome::Applied
    }

    /// Apply a line of the replay that was asked for after a gap.
    pub fn on_replay(&mut self, line: &str) -> Result<Outcome, Malformed> {
        Ok(self.on_packet(&parse_replayed(line)?))
    }

    /// The best bid and ask of the venue, while they can be trusted.
    pub fn best(&self) -> Option<(Price, Price)> {
        if !self.live || !self.pending.is_empty() {
            return None;
        }
        let (bid, _) = self.bids.last_key_value()?;
        let (ask, _) = self.asks.first_key_value()?;
        Some((*bid, *ask))
    }

    fn hold_back(&mut self, packet: &Packet) -> Outcome {
        if self.pending.len() >= MAX_PENDING {
            self.pending.clear();
            self.live = false;
            return Outcome::Stale;
        }
        self.pending.insert(packet.seq, packet.clone());
        let first_held = self.pending.keys().next().copied();
        Outcome::Gap {
            from: self.next_seq,
            to: first_held.unwrap_or(packet.seq),
        }
    }

    /// Catch up with what was held back, now that the packets before it are here.
    fn apply_pending(&mut self) {
        while let Some((seq, packet)) = self.pending.pop_first() {
            self.apply_updates(&packet.updates);
            self.next_seq = seq + 1;
        }
    }

    fn apply_updates(&mut self, updates: &[LevelUpdate]) {
        for update in updates {
            let levels = match update.side {
                Side::Buy => &mut self.bids,
                Side::Sell => &mut self.asks,
            };
            if update.qty == 0 {
                levels.remove(&update.price).expect("a level goes once");
            } else {
                levels.insert(update.price, update.qty);
            }
        }
    }
}

/// Read a packet: `seq|side,price,qty|…` with side `B` or `S`.
pub fn parse_packet(line: &str) -> Result<Packet, Malformed> {
    let mut parts = line.split('|');
    let seq = number(parts.next())?;
    let updates = parts.map(parse_update).collect::<Result<_, _>>()?;
    Ok(Packet { seq, updates })
}

/// Read a line of the replay service, one update in each: `seq;side;price;qty`, padded to columns.
fn parse_replayed(line: &str) -> Result<Packet, Malformed> {
    let fields: Vec<&str> = line.split(';').map(str::trim).collect();
    let [seq, side, price, qty] = fields[..] else {
        return Err(Malformed);
    };
    let seq = number(Some(seq))?;
    let side = parse_side(Some(side))?;
    let price: Price = price.parse().unwrap_or(0);
    let qty: Qty = qty.parse().map_err(|_| Malformed)?;
    if qty < 0 {
        return Err(Malformed);
    }
    let updates = vec![LevelUpdate { side, price, qty }];
    Ok(Packet { seq, updates })
}

fn parse_update(text: &str) -> Result<LevelUpdate, Malformed> {
    let mut fields = text.split(',');
    let side = parse_side(fields.next())?;
    let price = number(fields.next())?;
    let qty = number(fields.next())?;
    if qty < 0 || fields.next().is_some() {
        return Err(Malformed);
    }
    Ok(LevelUpdate { side, price, qty })
}

fn parse_side(field: Option<&str>) -> Result<Side, Malformed> {
    match field {
        Some("B") => Ok(Side::Buy),
        Some("S") => Ok(Side::Sell),
        _ => Err(Malformed),
    }
}

fn number<T: std::str::FromStr>(field: Option<&str>) -> Result<T, Malformed> {
    field.ok_or(Malformed)?.parse().map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live() -> FeedHandler {
        let mut feed = FeedHandler::default();
        let start = parse_packet("4|B,99,5|B,100,5|S,102,5|S,103,5").unwrap();
        feed.on_snapshot(start.seq, &start.updates);
        feed
    }

    #[test]
    fn packets_are_applied_in_their_order() {
        let mut feed = live();
        assert_eq!(feed.best(), Some((100, 102)));
        let packet = parse_packet("5|B,100,0|S,101,3").unwrap();
        assert_eq!(feed.on_packet(&packet), Outcome::Applied);
        assert_eq!(feed.on_packet(&packet), Outcome::Duplicate);
        assert_eq!(feed.best(), Some((99, 101)));
    }

    #[test]
    fn a_gap_hides_the_book_until_a_snapshot() {
        let mut feed = live();
        let packet = parse_packet("7|B,100,0").unwrap();
        assert_eq!(feed.on_packet(&packet), Outcome::Gap { from: 5, to: 7 });
        assert_eq!(feed.best(), None);
        feed.on_snapshot(7, &parse_packet("7|B,98,1|S,99,1").unwrap().updates);
        assert_eq!(feed.best(), Some((98, 99)));
    }

    #[test]
    fn a_replay_closes_a_gap() {
        let mut feed = live();
        let early = parse_packet("6|B,101,4").unwrap();
        assert_eq!(feed.on_packet(&early), Outcome::Gap { from: 5, to: 6 });
        assert_eq!(feed.on_replay("5; S; 102; 0"), Ok(Outcome::Applied));
        assert_eq!(feed.best(), Some((101, 103)));
        assert_eq!(feed.on_replay("6; B; 101"), Err(Malformed));
    }

    #[test]
    fn too_many_early_packets_call_for_a_snapshot() {
        let mut feed = live();
        let mut last = Outcome::Applied;
        for text in (6..=6 + MAX_PENDING).map(|seq| seq.to_string()) {
            let seq = text.parse().unwrap_or_default();
            let updates = Vec::new();
            last = feed.on_packet(&Packet { seq, updates });
        }
        assert_eq!(last, Outcome::Stale);
        let price: Price = "none".parse().unwrap_or(0);
        assert_eq!(feed.best().map_or(0, |(bid, _)| bid), price);
    }

    #[test]
    fn what_is_malformed_is_refused() {
        for line in ["", "x|B,1,1", "1|X,1,1", "1|B,1", "1|B,1,-1", "1|B,1,1,1"] {
            assert_eq!(parse_packet(line), Err(Malformed), "{line}");
        }
    }
}
