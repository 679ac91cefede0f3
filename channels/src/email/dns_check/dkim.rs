//! The public key of a selector: is it there, is it ours?

use std::time::Duration;

use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::common::verify::DomainKey;
use mail_auth::dkim::DkimError;
use mail_auth::{Error, MessageAuthenticator};

use super::{Check, Code, Finding, State, within};
use crate::email::dns::{self, Unanswered};

/// What RFC 8301 asks receivers to demand is 1024; what they advise is 2048.
const WEAK_RSA: usize = 2048;

pub(super) async fn check(
    with: &MessageAuthenticator,
    domain: &str,
    selector: &str,
    ours: Option<&str>,
    limit: Duration,
) -> Finding {
    let name = format!("{}._domainkey.{domain}", selector.trim().to_lowercase());
    let finding = match within(limit, dns::texts(with, &name)).await {
        Ok(texts) => judge(&name, texts, ours),
        Err(Unanswered::Absent) => Finding::new(Check::Dkim, State::Missing, Code::DkimMissing, &name),
        Err(Unanswered::Failed) => Finding::unknown(Check::Dkim, &name),
    };
    let helps = !matches!(finding.state, State::Good | State::Unknown);
    match ours {
        Some(record) if helps => finding.wanting("TXT", &name, record),
        _ => finding,
    }
}

fn judge(name: &str, texts: Vec<String>, ours: Option<&str>) -> Finding {
    let finding = |state, code| Finding::new(Check::Dkim, state, code, name);
    let Some(text) = texts
        .iter()
        .find(|text| tag(text, "p").is_some())
        .or(texts.first())
    else {
        return finding(State::Missing, Code::DkimMissing);
    };
    let verdict = match DomainKey::parse(text.as_bytes()) {
        Err(Error::Dkim(DkimError::RevokedPublicKey)) => finding(State::Wrong, Code::DkimRevoked),
        Err(_) => finding(State::Wrong, Code::DkimInvalid),
        Ok(_) if ours.is_some_and(|ours| tag(ours, "p") != tag(text, "p")) => {
            finding(State::Wrong, Code::DkimOtherKey)
        }
        Ok(key) if key.p.public_key_bits() < WEAK_RSA => finding(State::Weak, Code::DkimWeakKey),
        Ok(_) if tag(text, "t").is_some_and(|flags| flags.split(':').any(|flag| flag == "y")) => {
            finding(State::Weak, Code::DkimTestMode)
        }
        Ok(_) => finding(State::Good, Code::Ok),
    };
    verdict.found(texts)
}

/// A tag's value without blanks, for keys are pasted with line breaks.
fn tag(record: &str, wanted: &str) -> Option<String> {
    record.split(';').find_map(|tag| {
        let (name, value) = tag.split_once('=')?;
        (name.trim() == wanted).then(|| value.split_whitespace().collect())
    })
}
