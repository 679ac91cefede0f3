//! What holds for complaints in a workspace: its own rules where it has some, the program's otherwise.

use shouwen_core::actor::BuiltInRole;
use shouwen_core::complaint::{Ceiling, Grade, GradeRule, GradingPolicy, Topic};
use shouwen_core::event::{Event, Reference};
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, ComplaintCategoryId, MacroId, RoleId, WorkspaceId};
use uuid::Uuid;

use crate::actions::administration::{self, AdminError, Result};
use crate::db::{self, Conn};
use crate::log::Change;
use crate::store::complaints::{self, CategoryRow, CeilingRow};
use crate::store::{agents, macros};

/// Built-in categories have these ids in every workspace, counted from here in the order of topics.
const FIRST_BUILT_IN: u128 = 0x0c00;

pub async fn policy(
    conn: &mut Conn,
    workspace: WorkspaceId,
) -> std::result::Result<GradingPolicy, db::Error> {
    Ok(complaints::policy(conn, workspace).await?.unwrap_or_default())
}

pub async fn rule(
    conn: &mut Conn,
    workspace: WorkspaceId,
    grade: Grade,
) -> std::result::Result<GradeRule, db::Error> {
    let own = complaints::find_rule(conn, workspace, grade).await?;
    Ok(own.unwrap_or_else(|| GradeRule::usual(grade)))
}

/// The rules of all grades, the gravest first.
pub async fn all_rules(
    conn: &mut Conn,
    workspace: WorkspaceId,
) -> std::result::Result<Vec<(Grade, GradeRule)>, db::Error> {
    let mut own = complaints::rules(conn, workspace).await?;
    let of = |grade: &Grade| {
        let place = own.iter().position(|row| row.grade == *grade);
        let rule = place.map_or_else(|| GradeRule::usual(*grade), |place| own.swap_remove(place).rule.0);
        (*grade, rule)
    };
    Ok(Grade::ALL.iter().map(of).collect())
}

/// What an agent may give in a case of a grade.
pub async fn ceiling(
    conn: &mut Conn,
    workspace: WorkspaceId,
    agent: AgentId,
    grade: Grade,
) -> std::result::Result<Ceiling, db::Error> {
    let nothing = Ceiling {
        refund: Some(0),
        compensation: Some(0),
    };
    let Some(agent) = agents::find(conn, workspace, agent)
        .await?
        .filter(|agent| agent.active)
    else {
        return Ok(nothing);
    };
    let own = complaints::ceilings_of_role(conn, workspace, agent.role_id).await?;
    if let Some(row) = own.iter().find(|row| row.grade == grade) {
        return Ok(Ceiling {
            refund: row.refund,
            compensation: row.compensation,
        });
    }
    let role = agents::find_role(conn, workspace, agent.role_id).await?;
    Ok(role.map_or(nothing, |role| {
        Ceiling::usual(built_in(role.key.as_deref()), grade)
    }))
}

fn built_in(key: Option<&str>) -> Option<BuiltInRole> {
    key.and_then(BuiltInRole::from_word)
}

/// The ceilings of every role and grade.
pub async fn all_ceilings(
    conn: &mut Conn,
    workspace: WorkspaceId,
) -> std::result::Result<Vec<CeilingRow>, db::Error> {
    let own = complaints::ceilings(conn, workspace).await?;
    let mut all = Vec::new();
    for role in agents::roles(conn, workspace).await? {
        for grade in Grade::ALL {
            let usual = Ceiling::usual(built_in(role.key.as_deref()), *grade);
            let row = own
                .iter()
                .find(|row| row.role_id == role.id && row.grade == *grade);
            all.push(row.copied().unwrap_or(CeilingRow {
                role_id: role.id,
                grade: *grade,
                refund: usual.refund,
                compensation: usual.compensation,
            }));
        }
    }
    Ok(all)
}

