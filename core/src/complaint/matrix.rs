//! The grade of a complaint from how grave it is and how far it reaches. Suggested with its reasons; a person decides.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::findings::Findings;
use super::grade::Grade;
use super::kind::{self, TicketKind};
use super::money::{Money, rough_weight};
use super::signal::Signal;
use super::topic::Topic;

/// Rows: severity 1 to 4. Columns: reach 1 to 4.
pub type Matrix = [[Grade; 4]; 4];

/// What a workspace decides about grading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct GradingPolicy {
    /// Of ceilings and thresholds, ISO 4217.
    pub currency: String,
    /// From this sum on a complaint is grave; in the smallest unit of the currency.
    pub amount_large: i64,
    /// From this sum on it is as grave as can be.
    pub amount_huge: i64,
    /// Complaints of one customer within so many days count as repeated.
    pub repeat_days: i64,
    /// Tiers of customers whose complaints reach further.
    pub high_tiers: Vec<String>,
    #[schema(value_type = Vec<Vec<Grade>>)]
    pub matrix: Matrix,
}

impl Default for GradingPolicy {
    fn default() -> Self {
        use Grade::{I, Ii, Iii, Iv};
        Self {
            currency: "CNY".to_owned(),
            amount_large: 300_000,
            amount_huge: 2_000_000,
            repeat_days: 30,
            high_tiers: [
                "vip", "svip", "gold", "platinum", "diamond", "金卡", "白金", "钻石", "黑卡",
            ]
            .map(str::to_owned)
            .to_vec(),
            matrix: [
                [Iv, Iv, Iii, Ii],
                [Iv, Iii, Ii, Ii],
                [Iii, Ii, Ii, I],
                [Ii, I, I, I],
            ],
        }
    }
}

/// What else is known of the customer.
#[derive(Debug, Clone, Default)]
pub struct Circumstances {
    /// Earlier complaints within the policy's days.
    pub repeated: i64,
    pub tier: Option<String>,
}

/// Why: a code that is worded in the reader's language, with what belongs into the sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GradeReason {
    pub code: ReasonCode,
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    pub params: BTreeMap<String, serde_json::Value>,
}

words! {
    ReasonCode {
        Topic = "topic", Safety = "safety", Health = "health", Amount = "amount", Media = "media",
        Lawyer = "lawyer", Authority = "authority", LegalWords = "legal_words", Repeated = "repeated",
        Tier = "tier", Tone = "tone", ManyMessages = "many_messages", Matrix = "matrix",
    }
}

/// What the desk thinks of a complaint before a person has decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Suggestion {
    pub grade: Grade,
    /// From 1 to 4.
    pub severity: i64,
    /// From 1 to 4.
    pub reach: i64,
    pub kind: TicketKind,
    pub topic: Option<Topic>,
    pub reasons: Vec<GradeReason>,
}

/// A tone as negative as this raises what would be trifling.
const STRONG_TONE: u8 = 80;
/// So many messages in a row mean that nobody helped.
const MANY_MESSAGES: i64 = 4;

/// Suggests a grade.
pub fn suggest(findings: &Findings, circumstances: &Circumstances, policy: &GradingPolicy) -> Suggestion {
    let mut reasons = Vec::new();
    let severity = severity(findings, policy, &mut reasons);
    let reach = reach(findings, circumstances, policy, &mut reasons);
    let grade = policy.matrix[place(severity)][place(reach)];
    reasons.push(reason(
        ReasonCode::Matrix,
        [
            ("severity", severity.into()),
            ("reach", reach.into()),
            ("grade", grade.as_str().into()),
        ],
    ));
    Suggestion {
        grade,
        severity,
        reach,
        kind: kind::suggest(findings),
        topic: findings.topic(),
        reasons,
    }
}

fn severity(findings: &Findings, policy: &GradingPolicy, reasons: &mut Vec<GradeReason>) -> i64 {
    let mut severity = 1;
    if let Some(topic) = findings.topic() {
        // A question about safety is not yet a complaint about it.
        let is_asked =
            topic == Topic::Safety && !findings.has(Signal::Safety) && !findings.has(Signal::Health);
        severity = if is_asked { 2 } else { topic.weight() };
        let mut why = reason(ReasonCode::Topic, [("topic", topic.as_str().into())]);
        if let Some(words) = findings.words.get(&topic) {
            why.params.insert("word".to_owned(), words.as_str().into());
        }
        reasons.push(why);
    }
    for (signal, code) in [
        (Signal::Safety, ReasonCode::Safety),
        (Signal::Health, ReasonCode::Health),
    ] {
        if let Some(word) = findings.signals.get(signal.as_str()) {
            severity = 4;
            reasons.push(reason(code, [("word", word.as_str().into())]));
        }
    }
    if let Some(amount) = &findings.amount {
        let home = |minor| {
            rough_weight(&Money {
                minor,
                currency: policy.currency.clone(),
            })
        };
        let weight = rough_weight(amount);
        if weight >= home(policy.amount_large) {
            severity = severity.max(if weight >= home(policy.amount_huge) { 4 } else { 3 });
            let params = [
                ("minor", amount.minor.into()),
                ("currency", amount.currency.as_str().into()),
            ];
            reasons.push(reason(ReasonCode::Amount, params));
        }
    }
    if findings.negative >= STRONG_TONE {
        severity = severity.max(2);
        reasons.push(reason(ReasonCode::Tone, [("strength", findings.negative.into())]));
    }
    severity
}

