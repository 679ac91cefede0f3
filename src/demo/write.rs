//! Writing the demo's five weeks into the desk, through its actions, as an import.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use shouwen_core::actor::{Actor, Who};
use shouwen_core::customer::{IdentityKind, Verified, fold};
use shouwen_core::event::Origin;
use shouwen_core::id::TicketId;
use shouwen_core::time::{Length, Timestamp};

use super::plan::{self, Act, Plan, Step};
use super::staff::VISITED;
use super::{SHOP, SeedError};
use crate::actions::administration::AdminError;
use crate::actions::calls::CallError;
use crate::actions::complaints::CaseError;
use crate::actions::customers::{self as people, Known};
use crate::actions::edits::EditError;
use crate::actions::messages::FileRef;
use crate::app::App;
use crate::db;
use crate::log::Change;
use crate::store::{customers, notifications, tickets, workspaces};

mod case;
mod mail;
mod replies;
mod rules;
mod shop;
mod step;

use shop::Shop;
use step::Writer;

/// How many steps share a change.
const BATCH: usize = 120;
/// What was said of the visited agents before is read.
const FRESH: Length = Length::hours(30);

#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Keep(#[from] AdminError),
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error("the demo's plan names {0}, which there is not")]
    Missing(&'static str),
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// One change's part of the plan.
struct Batch {
    shop: Arc<Shop>,
    plan: Arc<Plan>,
    steps: Vec<(Step, Vec<FileRef>)>,
    /// The tickets that are open already.
    known: HashMap<usize, TicketId>,
}

pub(super) async fn write(app: &App, now: Timestamp) -> Result<(), SeedError> {
    let plan = Arc::new(plan::make(now));
    let shop = Arc::new(shop::open(app, &plan, now).await?);
    let mut known = HashMap::new();
    let mut stored = BTreeMap::new();
    for steps in plan.steps.chunks(BATCH) {
        let mut ready = Vec::with_capacity(steps.len());
        for step in steps {
            ready.push((step.clone(), store_files(app, step, &mut stored).await?));
        }
        let batch = Batch {
            shop: shop.clone(),
            plan: plan.clone(),
            steps: ready,
            known: known.clone(),
        };
        known = app
            .log
            .change_from(Origin::Demo, &app.system(), batch, |change, batch| {
                write_batch(change, batch).boxed()
            })
            .await?;
    }
    let last = (shop, plan, known, now);
    app.change(&app.system(), last, |change, (shop, plan, known, now)| {
        finish(change, shop, plan, known, *now).boxed()
    })
    .await?;
    Ok(())
}

/// Puts the step's files into the blob store; each content once.
async fn store_files(
    app: &App,
    step: &Step,
    stored: &mut BTreeMap<Vec<u8>, String>,
) -> Result<Vec<FileRef>, SeedError> {
    let Act::Say(said) = &step.act else {
        return Ok(Vec::new());
    };
    let mut refs = Vec::new();
    for (place, file) in said.files.iter().enumerate() {
        let known = stored.get(&file.bytes).cloned();
        let sha256 = if let Some(sha256) = known {
            sha256
        } else {
            let bytes = Bytes::from(file.bytes.clone());
            let sha256 = app.blobs.put(app.workspace, bytes).await?;
            stored.insert(file.bytes.clone(), sha256.clone());
            sha256
        };
        let inline = place == 0 && said.html.is_some();
        refs.push(FileRef {
            name: file.name.clone(),
            media_type: file.media_type.to_owned(),
            size: i64::try_from(file.bytes.len()).unwrap_or(i64::MAX),
            sha256,
            inline,
            content_id: inline.then(|| "picture@mail".to_owned()),
        });
    }
    Ok(refs)
}

async fn write_batch(change: &mut Change, batch: &Batch) -> Result<HashMap<usize, TicketId>, WriteError> {
    let mut known = batch.known.clone();
    for (step, files) in &batch.steps {
        let opening = &batch.plan.tickets[step.ticket];
        let workspace = change.workspace();
        let who = match (&step.act, step.by) {
            (_, Some(colleague)) => Who::Agent(batch.shop.staff[colleague]),
            (Act::Status(_), None) => Who::System,
            (_, None) => Who::Customer(batch.shop.customers[opening.customer]),
        };
        let actor = Actor {
            who,
            ..Actor::system(workspace)
        };
        change.replay(actor, step.at);
        let ticket = Writer {
            change,
            shop: &batch.shop,
            plan: &batch.plan,
            opening,
            step,
        }
        .write(known.get(&step.ticket).copied(), files)
        .await?;
        known.insert(step.ticket, ticket);
    }
    Ok(known)
}

/// Everybody has read what is older; the visited agents find the newest unread. The name says that all is there.
async fn finish(
    change: &mut Change,
    shop: &Shop,
    plan: &Plan,
    known: &HashMap<usize, TicketId>,
    now: Timestamp,
) -> Result<(), WriteError> {
    let workspace = change.workspace();
    for ticket in known.values() {
        let row = tickets::find(change.tx(), workspace, *ticket).await?;
        let row = row.ok_or(WriteError::Missing("a ticket"))?;
        let fresh =
            row.category.is_active() && row.last_direction == "in" && row.last_message_at > now.minus(FRESH);
        for (place, agent) in shop.staff.iter().enumerate() {
            let visited = VISITED.contains(&place);
            let read = if fresh && (visited || row.assignee_id != Some(*agent)) {
                row.last_position - 1
            } else {
                row.last_position
            };
            if read > 0 {
                tickets::mark_read(change.tx(), workspace, *ticket, *agent, read).await?;
            }
            if !(visited && row.category.is_active()) {
                notifications::mark_ticket_read(change.tx(), workspace, *agent, *ticket, now).await?;
            }
        }
    }
    rules::staff_up(change, shop, plan).await?;
    rules::open_the_doors(change, shop).await?;
    workspaces::rename(change.tx(), workspace, SHOP).await?;
    Ok(())
}

/// A customer of the demo: found by their address and their number.
async fn add_customer(
    change: &mut Change,
    customer: &plan::Customer,
) -> Result<shouwen_core::id::CustomerId, WriteError> {
    let workspace = change.workspace();
    let id = people::create(change, &customer.person.name, Some(customer.language.to_owned())).await?;
    if let Some(mut row) = customers::find(change.tx(), workspace, id).await? {
        row.tier.clone_from(&customer.person.tier);
        customers::save(change.tx(), workspace, &row).await?;
    }
    for (kind, value, verified) in [
        (IdentityKind::Email, &customer.person.address, Verified::Claimed),
        (IdentityKind::Phone, &customer.phone, Verified::Agent),
    ] {
        let known = Known {
            kind,
            value: value.clone(),
            folded: fold(value),
            verified,
        };
        people::add_identity(change, id, &known).await?;
    }
    Ok(id)
}
