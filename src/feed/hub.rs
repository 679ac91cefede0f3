//! The rooms of this server, one for each workspace: opened by the first who enters, and then kept.

use std::collections::HashMap;
use std::sync::Arc;

use shouwen_core::id::{TicketId, WorkspaceId};
use tokio::sync::Mutex;

use super::follower;
use super::frame::Viewer;
use super::limits::Doors;
use super::room::Room;
use crate::app::App;
use crate::db::Result;
use crate::log::last_seq;

/// Cheap to clone; clones share the rooms.
#[derive(Clone, Default)]
pub struct Hub {
    rooms: Arc<Mutex<HashMap<WorkspaceId, Arc<Room>>>>,
    pub doors: Doors,
}

impl Hub {
    /// The room of a workspace; its log is followed from now on.
    pub(super) async fn room(&self, app: &App, workspace: WorkspaceId) -> Result<Arc<Room>> {
        let mut rooms = self.rooms.lock().await;
        if let Some(room) = rooms.get(&workspace) {
            return Ok(room.clone());
        }
        let reached = last_seq(&mut app.db.read().await?, workspace).await?;
        let room = Arc::new(Room::new(workspace, reached));
        start(app, &room);
        rooms.insert(workspace, room.clone());
        Ok(room)
    }

    /// Who looks at a ticket, on all servers.
    pub async fn viewers(&self, app: &App, workspace: WorkspaceId, ticket: TicketId) -> Result<Vec<Viewer>> {
        Ok(self.room(app, workspace).await?.state().presence.viewers(ticket))
    }

    /// Whether any agent has the inbox open, on any server.
    pub async fn is_online(&self, app: &App, workspace: WorkspaceId) -> Result<bool> {
        Ok(self.room(app, workspace).await?.state().presence.is_online())
    }
}

fn start(app: &App, room: &Arc<Room>) {
    let (followed, followed_app) = (room.clone(), app.clone());
    app.supervisor.keep("feed", move |stop| {
        let (app, room) = (followed_app.clone(), followed.clone());
        async move { Ok(follower::follow(&app, &room, stop).await?) }
    });
    let (kept, kept_app) = (room.clone(), app.clone());
    app.supervisor.keep("feed room", move |stop| {
        let (app, room) = (kept_app.clone(), kept.clone());
        async move { Ok(follower::keep_house(&app, &room, stop).await?) }
    });
}
