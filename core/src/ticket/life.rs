//! The life of a ticket: what a message or a chosen status does to its category, its waiting and its people.

use crate::id::AgentId;
use crate::time::Timestamp;

words! {
    /// What a status means, whatever the workspace calls it.
    Category { New = "new", Open = "open", Waiting = "waiting", OnHold = "on_hold", Solved = "solved", Closed = "closed" }
}

impl Category {
    /// Still somebody's work.
    pub fn is_active(self) -> bool {
        !matches!(self, Self::Solved | Self::Closed)
    }
}

words! {
    Priority { Low = "low", Normal = "normal", High = "high", Urgent = "urgent" }
}

/// The part of a ticket that its life decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    pub category: Category,
    /// Works on it now.
    pub assignee: Option<AgentId>,
    /// Answers for it until it is solved: the first human who answered (首问负责制).
    pub owner: Option<AgentId>,
    /// The oldest customer message that no human has answered in public.
    pub waiting_since: Option<Timestamp>,
    pub first_response_at: Option<Timestamp>,
    pub solved_at: Option<Timestamp>,
}

/// A customer wrote. `None`: the ticket is closed for good, and the message opens one of its own.
///
/// An automatic message (an out-of-office) joins silently: it neither reopens nor waits for an answer.
pub fn customer_wrote(life: &Life, at: Timestamp, automatic: bool) -> Option<Life> {
    if life.category == Category::Closed {
        return None;
    }
    if automatic {
        return Some(*life);
    }
    let category = if life.category == Category::New {
        Category::New
    } else {
        Category::Open
    };
    Some(Life {
        category,
        waiting_since: life.waiting_since.or(Some(at)),
        solved_at: None,
        ..*life
    })
}

/// A person of the desk answered in public.
pub fn agent_answered(life: &Life, agent: AgentId, at: Timestamp) -> Life {
    let category = if life.category == Category::New {
        Category::Open
    } else {
        life.category
    };
    Life {
        category,
        assignee: life.assignee.or(Some(agent)),
        owner: life.owner.or(Some(agent)),
        waiting_since: None,
        first_response_at: life.first_response_at.or(Some(at)),
        ..*life
    }
}

/// An answer did not arrive: the customer still waits, and the matter is open again unless it is closed for good.
pub fn answer_failed(life: &Life, at: Timestamp) -> Life {
    match life.category {
        Category::Closed | Category::New => *life,
        Category::Open | Category::Waiting | Category::OnHold | Category::Solved => Life {
            category: Category::Open,
            waiting_since: life.waiting_since.or(Some(at)),
            solved_at: None,
            ..*life
        },
    }
}

/// The ticket was merged into another: nobody waits here any more.
pub fn merged_away(life: &Life, at: Timestamp) -> Life {
    Life {
        category: Category::Closed,
        waiting_since: None,
        solved_at: life.solved_at.or(Some(at)),
        ..*life
    }
}

/// Another ticket was merged into this one: whoever waits there waits here now, and whoever answered there has
/// answered. Nobody loses the ticket by it.
pub fn joined_by(life: &Life, other: &Life) -> Life {
    let waits = other.category.is_active() && other.waiting_since.is_some();
    let reopens = waits
        && matches!(
            life.category,
            Category::Waiting | Category::OnHold | Category::Solved
        );
    Life {
        category: if reopens { Category::Open } else { life.category },
        assignee: life.assignee.or(other.assignee),
        owner: life.owner.or(other.owner),
        waiting_since: earlier(life.waiting_since, other.waiting_since.filter(|_| waits)),
        first_response_at: earlier(life.first_response_at, other.first_response_at),
        solved_at: if reopens { None } else { life.solved_at },
    }
}

