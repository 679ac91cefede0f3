//! Telephone numbers as the desk keeps them: E.164, read with the desk's own country in mind.

use shouwen_channels::phone::{Country, PhoneError, normalise};

use crate::app::App;

impl App {
    /// The number in E.164, such as +8613800138000.
    pub fn phone_number(&self, text: &str) -> Result<String, PhoneError> {
        normalise(text, self.country()).map(|number| number.to_string())
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