pub fn built_in_category(topic: Topic) -> ComplaintCategoryId {
    let place = Topic::ALL
        .iter()
        .position(|one| *one == topic)
        .unwrap_or_default();
    ComplaintCategoryId(Uuid::from_u128(FIRST_BUILT_IN + place as u128))
}

/// Every category: the built-in ones as the workspace changed them, and its own.
pub async fn categories(
    conn: &mut Conn,
    workspace: WorkspaceId,
) -> std::result::Result<Vec<CategoryRow>, db::Error> {
    let mut all = complaints::categories(conn, workspace).await?;
    for (position, topic) in (0..).zip(Topic::ALL) {
        let id = built_in_category(*topic);
        if !all.iter().any(|row| row.id == id) {
            all.push(CategoryRow {
                id,
                parent_id: None,
                key: Some(topic.as_str().to_owned()),
                name: String::new(),
                archived: false,
                position,
            });
        }
    }
    all.sort_by_key(|row| (row.position, row.id));
    Ok(all)
}

/// The category, made a row if it is a built-in one without; `None` when there is none or it is put away.
pub async fn use_category(
    change: &mut Change,
    id: ComplaintCategoryId,
) -> std::result::Result<Option<CategoryRow>, db::Error> {
    let workspace = change.workspace();
    let all = categories(change.tx(), workspace).await?;
    let Some(row) = all.into_iter().find(|row| row.id == id && !row.archived) else {
        return Ok(None);
    };
    complaints::save_category(change.tx(), workspace, &row).await?;
    Ok(Some(row))
}

pub async fn save_policy(change: &mut Change, policy: &GradingPolicy) -> Result<()> {
    let code = policy.currency.as_str();
    if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return administration::wrong("currency", Fault::NotACurrency);
    }
    if policy.amount_large < 0 || policy.amount_huge < policy.amount_large {
        return administration::wrong("amount_huge", Fault::AmountsOrder);
    }
    if !(1..=3650).contains(&policy.repeat_days) {
        return administration::wrong("repeat_days", Fault::DaysOutOfRange { least: 1, most: 3650 });
    }
    if policy.high_tiers.len() > 50 || policy.high_tiers.iter().any(|tier| tier.chars().count() > 60) {
        return administration::wrong("high_tiers", Fault::TiersFull);
    }
    let workspace = change.workspace();
    complaints::save_policy(change.tx(), workspace, policy).await?;
    tell(change);
    Ok(())
}

pub async fn save_rule(change: &mut Change, grade: Grade, rule: &GradeRule) -> Result<()> {
    if let Some((field, detail)) = rule.fault() {
        return administration::wrong(field, detail);
    }
    let workspace = change.workspace();
    let shared = macros::shared_and_own(change.tx(), workspace, None).await?;
    let known = |id: &MacroId| shared.iter().any(|row| row.id == *id);
    if !rule.macro_ids.iter().all(known) {
        return administration::wrong(
            "macro_ids",
            "one of the macros is no more, or is somebody's own: a grade names shared ones",
        );
    }
    complaints::save_rule(change.tx(), workspace, grade, rule).await?;
    tell(change);
    Ok(())
}

/// A macro is no more, or nobody else's business now: no grade names it.
pub async fn forget_macro(change: &mut Change, id: MacroId) -> std::result::Result<(), db::Error> {
    let workspace = change.workspace();
    for mut row in complaints::lock_rules(change.tx(), workspace).await? {
        if row.rule.0.forget_macro(id) {
            complaints::save_rule(change.tx(), workspace, row.grade, &row.rule.0).await?;
            tell(change);
        }
    }
    Ok(())
}

/// What a role may give.
#[derive(Debug, Clone, Copy)]
pub struct RoleCeiling {
    pub role: RoleId,
    pub ceiling: Ceiling,
}

