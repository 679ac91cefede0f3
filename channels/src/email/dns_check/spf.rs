//! The SPF record: is there one, can it be read within the limits of RFC 7208, and does it allow the hosts
//! that send?

use std::time::Duration;

use mail_auth::MessageAuthenticator;
use mail_auth::SpfResult;
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::spf::Spf;
use mail_auth::spf::verify::SpfParameters;

use super::addresses::Senders;
use super::{Check, Code, Finding, State, records};

const VERSION: &str = "v=spf1";
/// RFC 7208, 4.6.4.
const MAX_LOOKUPS: usize = 10;

pub(super) async fn check(
    with: &MessageAuthenticator,
    domain: &str,
    senders: &Senders,
    limit: Duration,
) -> Finding {
    let Ok(found) = records(with, domain, VERSION, limit).await else {
        return Finding::unknown(Check::Spf, domain);
    };
    let verdict = tokio::time::timeout(limit, judge(with, domain, senders, &found)).await;
    let Ok((state, code)) = verdict else {
        return Finding::unknown(Check::Spf, domain).found(found);
    };
    let finding = Finding::new(Check::Spf, state, code, domain);
    let wanted = match code {
        Code::SpfMissing => Some(format!(
            "{VERSION} {} ~all",
            allowance(senders).unwrap_or("mx".into())
        )),
        Code::SpfSeveral => Some(merged(&found)),
        Code::SpfHostNotAllowed => allowance(senders).map(|mechanism| allowing(&found[0], &mechanism)),
        Code::SpfAllowsAll => Some(ending(&found[0])),
        Code::SpfWithoutEnd => Some(format!("{} ~all", found[0].trim_end())),
        _ => None,
    };
    let finding = match wanted {
        Some(value) => finding.wanting("TXT", domain, value),
        None => finding,
    };
    finding.found(found)
}

async fn judge(
    with: &MessageAuthenticator,
    domain: &str,
    senders: &Senders,
    found: &[String],
) -> (State, Code) {
    let record = match found {
        [] => return (State::Missing, Code::SpfMissing),
        [record] => record,
        _ => return (State::Wrong, Code::SpfSeveral),
    };
    if Spf::parse(record.as_bytes()).is_err() || !mechanisms(record).all(is_known) {
        return (State::Wrong, Code::SpfInvalid);
    }
    if lookups(with, record).await > MAX_LOOKUPS {
        return (State::Wrong, Code::SpfTooManyLookups);
    }
    if let Some(mechanism) = senders.mechanism {
        let there = mechanisms(record).any(|found| found.eq_ignore_ascii_case(mechanism));
        if !there && senders.guessed {
            return (State::Weak, Code::SpfHostNotAllowed);
        }
    }
    for address in &senders.addresses {
        let sender = format!("postmaster@{domain}");
        let host = senders.host.as_deref().unwrap_or(domain);
        let asked = SpfParameters::verify_mail_from(*address, host, host, &sender);
        match with.verify_spf(asked).await.result() {
            SpfResult::Pass => {}
            SpfResult::TempError => return (State::Unknown, Code::DnsFailed),
            SpfResult::PermError => return (State::Wrong, Code::SpfInvalid),
            _ if senders.guessed => return (State::Weak, Code::SpfHostNotAllowed),
            _ => return (State::Wrong, Code::SpfHostNotAllowed),
        }
    }
    end_of(record)
}

/// How the record ends for everybody else.
fn end_of(record: &str) -> (State, Code) {
    let all = mechanisms(record).find(|word| {
        word.trim_start_matches(['+', '-', '~', '?'])
            .eq_ignore_ascii_case("all")
    });
    let redirected = mechanisms(record).any(|word| word.to_ascii_lowercase().starts_with("redirect="));
    match all {
        Some(all) if all.starts_with(['-', '~', '?']) => (State::Good, Code::Ok),
        Some(_) => (State::Wrong, Code::SpfAllowsAll),
        None if redirected => (State::Good, Code::Ok),
        None => (State::Weak, Code::SpfWithoutEnd),
    }
}

fn mechanisms(record: &str) -> impl Iterator<Item = &str> {
    record.split_whitespace().skip(1)
}

