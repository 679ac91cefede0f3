//! What a trusted server before us found out (RFC 8601): reads the Authentication-Results that it wrote
//! on top. The same header further down may be anybody's.

use super::{Outcome, Policy, Verdict, align, from_domain};
use crate::email::dns::ascii_name;
use crate::email::mime::header::{self, Headers};

/// The verdict of the server that signs as `authserv_id`; `None` when it left none. A server that
/// leaves its name out (Exchange Online) is trusted as `none`.
///
/// Of several such headers those count that stand together on top: a Received between them means
/// that the lower one came in with the message.
pub fn reported(raw: &[u8], authserv_id: &str) -> Option<Verdict> {
    let (headers, _) = header::split(raw);
    let trusted = topmost(&headers, authserv_id);
    if trusted.is_empty() {
        return None;
    }
    let mut verdict = Verdict {
        from_domain: from_domain(&headers),
        ..Verdict::unknown()
    };
    let mut dmarc_domain = None;
    for result in trusted.iter().flatten() {
        take(&mut verdict, result, &mut dmarc_domain);
    }
    // What passed was the From of the message as that server read it.
    if dmarc_domain.is_some() && dmarc_domain != verdict.from_domain {
        verdict.dmarc = Outcome::PermError;
    }
    align(&mut verdict);
    Some(verdict)
}

/// One `method=result` with what stands beside it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Finding {
    method: String,
    result: String,
    comment: String,
    properties: Vec<(String, String)>,
}

impl Finding {
    fn property(&self, name: &str) -> Option<&str> {
        let found = self.properties.iter().find(|(property, _)| property == name);
        found.map(|(_, value)| value.as_str())
    }

    fn domain(&self, names: &[&str]) -> Option<String> {
        let value = names.iter().find_map(|name| self.property(name))?;
        ascii_name(value.rsplit_once('@').map_or(value, |(_, domain)| domain))
    }
}

fn topmost(headers: &Headers<'_>, authserv_id: &str) -> Vec<Vec<Finding>> {
    let mut trusted = Vec::new();
    for (name, value) in headers.named(&["authentication-results", "received"]) {
        if name == "received" {
            if trusted.is_empty() {
                continue;
            }
            break;
        }
        let (id, findings) = read(&value);
        if id.eq_ignore_ascii_case(authserv_id.trim()) {
            trusted.push(findings);
        }
    }
    trusted
}

fn take(verdict: &mut Verdict, finding: &Finding, dmarc_domain: &mut Option<String>) {
    let outcome = outcome(&finding.result);
    match finding.method.as_str() {
        "spf" if verdict.spf == Outcome::None => {
            verdict.spf = outcome;
            verdict.spf_domain = finding.domain(&["smtp.mailfrom", "smtp.mail", "smtp.helo"]);
        }
        "dkim" => {
            if outcome == Outcome::Pass {
                verdict
                    .dkim_domains
                    .extend(finding.domain(&["header.d", "header.i"]));
            }
            if outcome.rank() < verdict.dkim.rank() {
                verdict.dkim = outcome;
            }
        }
        "dmarc" if verdict.dmarc == Outcome::None => {
            verdict.dmarc = outcome;
            *dmarc_domain = finding.domain(&["header.from"]);
            verdict.policy = policy(&finding.comment);
        }
        _ => {}
    }
}

/// `(p=REJECT sp=NONE dis=NONE)`: many servers tell the policy in the comment.
fn policy(comment: &str) -> Option<Policy> {
    comment.split([' ', ',', ';']).find_map(|word| {
        let value = word.strip_prefix("p=")?;
        match value.to_ascii_lowercase().as_str() {
            "none" => Some(Policy::None),
            "quarantine" => Some(Policy::Quarantine),
            "reject" => Some(Policy::Reject),
            _ => None,
        }
    })
}

fn outcome(word: &str) -> Outcome {
    match word.to_ascii_lowercase().as_str() {
        "pass" => Outcome::Pass,
        "fail" | "hardfail" => Outcome::Fail,
        "softfail" => Outcome::SoftFail,
        "neutral" | "policy" => Outcome::Neutral,
        "temperror" => Outcome::TempError,
        "permerror" => Outcome::PermError,
        _ => Outcome::None,
    }
}

/// The server's name and its findings. A header that begins with a finding has the name `none`.
fn read(value: &str) -> (String, Vec<Finding>) {
    let mut sections = Scanner::scan(value).into_iter().peekable();
    let named = sections
        .peek()
        .and_then(|section| section.words.first())
        .filter(|word| !word.contains('='))
        .cloned();
    if named.is_some() {
        sections.next();
    }
    let findings = sections.filter_map(finding).collect();
    (named.unwrap_or_else(|| String::from("none")), findings)
}

fn finding(section: Section) -> Option<Finding> {
    let mut words = section.words.iter().filter_map(|word| word.split_once('='));
    let (method, result) = words.next()?;
    Some(Finding {
        // `dkim/1=pass` names the version of the method.
        method: method.split('/').next().unwrap_or(method).to_ascii_lowercase(),
        result: result.to_owned(),
        properties: words
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        comment: section.comment,
    })
}

/// What stands between two semicolons: the words, and what stood in parentheses.
#[derive(Debug, Default)]
struct Section {
    words: Vec<String>,
    comment: String,
}

