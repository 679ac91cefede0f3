//! Sums of money in what a customer writes, such as `£480`, `1,250 dollars`, `3800块` and `八千多`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An amount in the smallest unit of a currency (ISO 4217).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Money {
    pub minor: i64,
    #[schema(example = "CNY")]
    pub currency: String,
}

/// Names of currencies as customers write them, before or after the number. Yen and yuan share a sign: the desk's own
/// currency decides, which stands as an empty word here.
const BEFORE: &[(&str, &str)] = &[
    ("£", "GBP"),
    ("€", "EUR"),
    ("us$", "USD"),
    ("hk$", "HKD"),
    ("$", "USD"),
    ("¥", ""),
    ("￥", ""),
    ("rmb", "CNY"),
    ("usd", "USD"),
    ("eur", "EUR"),
    ("gbp", "GBP"),
    ("人民币", "CNY"),
];
const AFTER: &[(&str, &str)] = &[
    ("dollar", "USD"),
    ("usd", "USD"),
    ("buck", "USD"),
    ("euro", "EUR"),
    ("eur", "EUR"),
    ("pound", "GBP"),
    ("quid", "GBP"),
    ("gbp", "GBP"),
    ("港币", "HKD"),
    ("港元", "HKD"),
    ("美元", "USD"),
    ("美金", "USD"),
    ("欧元", "EUR"),
    ("元", ""),
    ("块", ""),
    ("rmb", "CNY"),
    ("yuan", "CNY"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("$", "USD"),
];
/// A number right after one of these is money, too.
const PAID: &[&str] = &["扣了我", "扣了", "扣款", "收了我", "花了", "付了", "赔"];

/// The greatest sum that the text names; `home` is the desk's currency.
pub(super) fn greatest(text: &str, home: &str) -> Option<Money> {
    let text: String = text.chars().take(6_000).flat_map(char::to_lowercase).collect();
    let mut best: Option<Money> = None;
    for number in numbers(&text) {
        let Some(currency) = currency_of(&text[..number.start], &text[number.end..], number.is_written)
        else {
            continue;
        };
        let currency = if currency.is_empty() { home } else { currency };
        let money = Money {
            minor: number.hundredths,
            currency: currency.to_owned(),
        };
        if best
            .as_ref()
            .is_none_or(|best| rough_weight(&money) > rough_weight(best))
        {
            best = Some(money);
        }
    }
    best
}

/// How much a sum weighs beside others, in hundredths of a yuan: very roughly, for suggestions only, never for books.
pub(super) fn rough_weight(money: &Money) -> i64 {
    let tenths = match money.currency.as_str() {
        "GBP" => 90,
        "EUR" => 80,
        "USD" | "CHF" => 70,
        "CAD" | "AUD" | "SGD" => 50,
        "JPY" => return money.minor.saturating_mul(5),
        "TWD" => 2,
        "HKD" => 9,
        _ => 10,
    };
    money.minor.saturating_mul(tenths) / 10
}

struct Number {
    start: usize,
    end: usize,
    hundredths: i64,
    /// In Chinese characters with a unit, such as 八千多.
    is_written: bool,
}

fn currency_of(before: &str, after: &str, is_written: bool) -> Option<&'static str> {
    let (before, after) = (
        before.trim_end(),
        after.trim_start_matches([' ', '多', '来', '几']),
    );
    if let Some((_, code)) = BEFORE.iter().find(|(word, _)| before.ends_with(word)) {
        return Some(code);
    }
    if let Some((_, code)) = AFTER.iter().find(|(word, _)| after.starts_with(word)) {
        return Some(code);
    }
    let is_paid = PAID.iter().any(|word| before.ends_with(word));
    // 六千多买的: a written sum of thousands without its unit.
    let is_bought = is_written && (after.starts_with('买') || before.ends_with('花'));
    (is_paid || is_bought).then_some("")
}

