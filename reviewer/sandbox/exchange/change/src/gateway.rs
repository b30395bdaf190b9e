//! Orders to another venue. The futures need no runtime of their own: any executor can run them.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::types::{NewOrder, OrderId, Price, Qty};

/// What is asked of the venue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    New(NewOrder),
    Cancel(OrderId),
    Amend {
        id: OrderId,
        price: Price,
        qty: Qty,
    },
    /// Feed packets from one number up to the one before another.
    Replay {
        from: u64,
        to: u64,
    },
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
    /// The order has an amend that the venue has not acknowledged.
    AmendUnderWay,
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

    fn is_amending(&self, order: OrderId) -> bool {
        let mut frames = self.unacknowledged.values();
        frames.any(|frame| matches!(frame.request, Request::Amend { id, .. } if id == order))
    }

    fn number_of(&self, request: &Request) -> Option<u64> {
        let mut frames = self.unacknowledged.values();
        let frame = frames.find(|frame| frame.request == *request)?;
        Some(frame.number)
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

    /// Ask for an order to be amended, one amend at a time; the number of its frame.
    pub async fn amend(&self, id: OrderId, price: Price, qty: Qty) -> Result<u64, GatewayError> {
        let mut session = self.session.lock().unwrap();
        if session.is_amending(id) {
            return Err(GatewayError::AmendUnderWay);
        }
        let amend = session.enlist(Request::Amend { id, price, qty });
        let number = amend.number;
        self.transport.send(amend).await?;
        Ok(number)
    }

    /// Ask for the packets of a gap, unless they are asked for already; the number of the frame.
    pub async fn replay(&self, from: u64, to: u64) -> Result<u64, GatewayError> {
        let request = Request::Replay { from, to };
        let mut session = self.session();
        if let Some(number) = session.number_of(&request) {
            return Ok(number);
        }
        let frame = session.enlist(request);
        drop(session);
        let number = frame.number;
        self.transport.send(frame).await?;
        Ok(number)
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

    struct Unplugged;

    impl Transport for Unplugged {
        async fn send(&self, _frame: Frame) -> Result<(), GatewayError> {
            unimplemented!("nothing is to be sent")
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

    #[test]
    fn an_order_has_one_amend_under_way_and_a_gap_one_replay() {
        let wire = Wire::default();
        let gateway = Gateway::new(&wire);
        assert_eq!(run(gateway.amend(OrderId(1), 100, 5)), Ok(1));
        let second = run(gateway.amend(OrderId(1), 101, 5));
        assert_eq!(second, Err(GatewayError::AmendUnderWay));
        assert_eq!(run(gateway.replay(5, 7)), Ok(2));
        assert_eq!(run(gateway.replay(5, 7)), Ok(2));
        assert_eq!(*wire.sent.borrow(), [1, 2]);
    }

    #[test]
    fn nothing_is_sent_again_on_a_fresh_session() {
        assert_eq!(run(Gateway::new(Unplugged).resend()), Ok(0));
    }
}
