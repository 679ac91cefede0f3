//! Two people edit one ticket: different fields both hold; of the same field the second is told.

words! {
    Field {
        Status = "status", Assignee = "assignee", Owner = "owner", Team = "team",
        Priority = "priority", Subject = "subject", Customer = "customer", Kind = "kind",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody changed the field since the editor looked: write it.
    Write,
    /// It already holds what the editor wants: nothing to do.
    Same,
    /// Somebody else changed it meanwhile: tell the editor, write nothing.
    Conflict,
}

/// Compares what the editor saw and wants with what the ticket holds now.
pub fn compare<T: PartialEq>(saw: &T, wants: &T, holds: &T) -> Verdict {
    if holds == wants {
        Verdict::Same
    } else if holds == saw {
        Verdict::Write
    } else {
        Verdict::Conflict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_holds_unless_somebody_else_changed_the_field() {
        assert_eq!(compare(&"open", &"solved", &"open"), Verdict::Write);
        assert_eq!(compare(&"open", &"solved", &"solved"), Verdict::Same);
        assert_eq!(compare(&"open", &"solved", &"on_hold"), Verdict::Conflict);
    }
}
