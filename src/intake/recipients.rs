//! Which inbox an address leads to.

use shouwen_channels::email::address;
use shouwen_core::channel::Channel;
use shouwen_core::id::WorkspaceId;

use crate::db::{Conn, Result};
use crate::store::inboxes::{self, InboxRow};

/// The active inbox that takes mail for this address: its own, an alias of it, or one of them with a plus part. Every domain of ours has a
/// postmaster (RFC 5321, section 4.5.1), whom the first inbox there stands for.
pub(super) async fn inbox_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    address: &str,
) -> Result<Option<InboxRow>> {
    let Some(folded) = address::fold(address) else {
        return if address.eq_ignore_ascii_case("postmaster") {
            postmaster(conn, workspace, None).await
        } else {
            Ok(None)
        };
    };
    for candidate in [Some(folded.clone()), without_plus(&folded)]
        .into_iter()
        .flatten()
    {
        let found = inboxes::find_by_address(conn, workspace, &candidate).await?;
        if let Some(inbox) = found.filter(takes_mail) {
            return Ok(Some(inbox));
        }
    }
    let base = without_plus(&folded).unwrap_or_else(|| folded.clone());
    let all = inboxes::all(conn, workspace).await?;
    let has = |inbox: &InboxRow| inbox.addresses().any(|own| *own == folded || *own == base);
    if let Some(inbox) = all.into_iter().find(|inbox| takes_mail(inbox) && has(inbox)) {
        return Ok(Some(inbox));
    }
    match folded.strip_prefix("postmaster@") {
        Some(domain) => postmaster(conn, workspace, Some(domain)).await,
        None => Ok(None),
    }
}

async fn postmaster(
    conn: &mut Conn,
    workspace: WorkspaceId,
    domain: Option<&str>,
) -> Result<Option<InboxRow>> {
    let all = inboxes::all(conn, workspace).await?;
    let is_there = |inbox: &InboxRow| {
        let own = inbox
            .address
            .as_deref()
            .and_then(|address| address.rsplit_once('@'));
        domain.is_none_or(|domain| own.is_some_and(|(_, own)| own == domain))
    };
    Ok(all.into_iter().find(|inbox| takes_mail(inbox) && is_there(inbox)))
}

fn takes_mail(inbox: &InboxRow) -> bool {
    inbox.active && inbox.channel == Channel::Email
}

/// `support+token@shop.example` is an address of `support@shop.example`.
fn without_plus(folded: &str) -> Option<String> {
    let (local, domain) = folded.rsplit_once('@')?;
    let (base, _) = local.split_once('+')?;
    (!base.is_empty()).then(|| format!("{base}@{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plus_part_is_left_out() {
        assert_eq!(
            without_plus("help+10427.ab@shop.example").as_deref(),
            Some("help@shop.example")
        );
        assert_eq!(without_plus("help@shop.example"), None);
        assert_eq!(without_plus("+x@shop.example"), None);
    }
}