fn reach(
    findings: &Findings,
    circumstances: &Circumstances,
    policy: &GradingPolicy,
    reasons: &mut Vec<GradeReason>,
) -> i64 {
    let mut reach = 1;
    let mut threats = 0;
    for (signal, code) in [
        (Signal::Media, ReasonCode::Media),
        (Signal::Lawyer, ReasonCode::Lawyer),
        (Signal::Authority, ReasonCode::Authority),
    ] {
        if let Some(word) = findings.signals.get(signal.as_str()) {
            threats += 1;
            reasons.push(reason(code, [("word", word.as_str().into())]));
        }
    }
    reach = reach.max(match threats {
        0 => 1,
        1 => 3,
        _ => 4,
    });
    if let Some(word) = findings.signals.get(Signal::LegalWords.as_str()) {
        reach = reach.max(2);
        reasons.push(reason(ReasonCode::LegalWords, [("word", word.as_str().into())]));
    }
    // Where one was hurt, others may be.
    if findings.has(Signal::Health) {
        reach = reach.max(2);
    }
    if circumstances.repeated > 0 {
        reach = reach.max(if circumstances.repeated > 1 { 3 } else { 2 });
        reasons.push(reason(
            ReasonCode::Repeated,
            [("count", circumstances.repeated.into())],
        ));
    }
    if let Some(tier) = circumstances.tier.as_deref().filter(|tier| is_high(tier, policy)) {
        reach = reach.max(2);
        reasons.push(reason(ReasonCode::Tier, [("tier", tier.into())]));
    }
    if findings.messages >= MANY_MESSAGES && findings.negative > 0 {
        reach = reach.max(2);
        reasons.push(reason(
            ReasonCode::ManyMessages,
            [("count", findings.messages.into())],
        ));
    }
    reach
}

fn is_high(tier: &str, policy: &GradingPolicy) -> bool {
    let tier = crate::customer::fold(tier);
    policy
        .high_tiers
        .iter()
        .any(|high| crate::customer::fold(high) == tier)
}

fn reason<const N: usize>(code: ReasonCode, params: [(&str, serde_json::Value); N]) -> GradeReason {
    GradeReason {
        code,
        params: params
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    }
}

/// The row or column of 1 to 4.
fn place(level: i64) -> usize {
    usize::try_from(level.clamp(1, 4) - 1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::findings::read;
    use super::*;

    fn grade(text: &str, repeated: i64, tier: Option<&str>) -> Grade {
        let circumstances = Circumstances {
            repeated,
            tier: tier.map(str::to_owned),
        };
        suggest(&read(text, "CNY"), &circumstances, &GradingPolicy::default()).grade
    }

    #[test]
    fn the_grade_follows_from_what_is_at_stake_and_how_far_it_reaches() {
        use Grade::{I, Ii, Iii, Iv};
        for (text, repeated, tier, expected) in [
            ("优惠券领了用不了", 0, None, Iv),
            ("快递半个月了还没收到", 0, None, Iv),
            ("快递半个月了还没收到", 1, None, Iii),
            ("快递半个月了还没收到", 2, None, Ii),
            ("快递半个月了还没收到", 0, Some("VIP"), Iii),
            ("快递半个月了还没收到", 0, Some("bronze"), Iv),
            ("你们卖的是假货", 0, None, Iii),
            ("你们卖的是假货，我要打12315投诉", 0, None, Ii),
            ("假货！我打了12315，也联系了记者", 0, None, I),
            ("充电器冒烟了", 0, None, Ii),
            ("高压锅爆炸，手烫伤了", 0, None, I),
            (
                "My son was injured when the chair collapsed. My lawyer will contact you.",
                0,
                None,
                I,
            ),
            ("Parcel worth £480 is lost", 0, None, Iii),
            ("You debited 3000 pounds too much", 0, None, Ii),
        ] {
            assert_eq!(
                grade(text, repeated, tier),
                expected,
                "{text} {repeated} {tier:?}"
            );
        }
    }

    #[test]
    fn every_step_of_a_suggestion_has_its_reason() {
        let circumstances = Circumstances {
            repeated: 2,
            tier: Some("Gold".to_owned()),
        };
        let findings = read("Fake! 12315 and a journalist will hear of this, 5000元", "CNY");
        let codes: Vec<_> = suggest(&findings, &circumstances, &GradingPolicy::default())
            .reasons
            .iter()
            .map(|reason| reason.code)
            .collect();
        for code in [
            ReasonCode::Topic,
            ReasonCode::Amount,
            ReasonCode::Media,
            ReasonCode::Authority,
            ReasonCode::Repeated,
            ReasonCode::Tier,
            ReasonCode::Matrix,
        ] {
            assert!(codes.contains(&code), "{code} is not among {codes:?}");
        }
    }

    #[test]
    fn a_calm_message_does_not_take_a_threat_back() {
        let both = read("我要找律师起诉你们，假货", "CNY").and(&read("好的", "CNY"));
        assert!(both.has(Signal::Lawyer) && both.topic() == Some(Topic::Counterfeit));
        assert_eq!(both.messages, 2);
    }

    proptest! {
        #[test]
        fn more_messages_never_make_a_complaint_less_grave(one in "\\PC{0,80}", other in "\\PC{0,80}") {
            let policy = GradingPolicy::default();
            let first = read(&one, "CNY");
            let signals = first.signals.len();
            let both = first.and(&read(&other, "CNY"));
            prop_assert!(both.signals.len() >= signals);
            let suggestion = suggest(&both, &Circumstances::default(), &policy);
            prop_assert!((1..=4).contains(&suggestion.severity) && (1..=4).contains(&suggestion.reach));
        }
    }
}
