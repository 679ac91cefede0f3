//! What waits to be sent on one connection: bounded in number and in bytes, and never with a gap.
//!
//! When it is full everything that waits is forgotten, and the connection is told that it missed something.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

const MOST: usize = 256;
const MOST_BYTES: usize = 1 << 20;

/// What can wait in a queue.
pub(super) trait Item {
    /// Its size in bytes, about.
    fn bytes(&self) -> usize;

    /// Takes `next` into itself, when the two together say no more than `next` alone.
    fn absorb(&mut self, next: Self) -> Option<Self>
    where
        Self: Sized,
    {
        Some(next)
    }
}

/// What a connection gets next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next<T> {
    Item(T),
    /// The queue was full: what it held, and what came meanwhile, is lost.
    Missed,
    /// The connection is to end, for this reason.
    End(&'static str),
}

pub(super) struct Queue<T> {
    inner: Mutex<Inner<T>>,
    ready: Notify,
}

struct Inner<T> {
    waiting: VecDeque<T>,
    bytes: usize,
    missed: bool,
    end: Option<&'static str>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        let inner = Inner {
            waiting: VecDeque::new(),
            bytes: 0,
            missed: false,
            end: None,
        };
        Self {
            inner: Mutex::new(inner),
            ready: Notify::new(),
        }
    }
}

impl<T: Item> Queue<T> {
    pub(super) fn push(&self, item: T) {
        let mut inner = self.inner();
        let item = match inner.waiting.back_mut() {
            Some(last) => last.absorb(item),
            None => Some(item),
        };
        if let Some(item) = item {
            let bytes = item.bytes();
            let full = inner.waiting.len() >= MOST || inner.bytes + bytes > MOST_BYTES;
            if full && !inner.waiting.is_empty() {
                inner.waiting = VecDeque::new();
                inner.bytes = 0;
                inner.missed = true;
            } else {
                inner.bytes += bytes;
                inner.waiting.push_back(item);
            }
        }
        drop(inner);
        self.ready.notify_one();
    }

    /// Forgets what waits and puts `item` in its place.
    pub(super) fn replace(&self, item: T) {
        let mut inner = self.inner();
        (inner.waiting, inner.bytes, inner.missed) = (VecDeque::new(), 0, false);
        drop(inner);
        self.push(item);
    }

    /// Ends the connection once it looks here; nothing that waits is sent any more.
    pub(super) fn end(&self, reason: &'static str) {
        self.inner().end = Some(reason);
        self.ready.notify_one();
    }

    /// Waits for what comes next. One caller at a time; dropping the future loses nothing.
    pub(super) async fn next(&self) -> Next<T> {
        loop {
            if let Some(next) = self.try_next() {
                return next;
            }
            self.ready.notified().await;
        }
    }

    fn try_next(&self) -> Option<Next<T>> {
        let mut inner = self.inner();
        if let Some(reason) = inner.end {
            return Some(Next::End(reason));
        }
        if std::mem::take(&mut inner.missed) {
            // What came after the gap goes too: the connection starts afresh from what is reached now.
            inner.waiting = VecDeque::new();
            inner.bytes = 0;
            return Some(Next::Missed);
        }
        let item = inner.waiting.pop_front()?;
        inner.bytes = inner.bytes.saturating_sub(item.bytes());
        Some(Next::Item(item))
    }

    fn inner(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Item for String {
        fn bytes(&self) -> usize {
            self.len()
        }
    }

    #[tokio::test]
    async fn what_is_pushed_comes_in_order() {
        let queue = Queue::default();
        queue.push("a".to_owned());
        queue.push("b".to_owned());
        assert_eq!(queue.next().await, Next::Item("a".to_owned()));
        assert_eq!(queue.next().await, Next::Item("b".to_owned()));
    }

    #[tokio::test]
    async fn a_full_queue_is_told_once_and_holds_nothing_older() {
        let queue = Queue::default();
        for number in 0..1000 {
            queue.push(number.to_string());
        }
        assert_eq!(queue.next().await, Next::Missed);
        queue.push("later".to_owned());
        assert_eq!(queue.next().await, Next::Item("later".to_owned()));
    }

    #[tokio::test]
    async fn bytes_are_bounded_but_one_large_item_passes() {
        let queue = Queue::default();
        queue.push("x".repeat(2 * MOST_BYTES));
        assert!(matches!(queue.next().await, Next::Item(_)));
        queue.push("x".repeat(MOST_BYTES / 2));
        queue.push("x".repeat(MOST_BYTES));
        assert_eq!(queue.next().await, Next::Missed);
    }

    #[tokio::test]
    async fn the_end_comes_before_all_that_waits() {
        let queue = Queue::default();
        queue.push("a".to_owned());
        queue.end("signed out");
        assert_eq!(queue.next().await, Next::End("signed out"));
    }
}
