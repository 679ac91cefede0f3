//! Webhooks: which programs are told of which events.

use shouwen_core::event::is_public_kind;
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, WebhookId};

use super::administration::{self, AdminError, Result};
use crate::db::JsonText;
use crate::log::Change;
use crate::store::webhooks::{self, WebhookRow};

const MOST_KINDS: usize = 100;
/// Each event costs a job for each of them.
const MOST: usize = 20;

/// What is to hold; on an edit, what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct WebhookForm {
    pub name: Option<String>,
    /// Looked at by whoever fetches: it knows which networks are out of reach.
    pub url: Option<String>,
    pub kinds: Option<Vec<String>>,
    pub active: Option<bool>,
}

/// `secret` is sealed already.
pub async fn create(
    change: &mut Change,
    agent: AgentId,
    form: &WebhookForm,
    secret: &str,
) -> Result<WebhookRow> {
    let workspace = change.workspace();
    if webhooks::all(change.tx(), workspace).await?.len() >= MOST {
        return Err(AdminError::Conflict(Fault::WebhooksFull));
    }
    let mut hook = WebhookRow {
        id: change.next_id(),
        name: String::new(),
        url: String::new(),
        kinds: JsonText(Vec::new()),
        secret: secret.to_owned(),
        active: true,
        failing_since: None,
        last_error: None,
        created_by: agent,
        created_at: change.now(),
    };
    let form = WebhookForm {
        name: Some(form.name.clone().unwrap_or_default()),
        url: Some(form.url.clone().unwrap_or_default()),
        ..form.clone()
    };
    fill(&mut hook, &form)?;
    webhooks::add(change.tx(), workspace, &hook).await?;
    Ok(hook)
}

pub async fn update(change: &mut Change, id: WebhookId, form: &WebhookForm) -> Result<WebhookRow> {
    let workspace = change.workspace();
    let found = webhooks::find(change.tx(), workspace, id).await?;
    let mut hook = found.ok_or(AdminError::NotFound("webhook"))?;
    fill(&mut hook, form)?;
    if !webhooks::save(change.tx(), workspace, &hook).await? {
        return Err(AdminError::NotFound("webhook"));
    }
    (hook.failing_since, hook.last_error) = (None, None);
    Ok(hook)
}

pub async fn remove(change: &mut Change, id: WebhookId) -> Result<()> {
    let workspace = change.workspace();
    if webhooks::remove(change.tx(), workspace, id).await? {
        Ok(())
    } else {
        Err(AdminError::NotFound("webhook"))
    }
}

fn fill(hook: &mut WebhookRow, form: &WebhookForm) -> Result<()> {
    if let Some(name) = &form.name {
        hook.name = administration::name("name", name, 100)?;
    }
    if let Some(url) = &form.url {
        hook.url = administration::name("url", url, 2000)?;
    }
    if let Some(kinds) = &form.kinds {
        hook.kinds = JsonText(checked(kinds)?);
    }
    hook.active = form.active.unwrap_or(hook.active);
    Ok(())
}

fn checked(kinds: &[String]) -> Result<Vec<String>> {
    if kinds.len() > MOST_KINDS {
        return administration::wrong("kinds", Fault::TooMany { most: MOST_KINDS });
    }
    if let Some(unknown) = kinds.iter().find(|kind| !is_public_kind(kind)) {
        return administration::wrong(
            "kinds",
            Fault::NoSuchEvents {
                kind: unknown.clone(),
            },
        );
    }
    let mut kinds = kinds.to_vec();
    kinds.sort();
    kinds.dedup();
    Ok(kinds)
}