fn numbers(text: &str) -> Vec<Number> {
    let mut found = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        let is_digit = first.is_ascii_digit();
        if !is_digit && written(first).is_none() {
            continue;
        }
        let belongs = |c: char| {
            if is_digit {
                c.is_ascii_digit() || matches!(c, ',' | '.')
            } else {
                written(c).is_some() || unit(c).is_some()
            }
        };
        let mut end = start + first.len_utf8();
        while let Some((at, next)) = rest.next_if(|(_, next)| belongs(*next)) {
            end = at + next.len_utf8();
        }
        let mut hundredths = if is_digit {
            arabic(&text[start..end])
        } else {
            chinese(&text[start..end])
        };
        // 3万, 2k
        if let (true, Some((at, next))) = (is_digit, rest.peek().copied()) {
            let times = match next {
                '千' => 1_000,
                'k' if !text[at + 1..].starts_with(|c: char| c.is_alphanumeric()) => 1_000,
                '万' => 10_000,
                _ => 1,
            };
            if times > 1 {
                rest.next();
                end = at + next.len_utf8();
                hundredths = hundredths.map(|value| value.saturating_mul(times));
            }
        }
        if let Some(hundredths) = hundredths {
            found.push(Number {
                start,
                end,
                hundredths,
                is_written: !is_digit,
            });
        }
    }
    found
}

/// `1,250.50` and `1.250,50` alike; a longer run of digits than any price is no price.
fn arabic(text: &str) -> Option<i64> {
    let text = text.trim_end_matches([',', '.']);
    let (whole, cents) = match text.rfind([',', '.']) {
        Some(at) if text.len() - at - 1 <= 2 => (&text[..at], &text[at + 1..]),
        _ => (text, ""),
    };
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    if digits.len() > 9 {
        return None;
    }
    let whole: i64 = digits.parse().ok()?;
    let cents: i64 = format!("{cents:0<2}").parse().ok()?;
    Some(whole * 100 + cents)
}

fn written(character: char) -> Option<i64> {
    Some(match character {
        '一' => 1,
        '二' | '两' => 2,
        '三' | '几' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

fn unit(character: char) -> Option<i64> {
    Some(match character {
        '十' => 10,
        '百' => 100,
        '千' => 1_000,
        '万' => 10_000,
        _ => return None,
    })
}

/// 八千五百, 两万三; only with a unit of hundreds at least: 两个 is no sum.
fn chinese(text: &str) -> Option<i64> {
    let (mut sum, mut digit, mut greatest, mut last_unit) = (0i64, 0i64, 0i64, 1i64);
    for character in text.chars() {
        if let Some(value) = written(character) {
            digit = value;
        } else if let Some(unit) = unit(character) {
            sum = if unit == 10_000 {
                (sum + digit).saturating_mul(unit)
            } else {
                sum.saturating_add(digit.saturating_mul(unit))
            };
            (digit, last_unit) = (0, unit);
            greatest = greatest.max(unit);
        }
    }
    // 两万三 is 23,000
    sum = sum.saturating_add(digit.saturating_mul((last_unit / 10).max(1)));
    (greatest >= 100).then(|| sum.saturating_mul(100))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sums_are_read_as_they_are_written() {
        for (text, expected) in [
            ("a parcel worth £480", Some((48_000, "GBP"))),
            ("1,250 dollars since August", Some((125_000, "USD"))),
            ("29.90 € and then 1.250,50 €", Some((125_050, "EUR"))),
            ("手机3800块", Some((380_000, "CNY"))),
            ("八千多块钱的退款", Some((800_000, "CNY"))),
            ("花六千多买的包", Some((600_000, "CNY"))),
            ("扣了我23000，明明是2300！", Some((2_300_000, "CNY"))),
            ("两万三千元", Some((2_300_000, "CNY"))),
            ("买了3万元的货", Some((3_000_000, "CNY"))),
            ("order 20311, size 42", None),
            ("两件一起发", None),
            ("call 13800138000 元", None),
        ] {
            let money = greatest(text, "CNY").map(|money| (money.minor, money.currency));
            assert_eq!(
                money,
                expected.map(|(minor, code)| (minor, code.to_owned())),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_searched_for_sums(text in "[0-9,.£$€¥元块千万一二三多买k ]{0,60}", odd in any::<String>()) {
            for text in [text, odd] {
                if let Some(money) = greatest(&text, "CNY") {
                    prop_assert!(money.minor >= 0);
                    rough_weight(&money);
                }
            }
        }
    }
}
