//! Telephone numbers in one form (E.164), so that a caller is recognised however the number was
//! written. It knows the shape of numbers, not which are assigned.

use std::fmt;

/// A number in E.164 form, with its plus sign: `+8613800138000`. Extensions are not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Where numbers without a country code belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country {
    /// Such as 86.
    pub calling_code: u16,
    /// The digit before area codes within the country; `None` where there is none.
    pub trunk_prefix: Option<char>,
}

impl Country {
    pub const CHINA: Country = Country {
        calling_code: 86,
        trunk_prefix: Some('0'),
    };

    /// By ISO 3166 code, for those of our customers' countries that dial unlike the rest; others
    /// by their calling code.
    pub fn by_code(iso: &str) -> Option<Country> {
        let (calling_code, trunk_prefix) = match iso.to_ascii_uppercase().as_str() {
            "CN" => (86, Some('0')),
            "HK" => (852, None),
            "MO" => (853, None),
            "TW" => (886, Some('0')),
            "SG" => (65, None),
            "MY" => (60, Some('0')),
            "TH" => (66, Some('0')),
            "VN" => (84, Some('0')),
            "ID" => (62, Some('0')),
            "PH" => (63, Some('0')),
            "IN" => (91, Some('0')),
            "JP" => (81, Some('0')),
            "KR" => (82, Some('0')),
            "AU" => (61, Some('0')),
            "GB" => (44, Some('0')),
            "DE" => (49, Some('0')),
            "FR" => (33, Some('0')),
            "NL" => (31, Some('0')),
            "ES" => (34, None),
            "IT" => (39, None),
            "RU" => (7, Some('8')),
            "US" | "CA" => (1, Some('1')),
            "BR" => (55, Some('0')),
            "MX" => (52, None),
            _ => return None,
        };
        Some(Country {
            calling_code,
            trunk_prefix,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    #[error("there is no number")]
    Empty,
    #[error("a telephone number has only digits, not {0:?}")]
    NotADigit(char),
    #[error("the number is too short")]
    TooShort,
    #[error("the number is too long")]
    TooLong,
    #[error("no country code begins like that")]
    CountryCode,
}

impl PhoneError {
    /// For the interface, which has the words in the agent's language.
    pub fn code(&self) -> &'static str {
        match self {
            PhoneError::Empty => "empty",
            PhoneError::NotADigit(_) => "not_a_digit",
            PhoneError::TooShort => "too_short",
            PhoneError::TooLong => "too_long",
            PhoneError::CountryCode => "country_code",
        }
    }
}

/// Brings a number as people write it into one form. An extension is left out.
pub fn normalise(input: &str, default_country: Country) -> Result<PhoneNumber, PhoneError> {
    // Phones wrap copied numbers into marks of writing direction.
    let visible = input
        .chars()
        .filter(|c| !matches!(c, '\u{200e}' | '\u{202a}'..='\u{202e}' | '\u{feff}'));
    let narrow: String = visible.map(narrow).collect();
    let number = without_extension(narrow.trim());
    let (international, digits) = digits(number)?;
    let full = match international {
        Some(rest) => rest,
        None => national(&digits, default_country)?,
    };
    check_length(&full)?;
    Ok(PhoneNumber(format!("+{full}")))
}

/// What telephone systems and networks put where the number of a caller who hides it would stand.
const WITHHELD: &[&str] = &[
    "",
    "anonymous",
    "blocked",
    "no number",
    "not available",
    "private",
    "private number",
    "restricted",
    "unavailable",
    "unknown",
    "withheld",
    // "ANONYMOUS" on the keys of a telephone, as some networks send it.
    "266696687",
    "匿名",
    "未知",
    "未知号码",
    "无号码",
    "隐藏号码",
    "私人号码",
];

/// Whether this says that the caller hides the number.
pub fn is_withheld(input: &str) -> bool {
    let word: String = input.chars().map(narrow).collect();
    let word = word
        .trim()
        .trim_start_matches('+')
        .to_lowercase()
        .replace('_', " ");
    WITHHELD.contains(&word.as_str())
}

/// Whether this is a number that is dialled as it is: an extension within the house, a service such as 95588.
pub fn is_short_number(input: &str) -> bool {
    let digits = input.trim();
    (2..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The last four digits, which is all that lists and logs may show.
pub fn tail(number: &str) -> String {
    let digits: Vec<char> = number.chars().map(narrow).filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(4)..].iter().collect()
}

/// Full-width forms as East Asian input methods write them, in ASCII.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        '‐' | '‑' | '‒' | '–' | '—' | '−' | 'ー' => '-',
        _ => c,
    }
}

/// `转 123`, `ext. 5`, `x5`, `#5`, `分机`, `内線`, and RFC 3966's `;ext=5`.
fn without_extension(number: &str) -> &str {
    let lower = number.to_lowercase();
    let lower = if lower.len() == number.len() {
        lower
    } else {
        number.to_owned()
    };
    let marks = [
        "转",
        "轉",
        "分机",
        "分機",
        "内線",
        "內線",
        "extension",
        "ext",
        ";",
        "durchwahl",
        "poste",
        "x",
        "#",
        ",",
    ];
    let end = marks
        .iter()
        .filter_map(|mark| lower.find(mark))
        .filter(|at| *at > 0)
        .min();
    end.map_or(number, |end| number[..end].trim_end())
}

/// All digits, and those after an international prefix if there is one.
fn digits(number: &str) -> Result<(Option<String>, String), PhoneError> {
    let number = number
        .strip_prefix("tel:")
        .or_else(|| number.strip_prefix("TEL:"))
        .unwrap_or(number)
        .trim();
    let (plus, rest) = match number.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => match number.strip_prefix("(+") {
            Some(rest) => (true, rest),
            None => (false, number),
        },
    };
    // `+44 (0)20 …`: the zero is for callers within the country.
    let rest = if plus {
        rest.replacen("(0)", "", 1)
    } else {
        rest.to_owned()
    };
    let mut found = String::new();
    for c in rest.chars() {
        match c {
            '0'..='9' => found.push(c),
            ' ' | '-' | '.' | '(' | ')' | '[' | ']' | '/' => {}
            other => return Err(PhoneError::NotADigit(other)),
        }
    }
    if found.is_empty() {
        return Err(PhoneError::Empty);
    }
    let international = if plus {
        Some(found.clone())
    } else {
        found.strip_prefix("00").map(str::to_owned)
    };
    if international
        .as_deref()
        .is_some_and(|digits| digits.starts_with('0'))
    {
        return Err(PhoneError::CountryCode);
    }
    Ok((international, found))
}

