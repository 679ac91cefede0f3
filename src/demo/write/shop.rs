//! The demo shop before its first ticket: staff, teams, tags, statuses, inboxes, customers.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::FutureExt;
use shouwen_core::channel::Channel;
use shouwen_core::event::Origin;
use shouwen_core::id::{AgentId, CustomerId, InboxId, StatusId, TagId, TeamId};
use shouwen_core::ticket::Category;
use shouwen_core::time::{Length, Timestamp};

use super::super::SeedError;
use super::super::plan::{Opening, Plan};
use super::super::staff::{
    LEADS, PASSWORD, SERVICE_ZH, STAFF, SUPPLIER_STATUS, SUPPORT, TAGS, TEAMS, WIDGET_KEY,
};
use super::{WriteError, add_customer, replies, rules};
use crate::app::App;
use crate::db::JsonText;
use crate::log::Change;
use crate::store::agents::{self, AgentRow, TeamRow};
use crate::store::inboxes::{self, ChatSettings, EmailSettings, InboxRow, InboxSettings};
use crate::store::statuses::{self, StatusRow};
use crate::store::tags::{self, TagRow};

/// What tickets are written with.
#[derive(Clone)]
pub(super) struct Shop {
    pub(super) staff: Vec<AgentId>,
    pub(super) teams: Vec<TeamId>,
    pub(super) tags: HashMap<String, TagId>,
    pub(super) statuses: HashMap<&'static str, StatusId>,
    pub(super) customers: Vec<CustomerId>,
    pub(super) support: InboxId,
    pub(super) service_zh: InboxId,
    pub(super) chat: InboxId,
    pub(super) phone: InboxId,
}

impl Shop {
    pub(super) fn inbox(&self, opening: &Opening) -> InboxId {
        match (opening.channel, opening.language) {
            (Channel::Email, "zh") => self.service_zh,
            (Channel::Email, _) => self.support,
            (Channel::Chat, _) => self.chat,
            (Channel::Phone, _) => self.phone,
        }
    }
}

/// Opens the shop some time before its first ticket.
pub(super) async fn open(app: &App, plan: &Arc<Plan>, now: Timestamp) -> Result<Shop, SeedError> {
    let hash = app.passwords.hash(PASSWORD.to_owned()).await?;
    let opened = now.minus(Length::days(60));
    let input = (plan.clone(), hash, opened);
    let shop = app
        .log
        .change_from(
            Origin::Import,
            &app.system(),
            input,
            |change, (plan, hash, opened)| {
                let actor = change.actor().clone();
                change.replay(actor, *opened);
                write_shop(change, plan, hash).boxed()
            },
        )
        .await?;
    Ok(shop)
}

async fn write_shop(change: &mut Change, plan: &Plan, hash: &str) -> Result<Shop, WriteError> {
    rules::promise(change).await?;
    let staff = write_staff(change, hash).await?;
    let teams = write_teams(change, &staff).await?;
    let tags = write_tags(change).await?;
    let statuses = write_statuses(change).await?;
    let mut customers = Vec::with_capacity(plan.customers.len());
    for customer in &plan.customers {
        customers.push(add_customer(change, customer).await?);
    }
    let mail = |sender: &str, signature: &str| InboxSettings {
        email: Some(EmailSettings {
            sender_name: sender.to_owned(),
            signature: signature.to_owned(),
            ..EmailSettings::default()
        }),
        chat: None,
    };
    let chat = InboxSettings {
        email: None,
        chat: Some(ChatSettings {
            color: "#0f766e".to_owned(),
            title: "Lamp & Tea 灯与茶".to_owned(),
            greeting: "Hello! 您好！Ask us about lamps, tea or your order. 灯、茶、订单，都可以问。"
                .to_owned(),
            allowed_origins: Vec::new(),
            ask_email: true,
            ..ChatSettings::default()
        }),
    };
    let shop = Shop {
        support: inbox(
            change,
            "Support",
            Channel::Email,
            Some(SUPPORT),
            teams[1],
            mail("Lamp & Tea", "Lamp & Tea · Suzhou"),
        )
        .await?,
        service_zh: inbox(
            change,
            "中文客服",
            Channel::Email,
            Some(SERVICE_ZH),
            teams[1],
            mail("灯与茶客服", "灯与茶 · 苏州平江路"),
        )
        .await?,
        chat: inbox(change, "Web chat 网店在线", Channel::Chat, None, teams[0], chat).await?,
        phone: inbox(
            change,
            "Phone 400-820-8820",
            Channel::Phone,
            None,
            teams[1],
            InboxSettings::default(),
        )
        .await?,
        staff,
        teams,
        tags,
        statuses,
        customers,
    };
    replies::write(change, &shop).await?;
    Ok(shop)
}

