//! What a customer's message is about: the built-in categories of complaints, found by words.

use super::lexicon::{Class, Found};

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
const SECOND_SHARE: i64 = 60;

/// The topics that words speak for, the strongest first, at most two.
pub(super) fn topics(found: &[Found]) -> Vec<(Topic, i64)> {
    let mut scores: Vec<(Topic, i64)> = Vec::new();
    for one in found {
        let Class::Topic(topic) = one.class else { continue };
        match scores.iter_mut().find(|(known, _)| *known == topic) {
            Some((_, score)) => *score += one.weight,
            None => scores.push((topic, one.weight)),
        }
    }
    rank(scores)
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
