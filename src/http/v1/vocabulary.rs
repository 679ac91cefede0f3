//! Words that the rows keep as text and the API promises as a closed list: they only describe, nothing is read by them.

shouwen_core::words! {
    /// A language that the desk speaks.
    Locale { English = "en", Chinese = "zh" }
}

shouwen_core::words! {
    /// What came last in a ticket.
    LastDirection { In = "in", Out = "out", Note = "note" }
}

shouwen_core::words! {
    /// What a test of a mailbox tries.
    Checked { Smtp = "smtp", Imap = "imap", Receive = "receive" }
}
