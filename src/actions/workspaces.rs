//! Making the workspace of a new installation: its counters, built-in roles and statuses.

use futures_util::FutureExt;
use shouwen_core::actor::{Actor, BuiltInRole};
use shouwen_core::id::{Ids, SlaPolicyId, WorkspaceId};
use shouwen_core::sla::policy::Terms;
use shouwen_core::ticket::Category;
use shouwen_core::time::Timestamp;

use crate::db::{Db, Error, JsonText};
use crate::log::{Change, Log};
use crate::store::agents::{self, RoleRow};
use crate::store::sla::policies::{self, PolicyRow};
use crate::store::statuses::{self, StatusRow};
use crate::store::workspaces;

/// Tickets count from here, so that the first has a number of five digits.
const FIRST_COUNT: i64 = 1000;

/// The workspace of this installation, made when there is none. Two servers that start at once make one.
pub async fn find_or_create(db: &Db, log: &Log, ids: &Ids, now: Timestamp) -> Result<WorkspaceId, Error> {
    if let Some(workspace) = workspaces::first(&mut db.read().await?).await? {
        let system = Actor::system(workspace);
        log.change(&system, (), |change, ()| empower(change).boxed())
            .await?;
        return Ok(workspace);
    }
    let workspace: WorkspaceId = ids.next(now);
    log.change(&Actor::system(workspace), (), |change, ()| create(change).boxed())
        .await
}

/// Administrators may do everything, also what this release has brought. Other roles are as somebody made them.
async fn empower(change: &mut Change) -> Result<(), Error> {
    let workspace = change.workspace();
    let (key, everything) = (
        BuiltInRole::Administrator.as_str(),
        BuiltInRole::Administrator.permissions(),
    );
    for mut role in agents::roles(change.tx(), workspace).await? {
        if role.key.as_deref() == Some(key) && role.permissions.0 != everything {
            role.permissions = JsonText(everything);
            agents::save_role(change.tx(), workspace, &role).await?;
        }
    }
    Ok(())
}

async fn create(change: &mut Change) -> Result<WorkspaceId, Error> {
    let (workspace, now) = (change.workspace(), change.now());
    workspaces::lock_installation(change.tx(), now).await?;
    if let Some(existing) = workspaces::first(change.tx()).await? {
        return Ok(existing);
    }
    workspaces::add(change.tx(), workspace, "", now).await?;
    workspaces::add_counter(change.tx(), workspace, "ticket", FIRST_COUNT).await?;
    for role in BuiltInRole::ALL {
        let row = RoleRow {
            id: change.next_id(),
            key: Some(role.as_str().to_owned()),
            name: String::new(),
            permissions: JsonText(role.permissions()),
            scope: role.scope(),
        };
        agents::add_role(change.tx(), workspace, &row).await?;
    }
    for (position, category) in (0..).zip(Category::ALL) {
        let row = StatusRow {
            id: change.next_id(),
            key: Some(category.as_str().to_owned()),
            name: String::new(),
            category: *category,
            position,
            archived: false,
        };
        statuses::add(change.tx(), workspace, &row).await?;
    }
    promise(change).await?;
    Ok(workspace)
}

/// The default policy, under the workspace's own id: a first answer within 24 hours, solved within 72.
async fn promise(change: &mut Change) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let row = PolicyRow {
        id: SlaPolicyId(workspace.0),
        version: 1,
        name: String::new(),
        position: 0,
        is_default: true,
        updated_at: now,
        terms: JsonText(Terms::usual()),
    };
    policies::add(change.tx(), workspace, &row).await?;
    policies::set_stamp(change.tx(), workspace, workspace.0).await
}
