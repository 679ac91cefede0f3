//! The DMARC record: at the domain or at one above it.

use std::time::Duration;

use mail_auth::MessageAuthenticator;
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::dmarc::{Dmarc, Policy};

use super::{Check, Code, Finding, State, records};

pub(super) async fn check(with: &MessageAuthenticator, domain: &str, limit: Duration) -> Finding {
    let name = format!("_dmarc.{domain}");
    let mut at = domain;
    loop {
        let Ok(found) = records(with, &format!("_dmarc.{at}"), "v=DMARC1", limit).await else {
            return Finding::unknown(Check::Dmarc, &name);
        };
        if !found.is_empty() {
            return judge(&name, at != domain, found);
        }
        match at.split_once('.') {
            Some((_, above)) if above.contains('.') => at = above,
            _ => break,
        }
    }
    // Watching first is what every guide asks for: a stricter policy follows once the reports are clean.
    Finding::new(Check::Dmarc, State::Missing, Code::DmarcMissing, &name).wanting(
        "TXT",
        &name,
        format!("v=DMARC1; p=none; rua=mailto:postmaster@{domain}"),
    )
}

fn judge(name: &str, inherited: bool, found: Vec<String>) -> Finding {
    let finding = |state, code| Finding::new(Check::Dmarc, state, code, name);
    let verdict = match (&found[..], Dmarc::parse(found[0].as_bytes())) {
        ([_, _, ..], _) => finding(State::Wrong, Code::DmarcSeveral).wanting("TXT", name, found[0].clone()),
        (_, Err(_)) => finding(State::Wrong, Code::DmarcInvalid),
        (_, Ok(dmarc)) => {
            let policy = if inherited { dmarc.sp } else { dmarc.p };
            match policy {
                Policy::Unspecified => finding(State::Wrong, Code::DmarcInvalid),
                Policy::None => finding(State::Weak, Code::DmarcOnlyWatches),
                Policy::Quarantine | Policy::Reject => finding(State::Good, Code::Ok),
            }
        }
    };
    verdict.found(found)
}