/// A number written as within the country.
fn national(digits: &str, country: Country) -> Result<String, PhoneError> {
    let code = country.calling_code.to_string();
    if country == Country::CHINA {
        return chinese(digits);
    }
    if let Some(rest) = country
        .trunk_prefix
        .and_then(|prefix| digits.strip_prefix(prefix))
    {
        return Ok(format!("{code}{rest}"));
    }
    let has_code = digits.starts_with(&code) && digits.len() >= code.len() + 9;
    if has_code {
        Ok(digits.to_owned())
    } else {
        Ok(format!("{code}{digits}"))
    }
}

/// Mobiles (1xx, 11 digits), landlines (0 and area code), 400 and 800 numbers, and any of them with
/// 86 before but no plus. Short numbers such as 10086 are callers too.
fn chinese(digits: &str) -> Result<String, PhoneError> {
    let national = digits.strip_prefix('0').unwrap_or(digits);
    let with_code = digits.strip_prefix("86").filter(|rest| rest.len() >= 10);
    let rest = match with_code {
        Some(rest) if !is_mobile(digits) => rest.strip_prefix('0').unwrap_or(rest),
        _ => national,
    };
    match rest.len() {
        0..=4 => Err(PhoneError::TooShort),
        12.. => Err(PhoneError::TooLong),
        _ => Ok(format!("86{rest}")),
    }
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1')
}

