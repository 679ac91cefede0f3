//! Ticket numbers that can be read over the telephone: digits that end in a check digit.
//!
//! The check digit is Damm's (H. M. Damm, 2004): it finds every single wrong digit and every swapped neighbour.

use serde::Serialize;

/// A ticket's number with its check digit, such as 10427.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type)]
#[sqlx(transparent)]
pub struct TicketNumber(i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    #[error("a ticket number has only digits")]
    NotDigits,
    #[error("no ticket has this number: a digit is wrong or two are swapped")]
    WrongCheckDigit,
}

impl TicketNumber {
    /// The number of the `count`th ticket.
    pub fn from_count(count: i64) -> Self {
        Self(count * 10 + check_digit(count))
    }

    /// The value that stands in the database.
    pub fn value(self) -> i64 {
        self.0
    }

    /// Reads what a person types or says: `#10427`, `1042 7`, full-width digits.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let digits: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '#' | '＃' | '-'))
            .map(|c| match c {
                '０'..='９' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
                c => c,
            })
            .collect();
        if digits.is_empty() || digits.len() > 15 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NumberError::NotDigits);
        }
        let value: i64 = digits.parse().map_err(|_| NumberError::NotDigits)?;
        if value < 10 || check_digit(value / 10) != value % 10 {
            return Err(NumberError::WrongCheckDigit);
        }
        Ok(Self(value))
    }
}

impl std::fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A string in JSON: it is a name, nothing to count with.
impl Serialize for TicketNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

fn check_digit(count: i64) -> i64 {
    let interim = count.to_string().bytes().fold(0, |interim: u8, digit| {
        DAMM[usize::from(interim)][usize::from(digit.wrapping_sub(b'0') % 10)]
    });
    i64::from(interim)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_people_type() {
        let number = TicketNumber::from_count(1042);
        let text = number.to_string();
        for typed in [
            text.clone(),
            format!("#{text}"),
            format!(" {} {} ", &text[..4], &text[4..]),
        ] {
            assert_eq!(TicketNumber::parse(&typed), Ok(number));
        }
        assert_eq!(TicketNumber::parse("lamp"), Err(NumberError::NotDigits));
        assert_eq!(TicketNumber::parse("7"), Err(NumberError::WrongCheckDigit));
    }

    proptest! {
        #[test]
        fn every_single_wrong_digit_is_found(count in 1000_i64..10_000_000, place in 0_usize..8, change in 1_u8..10) {
            let text = TicketNumber::from_count(count).to_string();
            let place = place % text.len();
            let mut digits = text.into_bytes();
            digits[place] = b'0' + (digits[place] - b'0' + change) % 10;
            let wrong = String::from_utf8(digits).unwrap();
            prop_assert!(TicketNumber::parse(&wrong).is_err());
        }

        #[test]
        fn every_swapped_pair_is_found(count in 1000_i64..10_000_000, place in 0_usize..8) {
            let mut digits = TicketNumber::from_count(count).to_string().into_bytes();
            let place = place % (digits.len() - 1);
            prop_assume!(digits[place] != digits[place + 1]);
            digits.swap(place, place + 1);
            prop_assert!(TicketNumber::parse(&String::from_utf8(digits).unwrap()).is_err());
        }
    }
}