pub async fn save_ceilings(change: &mut Change, grade: Grade, ceilings: &[RoleCeiling]) -> Result<()> {
    let workspace = change.workspace();
    for RoleCeiling { role, ceiling } in ceilings {
        if [ceiling.refund, ceiling.compensation]
            .iter()
            .flatten()
            .any(|most| *most < 0)
        {
            return administration::wrong("ceilings", Fault::CeilingNegative);
        }
        if agents::find_role(change.tx(), workspace, *role).await?.is_none() {
            return administration::wrong("ceilings", Fault::NoSuchRole);
        }
        let row = CeilingRow {
            role_id: *role,
            grade,
            refund: ceiling.refund,
            compensation: ceiling.compensation,
        };
        complaints::save_ceiling(change.tx(), workspace, &row).await?;
    }
    tell(change);
    Ok(())
}

/// What is to hold; on an edit, what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct CategoryForm {
    pub parent_id: Option<Option<ComplaintCategoryId>>,
    pub name: Option<String>,
    pub archived: Option<bool>,
    pub position: Option<i64>,
}

/// A workspace has at most so many of its own.
const MOST_CATEGORIES: usize = 500;

pub async fn create_category(change: &mut Change, form: &CategoryForm) -> Result<ComplaintCategoryId> {
    let workspace = change.workspace();
    let all = categories(change.tx(), workspace).await?;
    if all.len() >= MOST_CATEGORIES {
        return Err(AdminError::Conflict(Fault::CategoriesFull));
    }
    let row = CategoryRow {
        id: change.next_id(),
        parent_id: None,
        key: None,
        name: administration::name("name", form.name.as_deref().unwrap_or_default(), 80)?,
        archived: false,
        position: all.iter().map(|row| row.position).max().unwrap_or_default() + 1,
    };
    let id = row.id;
    save_category(change, row, form, &all).await?;
    Ok(id)
}

pub async fn update_category(
    change: &mut Change,
    id: ComplaintCategoryId,
    form: &CategoryForm,
) -> Result<()> {
    let workspace = change.workspace();
    let all = categories(change.tx(), workspace).await?;
    let found = all.iter().find(|row| row.id == id).cloned();
    let mut row = found.ok_or(AdminError::NotFound("category"))?;
    if let Some(name) = &form.name {
        // A built-in category without a name is called in the reader's language.
        let unnamed = row.key.is_some() && name.trim().is_empty();
        row.name = if unnamed {
            String::new()
        } else {
            administration::name("name", name, 80)?
        };
    }
    save_category(change, row, form, &all).await
}

async fn save_category(
    change: &mut Change,
    mut row: CategoryRow,
    form: &CategoryForm,
    all: &[CategoryRow],
) -> Result<()> {
    let workspace = change.workspace();
    if let Some(parent) = form.parent_id {
        if let Some(parent) = parent {
            check_parent(row.id, parent, all)?;
        }
        row.parent_id = parent;
    }
    row.archived = form.archived.unwrap_or(row.archived);
    row.position = form.position.unwrap_or(row.position);
    complaints::save_category(change.tx(), workspace, &row).await?;
    tell(change);
    Ok(())
}

/// A tree has no rings, and nobody finds anything in one deeper than this.
const DEEPEST: usize = 5;

fn check_parent(own: ComplaintCategoryId, parent: ComplaintCategoryId, all: &[CategoryRow]) -> Result<()> {
    let mut above = Some(parent);
    for _ in 0..DEEPEST {
        let Some(id) = above else { return Ok(()) };
        if id == own {
            return administration::wrong("parent_id", Fault::BelowItself);
        }
        let Some(row) = all.iter().find(|row| row.id == id) else {
            return administration::wrong("parent_id", Fault::NoSuchCategory);
        };
        above = row.parent_id;
    }
    administration::wrong("parent_id", Fault::TooDeep { most: DEEPEST })
}

fn tell(change: &mut Change) {
    change.record_general(Event::ReferenceChanged {
        what: Reference::Complaints,
    });
}
