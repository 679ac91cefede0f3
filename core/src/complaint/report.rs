//! The closure report of a case: one HTML page made for printing, in English or Chinese.
//!
//! Pure: values in, page out. Every word that anybody wrote is escaped; the page runs nothing and loads nothing.

use std::fmt::Write;

use super::case::{CaseField, Closure, CompensationKind, CompensationState, Liable, Remedy};
use super::grade::Grade;
use super::matrix::GradeReason;
use super::money::Money;
use super::report_words::{self as words, Words};
use crate::time::Timestamp;

words! {
    ReportLanguage { English = "en", Chinese = "zh" }
}

/// All that the page says. Names of people and categories are resolved already.
#[derive(Debug, Clone)]
pub struct Report {
    pub workspace: String,
    pub ticket_number: String,
    pub subject: String,
    pub customer: String,
    pub tier: Option<String>,
    pub opened_at: Timestamp,
    pub printed_at: Timestamp,
    pub grade: Grade,
    pub grade_confirmed: bool,
    pub reasons: Vec<GradeReason>,
    /// A built-in topic's word or the workspace's own name, from the top of the tree down.
    pub category: Vec<String>,
    pub answers_for_it: Option<String>,
    pub cause: String,
    pub liable: Option<Liable>,
    pub remedy: Option<Remedy>,
    pub remedy_note: String,
    pub cost: Option<Money>,
    pub authority: Option<(String, String, Option<Timestamp>)>,
    pub checklist: Vec<(String, Option<Timestamp>)>,
    pub evidence: Vec<Piece>,
    pub compensations: Vec<Given>,
    pub changes: Vec<Change>,
    pub closure: Option<(Closure, Timestamp, String, String)>,
    pub follow_up: Option<(Timestamp, Option<String>)>,
    pub zone: Zone,
}

/// In whose time the page tells instants.
#[derive(Debug, Clone)]
pub struct Zone(pub jiff::tz::TimeZone);

#[derive(Debug, Clone)]
pub struct Piece {
    pub kind: String,
    pub name: String,
    pub note: String,
    pub url: Option<String>,
    pub at: Timestamp,
    pub by: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Given {
    pub kind: CompensationKind,
    pub amount: Money,
    pub reason: String,
    pub state: CompensationState,
    pub requested_by: String,
    pub decided_by: Option<String>,
    pub decision: String,
}

#[derive(Debug, Clone)]
pub struct Change {
    pub at: Timestamp,
    pub by: String,
    pub field: CaseField,
    pub from: Option<String>,
    pub to: Option<String>,
    pub reason: String,
}

const STYLE: &str = "body{font:12pt/1.5 'Noto Serif CJK SC','Songti SC',SimSun,Georgia,serif;max-width:46rem;\
margin:2rem auto;padding:0 1rem;color:#111;background:#fff}h1{font-size:1.5em;margin:0}h2{font-size:1.1em;\
border-bottom:1px solid #999;margin:1.6em 0 .4em;break-after:avoid}table{border-collapse:collapse;width:100%}\
th,td{border-bottom:1px solid #ddd;padding:.25em .5em .25em 0;text-align:left;vertical-align:top;\
overflow-wrap:anywhere}th{width:11em;font-weight:600}thead th{width:auto}tr{break-inside:avoid}p{white-space:pre-wrap;\
overflow-wrap:anywhere}.grade{font-size:2em;font-weight:700;float:right}.signs{display:flex;gap:3rem;margin-top:4rem}\
.signs div{border-top:1px solid #111;flex:1;padding-top:.3em}@page{size:A4;margin:18mm}@media print{body{margin:0;\
max-width:none}}";

impl Report {
    pub fn page(&self, language: ReportLanguage) -> String {
        let words = words::of(language);
        let mut page = Page {
            text: String::with_capacity(16_384),
            words,
            zone: &self.zone,
        };
        let _ = write!(
            page.text,
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\"><title>{} {}</title>\
             <style>{STYLE}</style></head><body>",
            words.language,
            words.title,
            escape(&self.ticket_number)
        );
        self.head(&mut page);
        self.findings(&mut page);
        self.lists(&mut page);
        self.history(&mut page);
        self.end(&mut page);
        page.text.push_str("</body></html>");
        page.text
    }

