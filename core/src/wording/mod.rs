//! Finding wordings in what customers write, in English and Chinese: tokens, stems, and patterns over them.
//!
//! Pure form. What a wording speaks for stands in the lists of those who ask (`complaint/lexicon.rs`).

mod pattern;
mod simplified;
mod spelling;
mod stem;
mod token;

pub use pattern::{Groups, Pattern};
pub use simplified::simplified;
pub use spelling::Spelling;
pub use stem::stem;
pub use token::{Break, Kind, Token, tokens};
