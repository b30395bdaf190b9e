//! Orders to another venue. The futures need no runtime of their own: any executor can run them.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::types::{NewOrder, OrderId};

/// What is asked of the venue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    New(NewOrder),
    Cancel(OrderId),
}

/// A numbered request. The venue takes each number once, so it may safely be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub number: u64,
    pub request: Request,
}

/// Why a request did not go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayError {
    Disconnected,
    TimedOut,
}

/// The connection to the venue. It has its own time limit and answers `TimedOut` after it.
pub trait Transport {
    /// Send one frame.
    fn send(&self, frame: Frame) -> impl Future<Output = Result<(), GatewayError>>;
}

#[derive(Debug, Default)]
struct Session {
    last_number: u64,
    unacknowledged: BTreeMap<u64, Frame>,
}

impl Session {
    /// Number a request and remember it until the venue acknowledges it.
    fn enlist(&mut self, request: Request) -> Frame {
        self.last_number += 1;
        let number = self.last_number;
        let frame = Frame { number, request };
        self.unacknowledged.insert(number, frame.clone());
        frame
    }
}

/// Numbers requests, sends them, and keeps them until they are acknowledged.
#[derive(Debug)]
pub struct Gateway<T> {
    transport: T,
    session: Mutex<Session>,
}

impl<T: Transport> Gateway<T> {
    /// A gateway with a fresh session.
    pub fn new(transport: T) -> Self {
        Self {
            transport,
            session: Mutex::default(),
        }
    }

    /// Send a new order; the number of its frame.
    pub async fn submit(&self, order: NewOrder) -> Result<u64, GatewayError> {
        self.request(Request::New(order)).await
    }

    /// Ask for an order to be cancelled; the number of its frame.
    pub async fn cancel(&self, id: OrderId) -> Result<u64, GatewayError> {
        self.request(Request::Cancel(id)).await
    }

    /// The venue has taken a frame.
    pub fn on_acknowledged(&self, number: u64) {
        self.session().unacknowledged.remove(&number);
    }

    /// After a reconnect: send again what was not acknowledged, oldest first; how many.
    pub async fn resend(&self) -> Result<usize, GatewayError> {
        let frames: Vec<Frame> = self.session().unacknowledged.values().cloned().collect();
        let count = frames.len();
        for frame in frames {
            self.transport.send(frame).await?;
        }
        Ok(count)
    }

    /// A frame that fails to go out stays on the list: it may have arrived, and `resend` settles it.
    async fn request(&self, request: Request) -> Result<u64, GatewayError> {
        let frame = self.session().enlist(request);
        let number = frame.number;
        self.transport.send(frame).await?;
        Ok(number)
    }

    /// No step under this lock can leave the session half-way, so a poisoned one is still whole.
    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::pin::pin;
    use std::sync::Arc;
    use std::task::{Context, Poll, Wake, Waker};

    use super::*;

    #[derive(Debug, Default)]
    struct Wire {
        down: Cell<bool>,
        sent: RefCell<Vec<u64>>,
    }

    impl Transport for &Wire {
        async fn send(&self, frame: Frame) -> Result<(), GatewayError> {
            if self.down.get() {
                return Err(GatewayError::Disconnected);
            }
            self.sent.borrow_mut().push(frame.number);
            Ok(())
        }
    }

    struct Idle;

    impl Wake for Idle {
        fn wake(self: Arc<Self>) {}
    }

    fn run<F: Future>(future: F) -> F::Output {
        let waker = Waker::from(Arc::new(Idle));
        let mut context = Context::from_waker(&waker);
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
        }
    }

    #[test]
    fn what_was_not_acknowledged_is_sent_again_under_its_number() {
        let wire = Wire::default();
        let gateway = Gateway::new(&wire);
        assert_eq!(run(gateway.cancel(OrderId(1))), Ok(1));
        assert_eq!(run(gateway.cancel(OrderId(2))), Ok(2));
        gateway.on_acknowledged(1);
        wire.down.set(true);
        let failed = run(gateway.cancel(OrderId(3)));
        assert_eq!(failed, Err(GatewayError::Disconnected));
        wire.down.set(false);
        assert_eq!(run(gateway.resend()), Ok(2));
        assert_eq!(*wire.sent.borrow(), [1, 2, 2, 3]);
    }
}