/// Messages left the ticket. `waiting_since`: as those that stayed say.
pub fn left_with(life: &Life, waiting_since: Option<Timestamp>) -> Life {
    Life {
        waiting_since: life.waiting_since.and(waiting_since),
        ..*life
    }
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Somebody chose a status of this category.
pub fn category_chosen(life: &Life, category: Category, at: Timestamp) -> Life {
    let solved_at = if category.is_active() {
        None
    } else {
        life.solved_at.or(Some(at))
    };
    let waiting_since = if category.is_active() {
        life.waiting_since
    } else {
        None
    };
    Life {
        category,
        waiting_since,
        solved_at,
        ..*life
    }
}

/// Whether a status of this category, chosen by hand, asks for a reason: it puts the work aside, or says that the
/// customer has to answer while the customer is waiting for the desk.
pub fn needs_reason(life: &Life, category: Category) -> bool {
    let parks = match category {
        Category::OnHold => true,
        Category::Waiting => life.waiting_since.is_some(),
        Category::New | Category::Open | Category::Solved | Category::Closed => false,
    };
    parks && category != life.category
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Ids;

    const NOON: Timestamp = Timestamp::from_millis(1_000_000);
    const LATER: Timestamp = Timestamp::from_millis(2_000_000);

    fn life(category: Category) -> Life {
        Life {
            category,
            assignee: None,
            owner: None,
            waiting_since: None,
            first_response_at: None,
            solved_at: None,
        }
    }

    #[test]
    fn a_customer_message_reopens_what_was_waiting_held_or_solved() {
        for (before, after) in [
            (Category::New, Some(Category::New)),
            (Category::Open, Some(Category::Open)),
            (Category::Waiting, Some(Category::Open)),
            (Category::OnHold, Some(Category::Open)),
            (Category::Solved, Some(Category::Open)),
            (Category::Closed, None),
        ] {
            assert_eq!(
                customer_wrote(&life(before), NOON, false).map(|life| life.category),
                after,
                "{before}"
            );
        }
    }

    #[test]
    fn what_puts_work_aside_needs_a_reason() {
        let asked = Life {
            waiting_since: Some(NOON),
            ..life(Category::Open)
        };
        let answered = life(Category::Open);
        for (life, category, needed) in [
            (asked, Category::OnHold, true),
            (answered, Category::OnHold, true),
            (asked, Category::Waiting, true),
            (answered, Category::Waiting, false),
            (asked, Category::Solved, false),
            (asked, Category::Open, false),
            (life(Category::OnHold), Category::OnHold, false),
            (life(Category::OnHold), Category::Waiting, false),
        ] {
            assert_eq!(needs_reason(&life, category), needed, "{life:?} to {category}");
        }
    }

    #[test]
    fn an_out_of_office_changes_nothing() {
        assert_eq!(
            customer_wrote(&life(Category::Solved), NOON, true),
            Some(life(Category::Solved))
        );
    }

    #[test]
    fn an_answer_that_failed_opens_the_ticket_again() {
        let solved = category_chosen(&life(Category::Open), Category::Solved, NOON);
        let again = answer_failed(&solved, LATER);
        assert_eq!(
            (again.category, again.waiting_since, again.solved_at),
            (Category::Open, Some(LATER), None)
        );
        assert_eq!(
            answer_failed(&life(Category::Closed), NOON),
            life(Category::Closed)
        );
    }

    #[test]
    fn a_merge_brings_the_waiting_customer_along() {
        for (winner, loser, category, waiting) in [
            (Category::Solved, Category::Open, Category::Open, Some(NOON)),
            (Category::Waiting, Category::New, Category::Open, Some(NOON)),
            (Category::Open, Category::Open, Category::Open, Some(NOON)),
            (Category::New, Category::Open, Category::New, Some(NOON)),
            (Category::Solved, Category::Solved, Category::Solved, None),
            (Category::Open, Category::Closed, Category::Open, None),
        ] {
            let other = Life {
                waiting_since: Some(NOON),
                ..life(loser)
            };
            let joined = joined_by(&life(winner), &other);
            assert_eq!(
                (joined.category, joined.waiting_since),
                (category, waiting),
                "{winner} {loser}"
            );
        }
        let away = merged_away(&life(Category::Open), NOON);
        assert_eq!((away.category, away.waiting_since), (Category::Closed, None));
    }

    #[test]
    fn who_waited_in_both_waits_since_the_earlier() {
        let (one, other) = (
            Life {
                waiting_since: Some(LATER),
                ..life(Category::Open)
            },
            Life {
                waiting_since: Some(NOON),
                ..life(Category::Open)
            },
        );
        assert_eq!(joined_by(&one, &other).waiting_since, Some(NOON));
        assert_eq!(left_with(&one, None).waiting_since, None);
        assert_eq!(left_with(&life(Category::Solved), Some(NOON)).waiting_since, None);
    }

    #[test]
    fn waiting_counts_from_the_oldest_unanswered_message() {
        let first = customer_wrote(&life(Category::New), NOON, false).unwrap();
        let second = customer_wrote(&first, LATER, false).unwrap();
        assert_eq!(second.waiting_since, Some(NOON));
    }

    #[test]
    fn the_first_who_answers_owns_the_ticket_and_stays_its_owner() {
        let ids = Ids::seeded(1);
        let (first, second): (AgentId, AgentId) = (ids.next(NOON), ids.next(NOON));
        let answered = agent_answered(&life(Category::New), first, NOON);
        assert_eq!(
            (answered.category, answered.owner, answered.assignee),
            (Category::Open, Some(first), Some(first))
        );
        let again = agent_answered(&answered, second, LATER);
        assert_eq!((again.owner, again.first_response_at), (Some(first), Some(NOON)));
    }

    #[test]
    fn reopening_forgets_when_it_was_solved() {
        let solved = category_chosen(&life(Category::Open), Category::Solved, NOON);
        assert_eq!(solved.solved_at, Some(NOON));
        assert_eq!(customer_wrote(&solved, LATER, false).unwrap().solved_at, None);
    }
}