/// Receivers refuse a record with a mechanism that they do not know; `ipv4:` is a frequent slip.
fn is_known(word: &str) -> bool {
    let word = word.trim_start_matches(['+', '-', '~', '?']).to_ascii_lowercase();
    let end = word.find([':', '/', '=']).unwrap_or(word.len());
    let mechanism = matches!(
        &word[..end],
        "all" | "include" | "a" | "mx" | "ptr" | "ip4" | "ip6" | "exists"
    );
    let modifier = word[end..].starts_with('=');
    mechanism != modifier
}

/// How many questions a receiver has to ask to read the record to its end; counted a little beyond the
/// limit at most.
async fn lookups(with: &MessageAuthenticator, record: &str) -> usize {
    let mut asked = 0;
    let mut waiting = vec![record.to_owned()];
    while let Some(record) = waiting.pop() {
        for word in mechanisms(&record) {
            let word = word.trim_start_matches(['+', '-', '~', '?']).to_ascii_lowercase();
            let kind = word.split([':', '=', '/']).next().unwrap_or_default();
            if !matches!(kind, "include" | "redirect" | "a" | "mx" | "ptr" | "exists") {
                continue;
            }
            asked += 1;
            let target = word.strip_prefix("include:").or(word.strip_prefix("redirect="));
            let Some(target) = target.filter(|target| !target.contains('%')) else {
                continue;
            };
            if asked > MAX_LOOKUPS {
                return asked;
            }
            if let Ok(texts) = crate::email::dns::texts(with, target).await {
                waiting.extend(texts.into_iter().find(|text| super::begins_with(text, VERSION)));
            }
        }
    }
    asked
}

/// What allows our hosts.
fn allowance(senders: &Senders) -> Option<String> {
    if let Some(mechanism) = senders.mechanism {
        return Some(mechanism.to_owned());
    }
    if let Some(host) = senders.host.as_deref().filter(|_| senders.guessed) {
        return Some(format!("a:{host}"));
    }
    let each = senders.addresses.iter().map(|address| match address {
        std::net::IpAddr::V4(address) => format!("ip4:{address}"),
        std::net::IpAddr::V6(address) => format!("ip6:{address}"),
    });
    let each = each.collect::<Vec<_>>().join(" ");
    (!each.is_empty()).then_some(each)
}

fn allowing(record: &str, mechanism: &str) -> String {
    let (version, rest) = record.trim().split_once(' ').unwrap_or((record, ""));
    format!("{version} {mechanism} {rest}").trim_end().to_owned()
}

/// One record instead of several: the mechanisms of all, and a soft end until they are sorted out.
fn merged(found: &[String]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for word in found.iter().flat_map(|record| mechanisms(record)) {
        let is_all = word
            .trim_start_matches(['+', '-', '~', '?'])
            .eq_ignore_ascii_case("all");
        if !is_all && !words.contains(&word) {
            words.push(word);
        }
    }
    words.insert(0, VERSION);
    words.push("~all");
    words.join(" ")
}

fn ending(record: &str) -> String {
    let words = record
        .split_whitespace()
        .map(|word| match word.to_ascii_lowercase().as_str() {
            "+all" | "all" => "~all",
            _ => word,
        });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_record_says_what_becomes_of_everybody_else() {
        for (record, wanted) in [
            ("v=spf1 mx -all", (State::Good, Code::Ok)),
            ("v=spf1 mx ~ALL", (State::Good, Code::Ok)),
            ("v=spf1 mx all", (State::Wrong, Code::SpfAllowsAll)),
            ("v=spf1 +all", (State::Wrong, Code::SpfAllowsAll)),
            ("v=spf1 redirect=_spf.example.org", (State::Good, Code::Ok)),
            ("v=spf1 mx", (State::Weak, Code::SpfWithoutEnd)),
        ] {
            assert_eq!(end_of(record), wanted, "{record}");
        }
    }

    #[test]
    fn a_record_is_mended_without_losing_what_it_allows() {
        assert_eq!(
            allowing("v=spf1 mx -all", "a:m.example"),
            "v=spf1 a:m.example mx -all"
        );
        assert_eq!(ending("v=spf1 mx +all"), "v=spf1 mx ~all");
        let several = ["v=spf1 mx -all".to_owned(), "v=spf1 mx a:x ?all".to_owned()];
        assert_eq!(merged(&several), "v=spf1 mx a:x ~all");
    }
}
