//! What a customer's message is about: the built-in categories of complaints, found by words.

use super::lexicon::Class;
use super::wordings::Found;

words! {
    /// The built-in categories of complaints, and the topics of messages.
    Topic {
        Logistics = "logistics", Quality = "quality", Service = "service", Price = "price",
        Counterfeit = "counterfeit", Safety = "safety", Privacy = "privacy", Refund = "refund",
        /// Not as described.
        Description = "description",
        Promotion = "promotion", Other = "other",
    }
}

/// Below this a topic is a coincidence.
const LEAST_SCORE: i64 = 2;
/// A second topic stands beside the first when its score is at least this share of it, in percent.
const SECOND_SHARE: i64 = 70;

/// What wordings say about one topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Case {
    topic: Topic,
    score: i64,
    grieves: bool,
}

/// The topics that wordings speak for, the strongest first, at most two. What went wrong outweighs what is only named:
/// "it broke, I want my money back" is about the quality.
pub(super) fn topics(found: &[Found]) -> Vec<(Topic, i64)> {
    let cases: Vec<Case> = Topic::ALL
        .iter()
        .filter_map(|topic| case(*topic, found))
        .collect();
    let gravest = cases
        .iter()
        .filter(|case| case.grieves)
        .map(|case| case.score)
        .max();
    let kept = cases
        .iter()
        .filter(|case| case.grieves || gravest.is_none_or(|most| case.score > most));
    rank(kept.map(|case| (case.topic, case.score)).collect())
}

/// The heaviest wording counts in full, the others by half: many words on one thing are not many things.
fn case(topic: Topic, found: &[Found]) -> Option<Case> {
    let own = || found.iter().filter(|one| one.class == Class::Topic(topic));
    let most = own().map(|one| one.weight).max()?;
    let all: i64 = own().map(|one| one.weight).sum();
    Some(Case {
        topic,
        score: most + (all - most) / 2,
        grieves: own().any(|one| one.grieves),
    })
}

/// The strongest first; of equals the graver.
pub(super) fn rank(mut scores: Vec<(Topic, i64)>) -> Vec<(Topic, i64)> {
    scores.retain(|(_, score)| *score >= LEAST_SCORE);
    scores.sort_by_key(|(topic, score)| (-score, -topic.weight(), *topic));
    let first = scores.first().map_or(0, |(_, score)| *score);
    scores.retain(|(_, score)| score * 100 >= first * SECOND_SHARE);
    scores.truncate(2);
    scores
}

impl Topic {
    /// How grave a complaint about it is when nothing else is known, from 1 to 4.
    pub fn weight(self) -> i64 {
        match self {
            Self::Counterfeit | Self::Safety | Self::Privacy => 3,
            Self::Logistics | Self::Quality | Self::Price | Self::Refund | Self::Description => 2,
            Self::Service | Self::Promotion | Self::Other => 1,
        }
    }
}
