//! How grave a complaint is, from I (the gravest) to IV.

words! {
    /// I is the gravest. Not a priority: it says who must answer for the matter, not who comes next.
    Grade { I = "i", Ii = "ii", Iii = "iii", Iv = "iv" }
}

impl Grade {
    /// At least as grave as `other`.
    pub fn reaches(self, other: Self) -> bool {
        self <= other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_grade_is_the_gravest() {
        assert!(Grade::I.reaches(Grade::Ii) && !Grade::Iii.reaches(Grade::Ii));
        assert_eq!(Grade::ALL.iter().min(), Some(&Grade::I));
    }
}