    fn head(&self, page: &mut Page<'_>) {
        let words = page.words;
        let _ = write!(
            page.text,
            "<header><span class=\"grade\">{}</span><p>{}</p><h1>{} {}</h1></header>",
            words.grade_of(self.grade),
            escape(&self.workspace),
            words.title,
            escape(&self.ticket_number)
        );
        page.table(|page| {
            page.row(words.subject, &self.subject);
            let customer = match &self.tier {
                Some(tier) => format!("{} ({tier})", self.customer),
                None => self.customer.clone(),
            };
            page.row(words.customer, &customer);
            let opened = page.time(self.opened_at);
            page.row(words.opened, &opened);
            let confirmed = if self.grade_confirmed {
                words.confirmed
            } else {
                words.unconfirmed
            };
            page.row(
                words.grade,
                &format!("{} · {confirmed}", words.grade_of(self.grade)),
            );
            let path: Vec<&str> = self.category.iter().map(|name| words.topic_or(name)).collect();
            page.row(words.category, &path.join(" / "));
            page.row(
                words.answers_for_it,
                self.answers_for_it.as_deref().unwrap_or("–"),
            );
        });
    }

    fn findings(&self, page: &mut Page<'_>) {
        let words = page.words;
        if !self.reasons.is_empty() {
            page.heading(words.reasons);
            page.text.push_str("<ul>");
            for reason in &self.reasons {
                let _ = write!(page.text, "<li>{}</li>", escape(&words.reason(reason)));
            }
            page.text.push_str("</ul>");
        }
        page.heading(words.cause);
        page.paragraph(&self.cause);
        page.heading(words.remedy);
        page.table(|page| {
            page.row(
                words.liable,
                self.liable.map_or("–", |liable| words.liable_of(liable)),
            );
            page.row(
                words.remedy,
                self.remedy.map_or("–", |remedy| words.remedy_of(remedy)),
            );
            if !self.remedy_note.is_empty() {
                page.row("", &self.remedy_note);
            }
            let cost = self.cost.as_ref().map_or_else(|| "–".to_owned(), money);
            page.row(words.cost, &cost);
        });
        if let Some((name, number, due)) = &self.authority {
            page.heading(words.authority);
            page.table(|page| {
                page.row(words.authority, name);
                page.row(words.number, number);
                if let Some(due) = due {
                    let due = page.time(*due);
                    page.row(words.due, &due);
                }
            });
        }
    }

    fn lists(&self, page: &mut Page<'_>) {
        let words = page.words;
        if !self.compensations.is_empty() {
            page.heading(words.compensations);
            page.columns(&[
                words.amount,
                words.state,
                words.asked_by,
                words.decided_by,
                words.reason,
            ]);
            for given in &self.compensations {
                let amount = format!("{} · {}", words.compensation_of(given.kind), money(&given.amount));
                let why: Vec<&str> = [given.reason.as_str(), given.decision.as_str()]
                    .into_iter()
                    .filter(|text| !text.is_empty())
                    .collect();
                let decided_by = given.decided_by.as_deref().unwrap_or("–");
                let state = words.state_of(given.state);
                page.cells(&[&amount, state, &given.requested_by, decided_by, &why.join(" — ")]);
            }
            page.text.push_str("</tbody></table>");
        }
        if !self.evidence.is_empty() {
            page.heading(words.evidence);
            page.columns(&[words.what, words.note, words.added]);
            for piece in &self.evidence {
                let what = [
                    Some(piece.kind.as_str()),
                    Some(piece.name.as_str()),
                    piece.url.as_deref(),
                ];
                let what: Vec<&str> = what
                    .into_iter()
                    .flatten()
                    .filter(|text| !text.is_empty())
                    .collect();
                let added = format!(
                    "{} {}",
                    page.time(piece.at),
                    piece.by.as_deref().unwrap_or_default()
                );
                page.cells(&[&what.join(" · "), &piece.note, &added]);
            }
            page.text.push_str("</tbody></table>");
        }
        if !self.checklist.is_empty() {
            page.heading(words.checklist);
            page.table(|page| {
                for (item, done) in &self.checklist {
                    let done = done.map_or_else(|| words.not_done.to_owned(), |at| page.time(at));
                    page.row(words.item_or(item), &done);
                }
            });
        }
    }

