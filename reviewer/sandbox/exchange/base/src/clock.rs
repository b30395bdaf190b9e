//! Time as an argument: the live clock only moves forward, the manual one moves when it is told to.

use std::cell::Cell;
use std::time::Instant;

/// Nanoseconds since the session was opened.
pub type Nanos = u64;

/// Where the engine takes its time from.
pub trait Clock {
    /// The time now. Never earlier than an answer that was given before.
    fn now(&self) -> Nanos;
}

/// The machine's monotonic clock.
#[derive(Debug)]
pub struct MonotonicClock {
    opened: Instant,
}

impl Default for MonotonicClock {
    fn default() -> Self {
        Self {
            opened: Instant::now(),
        }
    }
}

impl Clock for MonotonicClock {
    fn now(&self) -> Nanos {
        // 584 years fit; a session that lasts longer stands still at the end of them.
        Nanos::try_from(self.opened.elapsed().as_nanos()).unwrap_or(Nanos::MAX)
    }
}

/// A clock for replay and tests.
#[derive(Debug, Default)]
pub struct ManualClock {
    now: Cell<Nanos>,
}

impl ManualClock {
    /// Move the clock forward.
    pub fn advance(&self, by: Nanos) {
        self.now.set(self.now.get().saturating_add(by));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Nanos {
        self.now.get()
    }
}