async fn write_staff(change: &mut Change, hash: &str) -> Result<Vec<AgentId>, WriteError> {
    let (workspace, created_at) = (change.workspace(), change.now());
    let roles = agents::roles(change.tx(), workspace).await?;
    let mut staff = Vec::new();
    for colleague in STAFF {
        let role = roles
            .iter()
            .find(|role| role.key.as_deref() == Some(colleague.role.as_str()));
        let row = AgentRow {
            id: change.next_id(),
            name: colleague.name.to_owned(),
            email: colleague.email.to_owned(),
            password_hash: Some(hash.to_owned()),
            role_id: role.ok_or(WriteError::Missing("a role"))?.id,
            locale: colleague.language.to_owned(),
            active: true,
            created_at,
        };
        agents::add(change.tx(), workspace, &row).await?;
        staff.push(row.id);
    }
    Ok(staff)
}

async fn write_teams(change: &mut Change, staff: &[AgentId]) -> Result<Vec<TeamId>, WriteError> {
    let (workspace, created_at) = (change.workspace(), change.now());
    let mut teams = Vec::new();
    for (place, (_, name)) in TEAMS.iter().enumerate() {
        let row = TeamRow {
            id: change.next_id(),
            name: (*name).to_owned(),
            lead_id: LEADS[place].map(|lead| staff[lead]),
            created_at,
        };
        agents::add_team(change.tx(), workspace, &row).await?;
        for (colleague, id) in STAFF.iter().zip(staff) {
            if colleague.teams.contains(&place) {
                agents::add_member(change.tx(), workspace, row.id, *id).await?;
            }
        }
        teams.push(row.id);
    }
    Ok(teams)
}

async fn write_tags(change: &mut Change) -> Result<HashMap<String, TagId>, WriteError> {
    let (workspace, created_at) = (change.workspace(), change.now());
    let mut known = HashMap::new();
    for (key, name, color) in TAGS {
        let row = TagRow {
            id: change.next_id(),
            name: name.to_owned(),
            color: color.to_owned(),
            created_at,
        };
        tags::add(change.tx(), workspace, &row).await?;
        known.insert(key.to_owned(), row.id);
    }
    Ok(known)
}

/// The shop's own status, and those built in that the plan names.
async fn write_statuses(change: &mut Change) -> Result<HashMap<&'static str, StatusId>, WriteError> {
    let workspace = change.workspace();
    let mut known = HashMap::new();
    for (word, category) in [
        ("waiting", Category::Waiting),
        ("solved", Category::Solved),
        ("closed", Category::Closed),
    ] {
        known.insert(
            word,
            statuses::of_category(change.tx(), workspace, category).await?,
        );
    }
    let supplier = StatusRow {
        id: change.next_id(),
        key: None,
        name: SUPPLIER_STATUS.to_owned(),
        category: Category::OnHold,
        position: 10,
        archived: false,
    };
    statuses::add(change.tx(), workspace, &supplier).await?;
    known.insert("supplier", supplier.id);
    Ok(known)
}

async fn inbox(
    change: &mut Change,
    name: &str,
    channel: Channel,
    address: Option<&str>,
    team: TeamId,
    settings: InboxSettings,
) -> Result<InboxId, WriteError> {
    let row = InboxRow {
        workspace_id: change.workspace(),
        id: change.next_id(),
        name: name.to_owned(),
        channel,
        address: address.map(ToOwned::to_owned),
        widget_key: (channel == Channel::Chat).then(|| WIDGET_KEY.to_owned()),
        team_id: Some(team),
        settings: JsonText(settings),
        secrets: None,
        active: true,
        created_at: change.now(),
    };
    inboxes::add(change.tx(), &row).await?;
    Ok(row.id)
}
