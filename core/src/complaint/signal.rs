//! What a message threatens or tells of that makes a complaint grave whatever it is about.

words! {
    Signal {
        /// The press, or many people on the net.
        Media = "media",
        Lawyer = "lawyer",
        /// Such as 12315 in China, Trading Standards in Britain.
        Authority = "authority",
        /// Words of the law without anybody who would use them yet.
        LegalWords = "legal_words",
        /// Something is dangerous.
        Safety = "safety",
        /// Somebody was hurt.
        Health = "health",
    }
}
