//! Who calls: by a session's cookie or an API key. The permission a handler needs stands in its signature.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::{header, request::Parts};
use futures_util::FutureExt;
use shouwen_core::actor::{Actor, Permission, PermissionSet, Scope, Who};
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, SessionId};
use shouwen_core::time::Length;

use super::Failure;
use crate::actions::{api_keys as key_actions, sessions as session_actions};
use crate::app::App;
use crate::secrets::hash_token;
use crate::store::{api_keys, sessions};

/// The cookie that holds a session's token.
pub const COOKIE: &str = "shouwen_session";

/// How often the use of a session or a key is noted.
const SEEN_EVERY: Length = Length::minutes(1);

/// What a handler demands of its caller, visible in its signature: `Can<TicketReply>`.
pub trait Grant: Send + Sync + 'static {
    const PERMISSION: Permission;
}

macro_rules! grants {
    ($($name:ident),+ $(,)?) => { $(
        pub struct $name;
        impl Grant for $name {
            const PERMISSION: Permission = Permission::$name;
        }
    )+ };
}

grants! {
    TicketReassignOwner, AdminRouting,
    TicketRead, TicketReply, TicketNote, TicketEdit, TicketAssign, TicketCreate, CustomerRead, CustomerEdit, CallLog,
    RawRead, MailRead, MailRecover, BoardRead, AdminAgents, AdminTeams, AdminInboxes, AdminTags, AdminStatuses, AdminRoles, AdminKeys,
    ComplaintEdit, ComplaintApprove, ComplaintClose, AdminComplaints, AdminSla,
}

/// A caller with the permission `G`.
pub struct Can<G: Grant>(pub Actor, pub PhantomData<G>);

impl<G: Grant> FromRequestParts<App> for Can<G> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let actor = authenticate(parts, app).await?.actor;
        if !actor.may(G::PERMISSION) {
            return Err(Failure::Forbidden(G::PERMISSION));
        }
        Ok(Self(actor, PhantomData))
    }
}

/// A caller with at least one of two permissions.
pub struct CanEither<A: Grant, B: Grant>(pub Actor, pub PhantomData<(A, B)>);

impl<A: Grant, B: Grant> FromRequestParts<App> for CanEither<A, B> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let actor = authenticate(parts, app).await?.actor;
        if !actor.may(A::PERMISSION) && !actor.may(B::PERMISSION) {
            return Err(Failure::Forbidden(A::PERMISSION));
        }
        Ok(Self(actor, PhantomData))
    }
}

/// An agent who is signed in, whatever their role: for what everybody may do with their own account.
pub struct SignedIn {
    pub actor: Actor,
    pub agent: AgentId,
    pub session: SessionId,
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let caller = authenticate(parts, app).await?;
        match (caller.actor.agent(), caller.session) {
            (Some(agent), Some(session)) => Ok(Self {
                actor: caller.actor,
                agent,
                session,
            }),
            _ => Err(Failure::Refused(Fault::KeyIsNobody)),
        }
    }
}

/// Whoever it is: an agent or an API key.
pub struct Anybody(pub Actor);

impl FromRequestParts<App> for Anybody {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        Ok(Self(authenticate(parts, app).await?.actor))
    }
}

#[derive(Clone)]
struct Caller {
    actor: Actor,
    session: Option<SessionId>,
}

async fn authenticate(parts: &mut Parts, app: &App) -> Result<Caller, Failure> {
    if let Some(caller) = parts.extensions.get::<Caller>() {
        return Ok(caller.clone());
    }
    let caller = match bearer(parts) {
        Some(key) => by_key(app, key).await?,
        None => by_session(app, cookie(parts, COOKIE).ok_or(Failure::Unauthenticated)?).await?,
    };
    parts.extensions.insert(caller.clone());
    Ok(caller)
}

async fn by_session(app: &App, token: &str) -> Result<Caller, Failure> {
    let found = sessions::find(&mut app.db.read().await?, &hash_token(token)).await?;
    let session = found
        .filter(|session| session.expires_at > app.now())
        .ok_or(Failure::Unauthenticated)?;
    if app.now().since(session.last_seen_at) >= SEEN_EVERY {
        let system = app.system();
        let seen = app.change(&system, session.id, |change, id| {
            session_actions::touch(change, *id).boxed()
        });
        note_failure(seen.await);
    }
    let actor = Actor {
        workspace: session.workspace_id,
        who: Who::Agent(session.agent_id),
        permissions: session.permissions.0,
        scope: session.scope,
    };
    Ok(Caller {
        actor,
        session: Some(session.id),
    })
}

/// A session or key that could not be marked as used still counts.
fn note_failure(seen: Result<(), crate::db::Error>) {
    if let Err(error) = seen {
        tracing::warn!(%error, "the use of a session or key could not be noted");
    }
}

async fn by_key(app: &App, token: &str) -> Result<Caller, Failure> {
    let key = api_keys::find_by_token(&mut app.db.read().await?, &hash_token(token)).await?;
    let key = key.ok_or(Failure::Unauthenticated)?;
    if key
        .last_used_at
        .is_none_or(|used| app.now().since(used) >= SEEN_EVERY)
    {
        let system = app.system();
        let seen = app.change(&system, key.id, |change, id| {
            key_actions::touch(change, *id).boxed()
        });
        note_failure(seen.await);
    }
    let permissions: PermissionSet = key
        .scopes
        .0
        .iter()
        .flat_map(|scope| scope.permissions().iter().copied())
        .collect();
    let actor = Actor {
        workspace: key.workspace_id,
        who: Who::Key(key.id),
        permissions,
        scope: Scope::All,
    };
    Ok(Caller { actor, session: None })
}

/// The token of `Authorization: Bearer …`.
pub fn bearer(parts: &Parts) -> Option<&str> {
    parts
        .headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

/// The value of a cookie.
pub fn cookie<'p>(parts: &'p Parts, name: &str) -> Option<&'p str> {
    let all = parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}