#[derive(Default)]
struct Scanner {
    done: Vec<Section>,
    section: Section,
    word: String,
    depth: usize,
    quoted: bool,
}

impl Scanner {
    fn scan(value: &str) -> Vec<Section> {
        let mut scanner = Scanner::default();
        let mut characters = value.chars();
        while let Some(c) = characters.next() {
            if c == '\\' && (scanner.quoted || scanner.depth > 0) {
                characters.next().into_iter().for_each(|c| scanner.keep(c));
            } else {
                scanner.step(c);
            }
        }
        scanner.end_section();
        scanner.done
    }

    fn step(&mut self, c: char) {
        match c {
            '"' if self.depth == 0 => self.quoted = !self.quoted,
            '(' if !self.quoted => self.depth += 1,
            ')' if !self.quoted && self.depth > 0 => {
                self.depth -= 1;
                self.section.comment.push(' ');
            }
            ';' if !self.quoted && self.depth == 0 => self.end_section(),
            '=' if self.word.is_empty() && self.depth == 0 => {
                self.word = self.section.words.pop().unwrap_or_default() + "=";
            }
            c if c.is_whitespace() && !self.quoted && self.depth == 0 => {
                if !self.word.ends_with('=') {
                    self.end_word();
                }
            }
            c => self.keep(c),
        }
    }

    fn keep(&mut self, c: char) {
        if self.depth > 0 {
            self.section.comment.push(c);
        } else {
            self.word.push(c);
        }
    }

    fn end_word(&mut self) {
        if !self.word.is_empty() {
            self.section.words.push(std::mem::take(&mut self.word));
        }
    }

    fn end_section(&mut self) {
        self.end_word();
        self.done.push(std::mem::take(&mut self.section));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOGLE: &str = "Received: by 2002:a17 with SMTP id x\r\n\
        Authentication-Results: mx.google.com;\r\n       \
        dkim=pass header.i=@shop.example header.s=s1 header.b=abc;\r\n       \
        spf=pass (google.com: domain of a@mail.shop.example designates 192.0.2.1 as permitted sender) \
        smtp.mailfrom=a@mail.shop.example;\r\n       \
        dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=shop.example\r\n\
        Received: from mail.shop.example\r\n\
        Authentication-Results: mx.google.com; dmarc=pass header.from=bank.example\r\n\
        From: Ann <ann@shop.example>\r\n\r\n";

    #[test]
    fn the_topmost_results_of_the_trusted_server_count() {
        let verdict = reported(GOOGLE.as_bytes(), "mx.google.com").unwrap();
        assert_eq!(
            verdict,
            Verdict {
                spf: Outcome::Pass,
                spf_domain: Some("mail.shop.example".into()),
                dkim: Outcome::Pass,
                dkim_domains: vec!["shop.example".into()],
                dmarc: Outcome::Pass,
                policy: Some(Policy::Reject),
                from_domain: Some("shop.example".into()),
                aligned_domain: Some("shop.example".into()),
            }
        );
        assert_eq!(reported(GOOGLE.as_bytes(), "mx.example.org"), None);
    }

    #[test]
    fn a_server_without_a_name_is_trusted_as_none() {
        let raw = "Authentication-Results: spf=fail (sender IP is 192.0.2.7)\r\n \
            smtp.mailfrom=bank.example; dkim=none (message not signed)\r\n \
            header.d=none;dmarc=fail action=quarantine header.from=bank.example;compauth=fail reason=000\r\n\
            From: a@bank.example\r\n\r\n";
        let verdict = reported(raw.as_bytes(), "none").unwrap();
        assert_eq!(
            (verdict.spf, verdict.dkim, verdict.dmarc, verdict.aligned_domain),
            (Outcome::Fail, Outcome::None, Outcome::Fail, None)
        );
    }

    #[test]
    fn results_spread_over_several_headers_belong_together() {
        let raw = "Authentication-Results: mx.desk.example; dmarc=none header.from=shop.example\r\n\
            Authentication-Results: mx.desk.example 1; spf = softfail smtp.helo=\"x;y.example\"\r\n\
            Authentication-Results: mx.desk.example; dkim/1=fail reason=\"bad; key\" header.d=a.example;\r\n \
            dkim=pass (good (really) \\) key) header.d=shop.example\r\n\
            Received: from x\r\nFrom: b@orders.shop.example\r\n\r\n";
        let verdict = reported(raw.as_bytes(), "MX.desk.example").unwrap();
        assert_eq!(
            (verdict.spf, verdict.dkim, verdict.dmarc),
            (Outcome::SoftFail, Outcome::Pass, Outcome::PermError)
        );
        assert_eq!(verdict.dkim_domains, ["shop.example"]);
    }

    #[test]
    fn results_for_another_from_prove_nothing() {
        for (from, proven) in [
            ("a@shop.example", true),
            ("a@bank.example", false),
            ("a@shop.example, b@bank.example", false),
            ("a@shop.example\r\nFrom: b@bank.example", false),
            ("nobody", false),
        ] {
            let raw = format!(
                "Authentication-Results: mx; dmarc=pass header.from=shop.example; \
                 dkim=pass header.d=shop.example\r\nFrom: {from}\r\n\r\n"
            );
            assert_eq!(
                reported(raw.as_bytes(), "mx").unwrap().proves_from(),
                proven,
                "{from}"
            );
        }
    }
}
