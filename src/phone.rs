//! Telephone numbers as the desk keeps them: E.164, read with the desk's own country in mind.

use shouwen_channels::phone::{Country, PhoneError, is_short_number, is_withheld, normalise};
use shouwen_core::fault::Fault;

use crate::app::App;

impl App {
    /// The number in E.164, such as +8613800138000.
    pub fn phone_number(&self, text: &str) -> Result<String, PhoneError> {
        normalise(text, self.country()).map(|number| number.to_string())
    }

    /// Who calls, as a telephone system tells it: a number in E.164, a short one as it is, or a word for a number that
    /// is withheld.
    pub fn caller(&self, text: &str) -> Result<String, PhoneError> {
        self.phone_number(text).or_else(|error| {
            let is_caller = is_withheld(text) || is_short_number(text);
            let given = text.trim();
            match (is_caller, given) {
                (true, "") => Ok("anonymous".to_owned()),
                (true, given) => Ok(given.to_owned()),
                (false, _) => Err(error),
            }
        })
    }

    /// How an E.164 number begins of which only the first digits, written nationally, are known.
    pub fn phone_start(&self, digits: &str) -> String {
        let country = self.country();
        let national = country
            .trunk_prefix
            .map_or(digits, |prefix| digits.strip_prefix(prefix).unwrap_or(digits));
        format!("+{}{national}", country.calling_code)
    }

    fn country(&self) -> Country {
        Country::by_code(&self.config.phone.country).unwrap_or(Country::CHINA)
    }
}

/// What is wrong with a number, for people.
pub fn number_fault(error: &PhoneError) -> Fault {
    match error {
        PhoneError::Empty => Fault::PhoneEmpty,
        PhoneError::NotADigit(sign) => Fault::PhoneDigits {
            sign: sign.to_string(),
        },
        PhoneError::TooShort => Fault::PhoneShort,
        PhoneError::TooLong => Fault::PhoneLong,
        PhoneError::CountryCode => Fault::PhoneCountry,
    }
}
