//! The bus: hints that the log has grown, and things that live for seconds (who is looking, who is typing).
//!
//! In-process by default; by Redis between servers. It may lose anything, and nothing is ever lost by it.

use redis::AsyncCommands;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use serde::{Deserialize, Serialize};
use shouwen_core::id::{AgentId, TicketId, WorkspaceId};
use tokio::sync::{broadcast, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const CHANNEL: &str = "shouwen:bus";

#[derive(Debug, thiserror::Error)]
pub enum BusError {
    #[error("cannot reach Redis (bus.redis_url): {0}")]
    Redis(#[from] redis::RedisError),
}

/// The log of a workspace has reached a number.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Hint {
    pub workspace: WorkspaceId,
    pub seq: i64,
}

/// What is shown while it lasts and never kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Ephemeral {
    /// An agent looks at a ticket, perhaps typing in it; `ticket: None` ends it. `socket` tells tabs apart.
    Viewing {
        socket: Uuid,
        agent: AgentId,
        ticket: Option<TicketId>,
        typing: Option<String>,
    },
    /// An agent has the inbox open; `there: false` ends it.
    Present {
        socket: Uuid,
        agent: AgentId,
        there: bool,
    },
    /// A visitor types, or is there at all.
    Visitor {
        ticket: TicketId,
        typing: bool,
        online: bool,
    },
    /// An agent read a ticket up to a position.
    Read {
        agent: AgentId,
        ticket: TicketId,
        position: i64,
    },
    /// A server is gone or new: everybody says again who they are looking at.
    WhoIsThere,
}

#[derive(Debug, Clone)]
pub enum News {
    Hint(Hint),
    /// A job was added.
    Work,
    Ephemeral(WorkspaceId, Ephemeral),
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    node: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<Hint>,
    #[serde(default)]
    work: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    ephemeral: Option<(WorkspaceId, Ephemeral)>,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Bus {
    here: broadcast::Sender<News>,
    /// To the other servers.
    away: Option<mpsc::Sender<Envelope>>,
    redis: Option<redis::Client>,
    node: Uuid,
}

impl Bus {
    /// For a single server.
    pub fn in_process(node: Uuid) -> Self {
        Self {
            here: broadcast::channel(4096).0,
            away: None,
            redis: None,
            node,
        }
    }

    /// For several servers, with the task that carries between them; it runs until stopped.
    pub fn over_redis(node: Uuid, url: &str) -> Result<(Self, RedisCarrier), BusError> {
        let (away, outgoing) = mpsc::channel(4096);
        let here = broadcast::channel(4096).0;
        let client = redis::Client::open(with_push_protocol(url))?;
        let carrier = RedisCarrier {
            client: client.clone(),
            outgoing: tokio::sync::Mutex::new(outgoing),
            here: here.clone(),
            node,
        };
        Ok((
            Self {
                here,
                away: Some(away),
                redis: Some(client),
                node,
            },
            carrier,
        ))
    }

    /// Whether there are, or may be, other servers.
    pub fn is_shared(&self) -> bool {
        self.redis.is_some()
    }

    /// Whether Redis answers, asked on a connection of its own.
    pub async fn answers(&self) -> Result<(), BusError> {
        if let Some(client) = &self.redis {
            let mut connection = client.get_multiplexed_async_connection().await?;
            redis::cmd("PING").query_async::<()>(&mut connection).await?;
        }
        Ok(())
    }

    pub fn listen(&self) -> broadcast::Receiver<News> {
        self.here.subscribe()
    }

    /// Says that the log has grown.
    pub fn hint(&self, workspace: WorkspaceId, seq: i64) {
        let hint = Hint { workspace, seq };
        let _ = self.here.send(News::Hint(hint)); // nobody listening is fine
        self.send_away(Envelope {
            node: self.node,
            hint: Some(hint),
            work: false,
            ephemeral: None,
        });
    }

    /// Says that there is a job.
    pub fn work(&self) {
        let _ = self.here.send(News::Work);
        self.send_away(Envelope {
            node: self.node,
            hint: None,
            work: true,
            ephemeral: None,
        });
    }

    /// Tells everybody, here and on the other servers.
    pub fn tell(&self, workspace: WorkspaceId, what: Ephemeral) {
        let _ = self.here.send(News::Ephemeral(workspace, what.clone()));
        self.send_away(Envelope {
            node: self.node,
            hint: None,
            work: false,
            ephemeral: Some((workspace, what)),
        });
    }

    fn send_away(&self, envelope: Envelope) {
        if let Some(away) = &self.away {
            let _ = away.try_send(envelope); // a full queue loses a hint, as it may
        }
    }
}

/// Push messages, which subscriptions need on a multiplexed connection, exist from RESP3 on.
fn with_push_protocol(url: &str) -> String {
    if url.contains("protocol=") {
        return url.to_owned();
    }
    format!("{url}{}protocol=resp3", if url.contains('?') { '&' } else { '?' })
}

/// Carries the bus between servers. Redis may come and go.
pub struct RedisCarrier {
    client: redis::Client,
    outgoing: tokio::sync::Mutex<mpsc::Receiver<Envelope>>,
    here: broadcast::Sender<News>,
    node: Uuid,
}

impl RedisCarrier {
    /// Carries until `stop`; returns an error when the first connection fails, so that the supervisor tries again.
    pub async fn run(&self, stop: CancellationToken) -> Result<(), BusError> {
        let (push, mut pushed) = mpsc::unbounded_channel();
        let config = ConnectionManagerConfig::new()
            .set_push_sender(push)
            .set_automatic_resubscription()
            .set_max_delay(std::time::Duration::from_secs(2));
        let mut connection = ConnectionManager::new_with_config(self.client.clone(), config).await?;
        connection.subscribe(CHANNEL).await?;
        let mut outgoing = self.outgoing.lock().await;
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                message = pushed.recv() => match message {
                    Some(message) => self.receive(message),
                    None => return Ok(()),
                },
                envelope = outgoing.recv() => {
                    let Some(envelope) = envelope else { return Ok(()) };
                    let text = serde_json::to_string(&envelope).expect("an envelope is plain data");
                    if let Err(error) = connection.publish::<_, _, ()>(CHANNEL, text).await {
                        tracing::warn!(%error, "a hint to the other servers was lost");
                    }
                }
            }
        }
    }

    fn receive(&self, message: redis::PushInfo) {
        let Some(text) =
            redis::Msg::from_push_info(message).and_then(|message| message.get_payload::<String>().ok())
        else {
            return;
        };
        let Ok(envelope) = serde_json::from_str::<Envelope>(&text) else {
            return;
        };
        if envelope.node == self.node {
            return;
        }
        if let Some(hint) = envelope.hint {
            let _ = self.here.send(News::Hint(hint));
        }
        if envelope.work {
            let _ = self.here.send(News::Work);
        }
        if let Some((workspace, what)) = envelope.ephemeral {
            let _ = self.here.send(News::Ephemeral(workspace, what));
        }
    }
}
