//! How the desk knows a customer: by identities, each with how far it is trusted.

words! {
    IdentityKind {
        Email = "email", Phone = "phone",
        /// A browser that carries a token of the chat widget.
        Visitor = "visitor",
        /// The shop's own id of the customer.
        External = "external",
    }
}

words! {
    /// A typed address or a From header is a claim, not a proof.
    Verified { Claimed = "claimed", Proved = "proved",
        /// Entered by a person of the desk.
        Agent = "agent" }
}

/// Folds text for comparison: lower case, full-width forms to ASCII, white space collapsed.
pub fn fold(text: &str) -> String {
    let narrow = text.chars().map(|c| match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    });
    let lower: String = narrow
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_control())
        .collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_ignores_case_width_and_spaces() {
        assert_eq!(fold("  Wang　ＦＡＮＧ \u{0}"), "wang fang");
        assert_eq!(fold("欧阳修明·阿卜杜拉赫曼"), "欧阳修明·阿卜杜拉赫曼");
    }
}