    fn history(&self, page: &mut Page<'_>) {
        let words = page.words;
        if self.changes.is_empty() {
            return;
        }
        page.heading(words.history);
        page.columns(&[words.when, words.who, words.what, words.reason]);
        for change in &self.changes {
            let what = format!(
                "{}: {} → {}",
                words.field_of(change.field),
                words.value(change.field, change.from.as_deref()),
                words.value(change.field, change.to.as_deref())
            );
            let at = page.time(change.at);
            page.cells(&[&at, &change.by, &what, &change.reason]);
        }
        page.text.push_str("</tbody></table>");
    }

    fn end(&self, page: &mut Page<'_>) {
        let words = page.words;
        page.heading(words.closure);
        match &self.closure {
            Some((closure, at, by, note)) => page.table(|page| {
                page.row(words.closed_on, words.closure_of(*closure));
                let when = format!("{} · {by}", page.time(*at));
                page.row(words.when, &when);
                page.row(words.note, note);
                if let Some((due, outcome)) = &self.follow_up {
                    let due = format!(
                        "{} · {}",
                        page.time(*due),
                        outcome.as_deref().unwrap_or(words.not_done)
                    );
                    page.row(words.follow_up, &due);
                }
            }),
            None => page.paragraph(words.still_open),
        }
        let printed = page.time(self.printed_at);
        let _ = write!(
            page.text,
            "<div class=\"signs\"><div>{}</div><div>{}</div></div><p>{} {printed}</p>",
            words.sign_handler, words.sign_supervisor, words.printed
        );
    }
}

struct Page<'r> {
    text: String,
    words: &'static Words,
    zone: &'r Zone,
}

impl Page<'_> {
    fn heading(&mut self, text: &str) {
        let _ = write!(self.text, "<h2>{}</h2>", escape(text));
    }

    fn paragraph(&mut self, text: &str) {
        let text = if text.is_empty() { "–" } else { text };
        let _ = write!(self.text, "<p>{}</p>", escape(text));
    }

    fn table(&mut self, rows: impl FnOnce(&mut Self)) {
        self.text.push_str("<table><tbody>");
        rows(self);
        self.text.push_str("</tbody></table>");
    }

    fn row(&mut self, name: &str, value: &str) {
        let _ = write!(
            self.text,
            "<tr><th>{}</th><td>{}</td></tr>",
            escape(name),
            escape(value)
        );
    }

    fn columns(&mut self, names: &[&str]) {
        self.text.push_str("<table><thead><tr>");
        for name in names {
            let _ = write!(self.text, "<th>{}</th>", escape(name));
        }
        self.text.push_str("</tr></thead><tbody>");
    }

    fn cells(&mut self, values: &[&str]) {
        self.text.push_str("<tr>");
        for value in values {
            let _ = write!(self.text, "<td>{}</td>", escape(value));
        }
        self.text.push_str("</tr>");
    }

    fn time(&self, at: Timestamp) -> String {
        let Ok(at) = jiff::Timestamp::from_millisecond(at.millis()) else {
            return String::new();
        };
        let local = at.to_zoned(self.zone.0.clone());
        local.strftime("%Y-%m-%d %H:%M").to_string()
    }
}

/// What a text is in HTML, between tags and in attributes alike. Controls and marks that turn the direction of
/// writing are left out: they could make a page say another thing than it holds.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(character),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => {}
            c if c.is_control() => {}
            c => safe.push(c),
        }
    }
    safe
}