/// E.164 allows fifteen digits; fewer than seven with the country code reach nobody abroad.
fn check_length(full: &str) -> Result<(), PhoneError> {
    match full.len() {
        0..=6 => Err(PhoneError::TooShort),
        7..=15 => Ok(()),
        _ => Err(PhoneError::TooLong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_who_hides_is_told_from_one_who_is_misspelt() {
        for (input, withheld, short) in [
            ("anonymous", true, false),
            (" Private_Number ", true, false),
            ("+266696687", true, false),
            ("匿名", true, false),
            ("", true, false),
            ("lamp", false, false),
            ("13800138000", false, false),
            ("95588", false, true),
            ("101", false, true),
            ("1", false, false),
            ("12 34", false, false),
        ] {
            assert_eq!(
                (is_withheld(input), is_short_number(input)),
                (withheld, short),
                "{input:?}"
            );
        }
    }

    #[test]
    fn numbers_come_into_one_form() {
        for (input, wanted) in [
            ("13800138000", "+8613800138000"),
            ("138 0013 8000", "+8613800138000"),
            ("１３８－００１３－８０００", "+8613800138000"),
            ("+86 138-0013-8000", "+8613800138000"),
            ("(+86) 13800138000", "+8613800138000"),
            ("0086 13800138000", "+8613800138000"),
            ("8613800138000", "+8613800138000"),
            ("013800138000", "+8613800138000"),
            ("010-12345678", "+861012345678"),
            ("(0755) 8888 8888", "+8675588888888"),
            ("8610 1234 5678", "+861012345678"),
            ("400-800-1234", "+864008001234"),
            ("800 810 1234", "+868008101234"),
            ("010-12345678 转 123", "+861012345678"),
            ("010-12345678-ext. 5", "+861012345678"),
            ("+1 (650) 253-0000 x12", "+16502530000"),
            ("+1-650-253-0000;ext=5", "+16502530000"),
            ("tel:+1-650-253-0000", "+16502530000"),
            ("+44 (0)20 7946 0958", "+442079460958"),
            ("\u{202a}+8613800138000\u{202c}", "+8613800138000"),
            ("10086", "+8610086"),
        ] {
            let number = normalise(input, Country::CHINA);
            assert_eq!(number.as_ref().map(PhoneNumber::as_str), Ok(wanted), "{input}");
        }
    }

    #[test]
    fn other_countries_have_other_prefixes() {
        for (input, country, wanted) in [
            ("020 7946 0958", "GB", "+442079460958"),
            ("03-1234-5678", "JP", "+81312345678"),
            ("2345 6789", "HK", "+85223456789"),
            ("(650) 253-0000", "US", "+16502530000"),
            ("1 650 253 0000", "US", "+16502530000"),
            ("06 12345678", "IT", "+390612345678"),
            ("8 495 123 45 67", "RU", "+74951234567"),
            ("030 123456", "DE", "+4930123456"),
        ] {
            let country = Country::by_code(country).unwrap();
            assert_eq!(normalise(input, country).unwrap().as_str(), wanted, "{input}");
        }
    }

    #[test]
    fn what_is_no_number_says_why() {
        for (input, code) in [
            ("", "empty"),
            ("  - ", "empty"),
            ("abc", "not_a_digit"),
            ("1380013800a", "not_a_digit"),
            ("138", "too_short"),
            ("138001380001", "too_long"),
            ("+1234567890123456", "too_long"),
            ("+0123456789", "country_code"),
            ("anonymous", "not_a_digit"),
        ] {
            assert_eq!(
                normalise(input, Country::CHINA).unwrap_err().code(),
                code,
                "{input}"
            );
        }
    }

    #[test]
    fn the_tail_is_four_digits_at_most() {
        for (number, wanted) in [
            ("+8613800138000", "8000"),
            ("12", "12"),
            ("", ""),
            ("１２３４５", "2345"),
        ] {
            assert_eq!(tail(number), wanted);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_input_breaks_it(input in "\\PC{0,40}") {
            if let Ok(number) = normalise(&input, Country::CHINA) {
                proptest::prop_assert_eq!(normalise(number.as_str(), Country::CHINA), Ok(number));
            }
            let _ = tail(&input);
        }

        #[test]
        fn dialled_forms_agree(rest in "[0-9]{9}", separator in "[ -]") {
            let mobile = format!("13{rest}");
            let spaced = format!("+86{separator}{}{separator}{}", &mobile[..3], &mobile[3..]);
            proptest::prop_assert_eq!(normalise(&mobile, Country::CHINA), normalise(&spaced, Country::CHINA));
        }
    }
}
