//! The words of a complaint's case: what is kept of it, how a compensation stands, and how it is closed.

words! {
    /// What of a case can change; every change is kept with who, when and why.
    CaseField {
        Grade = "grade", Category = "category", Cause = "cause", Liable = "liable", Remedy = "remedy", Cost = "cost",
        Checklist = "checklist", Evidence = "evidence", Authority = "authority", FollowUp = "follow_up",
        Taken = "taken", Level = "level", State = "state",
    }
}

words! {
    CaseState { Open = "open", Closed = "closed" }
}

words! {
    /// On whose word a case is closed.
    Closure {
        /// The customer said that the matter is settled.
        Customer = "customer",
        /// Somebody who may close cases vouches for it.
        Supervisor = "supervisor",
        /// It was no complaint: the ticket's kind was changed.
        Mistaken = "mistaken",
    }
}

words! {
    /// Who has to answer for what went wrong.
    Liable {
        Shop = "shop", Supplier = "supplier", Carrier = "carrier", Platform = "platform", Customer = "customer",
        Nobody = "nobody",
    }
}

words! {
    /// What was done for the customer.
    Remedy {
        Refund = "refund", PartialRefund = "partial_refund", Replacement = "replacement", Repair = "repair",
        Compensation = "compensation", Voucher = "voucher", Apology = "apology", Explanation = "explanation",
        None = "none",
    }
}

words! {
    /// What a compensation is: money back for goods, or money or a voucher on top.
    CompensationKind { Refund = "refund", Compensation = "compensation", Voucher = "voucher" }
}

words! {
    CompensationState {
        /// Waits for somebody who may approve it.
        Requested = "requested",
        Approved = "approved", Refused = "refused", Paid = "paid",
        /// Taken back by whoever asked.
        Withdrawn = "withdrawn",
    }
}

impl CompensationState {
    /// Whether it may become `next`.
    pub fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Requested, Self::Approved | Self::Refused | Self::Withdrawn)
                | (Self::Approved, Self::Paid | Self::Withdrawn)
        )
    }
}

words! {
    /// Instants that a case keeps an eye on.
    CaseDue { Authority = "authority", FollowUp = "follow_up" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CompensationState::{Approved, Paid, Refused, Requested, Withdrawn};

    #[test]
    fn what_is_refused_paid_or_withdrawn_stays_so() {
        for state in [Refused, Paid, Withdrawn] {
            assert!(
                CompensationState::ALL.iter().all(|next| !state.may_become(*next)),
                "{state}"
            );
        }
        assert!(Requested.may_become(Approved) && !Requested.may_become(Paid));
        assert!(Approved.may_become(Paid) && !Approved.may_become(Refused));
    }
}