/// An amount with its currency: two decimals, none for currencies without smaller coins.
pub fn money(money: &Money) -> String {
    let whole = matches!(money.currency.as_str(), "JPY" | "KRW" | "VND" | "CLP" | "ISK");
    let sign = if money.minor < 0 { "-" } else { "" };
    let minor = money.minor.unsigned_abs();
    if whole {
        return format!("{sign}{minor} {}", money.currency);
    }
    format!("{sign}{}.{:02} {}", minor / 100, minor % 100, money.currency)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn report(text: &str) -> Report {
        let at = Timestamp::from_millis(1_795_339_800_000);
        let own = text.to_owned();
        Report {
            workspace: own.clone(),
            ticket_number: own.clone(),
            subject: own.clone(),
            customer: own.clone(),
            tier: Some(own.clone()),
            opened_at: at,
            printed_at: at,
            grade: Grade::I,
            grade_confirmed: true,
            reasons: vec![GradeReason {
                code: super::super::ReasonCode::Lawyer,
                params: [("word".to_owned(), own.clone().into())].into(),
            }],
            category: vec!["quality".to_owned(), own.clone()],
            answers_for_it: Some(own.clone()),
            cause: own.clone(),
            liable: Some(Liable::Carrier),
            remedy: Some(Remedy::Refund),
            remedy_note: own.clone(),
            cost: Some(Money {
                minor: 12_345,
                currency: own.clone(),
            }),
            authority: Some((own.clone(), own.clone(), Some(at))),
            checklist: vec![("contact_customer".to_owned(), Some(at)), (own.clone(), None)],
            evidence: vec![Piece {
                kind: own.clone(),
                name: own.clone(),
                note: own.clone(),
                url: Some(own.clone()),
                at,
                by: Some(own.clone()),
            }],
            compensations: vec![Given {
                kind: CompensationKind::Voucher,
                amount: Money {
                    minor: 5,
                    currency: "CNY".to_owned(),
                },
                reason: own.clone(),
                state: CompensationState::Paid,
                requested_by: own.clone(),
                decided_by: Some(own.clone()),
                decision: own.clone(),
            }],
            changes: vec![Change {
                at,
                by: own.clone(),
                field: CaseField::Grade,
                from: Some(own.clone()),
                to: Some(own.clone()),
                reason: own.clone(),
            }],
            closure: Some((Closure::Customer, at, own.clone(), own.clone())),
            follow_up: Some((at, Some(own))),
            zone: Zone(jiff::tz::TimeZone::UTC),
        }
    }

    /// What the page consists of, with the words taken out.
    fn tags(page: &str) -> Vec<&str> {
        page.split('<')
            .skip(1)
            .map(|tag| tag.split('>').next().unwrap())
            .collect()
    }

    #[test]
    fn hostile_words_add_no_tag_and_leave_no_attribute() {
        for language in ReportLanguage::ALL {
            let plain = report("calm").page(*language);
            for hostile in [
                "<script>alert(1)</script>",
                "\"><img src=x onerror=alert(1)>",
                "</td></table></body><iframe src=javascript:alert(1)>",
                "'-alert(1)-'",
                "<!--",
                "]]><![CDATA[",
                "{{constructor.constructor('x')()}}",
                "&lt;b&gt;",
                "\u{202e}gnp.exe\u{0}",
            ] {
                let page = report(hostile).page(*language);
                assert_eq!(tags(&page), tags(&plain), "{hostile}");
                assert!(!page.contains('\u{202e}') && !page.contains('\u{0}'));
            }
        }
    }

    #[test]
    fn the_page_is_written_in_the_readers_language_and_shows_local_time() {
        let mut report = report("x");
        report.zone = Zone(jiff::tz::TimeZone::get("Asia/Shanghai").unwrap());
        let chinese = report.page(ReportLanguage::Chinese);
        assert!(chinese.contains("投诉结案报告") && chinese.contains("一级") && chinese.contains("承运商"));
        assert!(chinese.contains("2026-11-22 17:30"), "nine thirty in Greenwich");
        let english = report.page(ReportLanguage::English);
        assert!(
            english.contains("Complaint report")
                && english.contains("Grade I")
                && english.contains("Carrier")
        );
    }

    #[test]
    fn sums_are_written_with_their_cents() {
        let of = |minor, currency: &str| {
            money(&Money {
                minor,
                currency: currency.to_owned(),
            })
        };
        assert_eq!(of(12_305, "CNY"), "123.05 CNY");
        assert_eq!(of(500, "JPY"), "500 JPY");
        assert_eq!(of(-5, "EUR"), "-0.05 EUR");
    }

    proptest! {
        #[test]
        fn no_text_breaks_out_of_its_place(text in any::<String>()) {
            // An empty remark has no row of its own.
            prop_assume!(!text.is_empty());
            let page = report(&text).page(ReportLanguage::English);
            let plain = report("calm").page(ReportLanguage::English);
            prop_assert_eq!(tags(&page), tags(&plain));
        }
    }
}
