//! What one connection, one address or one agent may ask of the feed; a client that goes on asking is let go.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use shouwen_core::id::{AgentId, VisitorId};
use tokio::time::Instant;

use crate::network::place;

/// The largest frame that a client may send.
pub const FRAME_BYTES: usize = 64 << 10;
/// Frames that make no sense, until the connection is closed.
pub const GARBAGE: u32 = 5;
/// How long a client may take to say hello.
pub const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// How long a client may take to read one frame.
pub const SEND_WITHIN: Duration = Duration::from_secs(30);
/// Messages that one visitor may write in a minute.
const MESSAGES_PER_MINUTE: u32 = 20;

const SOCKETS_PER_ADDRESS: u32 = 50;
const SOCKETS_PER_AGENT: u32 = 20;
/// Conversations that may begin from one address in an hour.
const CONVERSATIONS_PER_HOUR: u32 = 30;
/// Files that may come from one address in an hour.
const FILES_PER_HOUR: u32 = 100;
/// Addresses remembered at most; beyond it the idle ones are forgotten.
const REMEMBERED: usize = 10_000;

/// A token bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    tokens: f64,
    burst: f64,
    per_second: f64,
    filled: Instant,
}

impl Bucket {
    pub fn new(burst: u32, over: Duration) -> Self {
        let burst = f64::from(burst);
        Self {
            tokens: burst,
            burst,
            per_second: burst / over.as_secs_f64(),
            filled: Instant::now(),
        }
    }

    /// What a connection may send: 30 frames a second, 60 at once.
    pub fn of_frames() -> Self {
        Self::new(60, Duration::from_secs(2))
    }

    /// Takes a token; false when there is none.
    pub fn take(&mut self) -> bool {
        self.take_at(Instant::now())
    }

    fn take_at(&mut self, now: Instant) -> bool {
        self.fill(now);
        let enough = self.tokens >= 1.0;
        if enough {
            self.tokens -= 1.0;
        }
        enough
    }

    /// Whether at least half of the burst could be taken at once.
    pub fn is_calm(&self) -> bool {
        self.tokens >= self.burst / 2.0
    }

    fn fill(&mut self, now: Instant) {
        let gained = now.duration_since(self.filled).as_secs_f64() * self.per_second;
        self.tokens = (self.tokens + gained).min(self.burst);
        self.filled = now;
    }

    fn is_full(&mut self) -> bool {
        self.fill(Instant::now());
        self.tokens >= self.burst
    }
}

/// Counts what is open at once and what begins. Cheap to clone; clones share the counts.
#[derive(Clone, Default)]
pub struct Doors {
    addresses: Counts<IpAddr>,
    agents: Counts<AgentId>,
    conversations: Buckets<IpAddr>,
    messages: Buckets<VisitorId>,
    uploads: Buckets<IpAddr>,
}

impl Doors {
    /// Lets in a connection from an address; `None` when there are too many.
    pub fn enter(&self, address: IpAddr) -> Option<Entry<IpAddr>> {
        self.addresses.enter(place(address), SOCKETS_PER_ADDRESS)
    }

    /// Lets in a connection of an agent; `None` when there are too many.
    pub fn seat(&self, agent: AgentId) -> Option<Entry<AgentId>> {
        self.agents.enter(agent, SOCKETS_PER_AGENT)
    }

    /// Whether one more conversation may begin from this address.
    pub fn may_begin(&self, address: IpAddr) -> bool {
        self.conversations.take(place(address), || {
            Bucket::new(CONVERSATIONS_PER_HOUR, Duration::from_hours(1))
        })
    }

    /// Whether one more file may come from this address.
    pub fn may_upload(&self, address: IpAddr) -> bool {
        self.uploads.take(place(address), || {
            Bucket::new(FILES_PER_HOUR, Duration::from_hours(1))
        })
    }

    /// Whether the visitor may write one more message.
    pub fn may_write(&self, visitor: VisitorId) -> bool {
        self.messages.take(visitor, || {
            Bucket::new(MESSAGES_PER_MINUTE, Duration::from_mins(1))
        })
    }
}

struct Buckets<K>(Arc<Mutex<HashMap<K, Bucket>>>);

impl<K> Clone for Buckets<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Eq + Hash> Buckets<K> {
    fn take(&self, key: K, fresh: impl FnOnce() -> Bucket) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.retain(|_, bucket| !bucket.is_full());
        }
        all.entry(key).or_insert_with(fresh).take()
    }
}

struct Counts<K>(Arc<Mutex<HashMap<K, u32>>>);

impl<K> Clone for Counts<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Eq + Hash + Copy> Counts<K> {
    fn enter(&self, key: K, most: u32) -> Option<Entry<K>> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(key).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Entry {
            counts: self.clone(),
            key,
        })
    }
}

/// A place that is taken until this is dropped.
pub struct Entry<K: Eq + Hash + Copy> {
    counts: Counts<K>,
    key: K,
}

impl<K: Eq + Hash + Copy> Drop for Entry<K> {
    fn drop(&mut self) {
        let mut counts = self.counts.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_at_once_and_then_its_rate() {
        let (mut bucket, now) = (Bucket::new(60, Duration::from_secs(2)), Instant::now());
        assert_eq!((0..100).filter(|_| bucket.take_at(now)).count(), 60);
        let later = now + Duration::from_secs(1);
        assert_eq!((0..100).filter(|_| bucket.take_at(later)).count(), 30);
    }

    #[test]
    fn a_place_is_free_again_when_its_connection_is_gone() {
        let (doors, address) = (Doors::default(), IpAddr::from([192, 0, 2, 1]));
        let mut inside: Vec<_> = (0..SOCKETS_PER_ADDRESS)
            .map(|_| doors.enter(address).unwrap())
            .collect();
        assert!(doors.enter(address).is_none());
        assert!(doors.enter(IpAddr::from([192, 0, 2, 2])).is_some());
        inside.pop();
        assert!(doors.enter(address).is_some());
    }
}
