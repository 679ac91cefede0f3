//! Public holidays at hand: listed where a government proclaims them year by year, computed where a law fixes the rule.
//!
//! Of countries whose states have holidays of their own, those of the whole country (of Britain: England and Wales).

use std::sync::OnceLock;

use jiff::civil::{Date, Weekday, date};
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};

words! {
    Region { Cn = "CN", Us = "US", Gb = "GB", De = "DE", Fr = "FR", Jp = "JP", Hk = "HK", Sg = "SG" }
}

/// A public holiday; or, where one is made up for, a day on which people work although its weekday is free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Holiday {
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    pub name: String,
    pub working: bool,
}

/// Where the holidays of a region are from, and of which years they are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Known {
    pub region: Region,
    pub first_year: i16,
    pub last_year: i16,
    pub source: String,
    pub source_url: String,
    pub licence: String,
}

/// The years for which rules are computed: as the laws stand today.
const COMPUTED: (i16, i16) = (2022, 2099);

#[derive(Deserialize)]
struct Listed {
    source: String,
    source_url: String,
    licence: String,
    days: Vec<Holiday>,
}

pub fn known(region: Region) -> Known {
    if let Some(list) = listed(region) {
        let years = list.days.iter().map(|day| day.date.year());
        return Known {
            region,
            first_year: years.clone().min().unwrap_or_default(),
            last_year: years.max().unwrap_or_default(),
            source: list.source.clone(),
            source_url: list.source_url.clone(),
            licence: list.licence.clone(),
        };
    }
    let (source, source_url) = law(region);
    Known {
        region,
        first_year: COMPUTED.0,
        last_year: COMPUTED.1,
        source: source.to_owned(),
        source_url: source_url.to_owned(),
        licence: "Computed by the rules of the law: no list was taken over".to_owned(),
    }
}

/// The holidays of a year, in order; none of a year that is not known.
pub fn of_year(region: Region, year: i16) -> Vec<Holiday> {
    if let Some(list) = listed(region) {
        return list
            .days
            .iter()
            .filter(|day| day.date.year() == year)
            .cloned()
            .collect();
    }
    if !(COMPUTED.0..=COMPUTED.1).contains(&year) {
        return Vec::new();
    }
    let mut days = match region {
        Region::Us => united_states(year),
        Region::Gb => england_and_wales(year),
        Region::De => germany(year),
        Region::Fr => france(year),
        Region::Jp => japan(year),
        Region::Cn | Region::Hk | Region::Sg => Vec::new(),
    };
    days.sort_by_key(|(date, _)| *date);
    days.into_iter()
        .map(|(date, name)| Holiday {
            date,
            name: name.to_owned(),
            working: false,
        })
        .collect()
}

fn listed(region: Region) -> Option<&'static Listed> {
    static LISTS: OnceLock<[Option<Listed>; 3]> = OnceLock::new();
    let read = |text| serde_json::from_str(text).ok();
    let [cn, hk, sg] = LISTS.get_or_init(|| {
        [
            read(include_str!("../../data/holidays/cn.json")),
            read(include_str!("../../data/holidays/hk.json")),
            read(include_str!("../../data/holidays/sg.json")),
        ]
    });
    match region {
        Region::Cn => cn.as_ref(),
        Region::Hk => hk.as_ref(),
        Region::Sg => sg.as_ref(),
        Region::Us | Region::Gb | Region::De | Region::Fr | Region::Jp => None,
    }
}

fn law(region: Region) -> (&'static str, &'static str) {
    match region {
        Region::Us => (
            "5 U.S.C. 6103, federal holidays",
            "https://www.law.cornell.edu/uscode/text/5/6103",
        ),
        Region::Gb => (
            "Banking and Financial Dealings Act 1971, schedule 1, and the common law holidays of England and Wales",
            "https://www.legislation.gov.uk/ukpga/1971/80/schedule/1",
        ),
        Region::De => (
            "Holidays that the laws of all German states share",
            "https://www.gesetze-im-internet.de/einigvtr/art_2.html",
        ),
        Region::Fr => (
            "Code du travail, article L3133-1",
            "https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000033008127",
        ),
        Region::Jp => (
            "国民の祝日に関する法律 (Act on National Holidays)",
            "https://laws.e-gov.go.jp/law/323AC1000000178",
        ),
        Region::Cn | Region::Hk | Region::Sg => ("", ""),
    }
}

type Days = Vec<(Date, &'static str)>;

fn days(count: i32) -> Span {
    count.days()
}

/// The `nth` such weekday of a month, from 1; from the end when negative.
fn nth(year: i16, month: i8, nth: i8, weekday: Weekday) -> Date {
    let first = date(year, month, 1);
    first.nth_weekday_of_month(nth, weekday).unwrap_or(first)
}

/// Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher).
#[expect(
    clippy::many_single_char_names,
    reason = "the names of the published algorithm"
)]
fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    let part = |number: i32| i8::try_from(number).unwrap_or(1);
    date(year, part(n / 31), part(n % 31 + 1))
}

fn united_states(year: i16) -> Days {
    use Weekday::{Monday, Thursday};
    let mut days = vec![
        (nth(year, 1, 3, Monday), "Birthday of Martin Luther King, Jr."),
        (nth(year, 2, 3, Monday), "Washington's Birthday"),
        (nth(year, 5, -1, Monday), "Memorial Day"),
        (nth(year, 9, 1, Monday), "Labor Day"),
        (nth(year, 10, 2, Monday), "Columbus Day"),
        (nth(year, 11, 4, Thursday), "Thanksgiving Day"),
    ];
    let fixed = [
        (date(year, 1, 1), "New Year's Day"),
        (date(year, 6, 19), "Juneteenth National Independence Day"),
        (date(year, 7, 4), "Independence Day"),
        (date(year, 11, 11), "Veterans Day"),
        (date(year, 12, 25), "Christmas Day"),
        // Observed on the last day of this year when it falls on a Saturday.
        (date(year + 1, 1, 1), "New Year's Day"),
    ];
    for (day, name) in fixed {
        let observed = match day.weekday() {
            Weekday::Saturday => day - self::days(1),
            Weekday::Sunday => day + self::days(1),
            _ => day,
        };
        days.extend(
            [day, observed]
                .into_iter()
                .filter(|day| day.year() == year)
                .map(|day| (day, name)),
        );
    }
    days.sort();
    days.dedup();
    days
}

fn england_and_wales(year: i16) -> Days {
    let easter = easter(year);
    let substitute = |day: Date| match day.weekday() {
        Weekday::Saturday => day + days(2),
        Weekday::Sunday => day + days(1),
        _ => day,
    };
    let christmas = date(year, 12, 25);
    let mut days = vec![
        (substitute(date(year, 1, 1)), "New Year's Day"),
        (easter - days(2), "Good Friday"),
        (easter + days(1), "Easter Monday"),
        (nth(year, 5, 1, Weekday::Monday), "Early May bank holiday"),
        (nth(year, 5, -1, Weekday::Monday), "Spring bank holiday"),
        (nth(year, 8, -1, Weekday::Monday), "Summer bank holiday"),
        (christmas, "Christmas Day"),
        (date(year, 12, 26), "Boxing Day"),
    ];
    match christmas.weekday() {
        Weekday::Friday => days.push((date(year, 12, 28), "Boxing Day (substitute day)")),
        Weekday::Saturday => {
            days.push((date(year, 12, 27), "Christmas Day (substitute day)"));
            days.push((date(year, 12, 28), "Boxing Day (substitute day)"));
        }
        Weekday::Sunday => days.push((date(year, 12, 27), "Christmas Day (substitute day)")),
        _ => {}
    }
    match year {
        // Moved and added for the Queen's jubilee; her funeral; the King's coronation.
        2022 => {
            days.retain(|(_, name)| *name != "Spring bank holiday");
            days.push((date(2022, 6, 2), "Spring bank holiday"));
            days.push((date(2022, 6, 3), "Platinum Jubilee bank holiday"));
            days.push((date(2022, 9, 19), "State Funeral of Queen Elizabeth II"));
        }
        2023 => days.push((date(2023, 5, 8), "Coronation of King Charles III")),
        _ => {}
    }
    days
}

fn germany(year: i16) -> Days {
    let easter = easter(year);
    vec![
        (date(year, 1, 1), "Neujahr"),
        (easter - days(2), "Karfreitag"),
        (easter + days(1), "Ostermontag"),
        (date(year, 5, 1), "Erster Mai"),
        (easter + days(39), "Christi Himmelfahrt"),
        (easter + days(50), "Pfingstmontag"),
        (date(year, 10, 3), "Tag der Deutschen Einheit"),
        (date(year, 12, 25), "Erster Weihnachtstag"),
        (date(year, 12, 26), "Zweiter Weihnachtstag"),
    ]
}

fn france(year: i16) -> Days {
    let easter = easter(year);
    vec![
        (date(year, 1, 1), "Jour de l'an"),
        (easter + days(1), "Lundi de Pâques"),
        (date(year, 5, 1), "Fête du Travail"),
        (date(year, 5, 8), "Victoire 1945"),
        (easter + days(39), "Ascension"),
        (easter + days(50), "Lundi de Pentecôte"),
        (date(year, 7, 14), "Fête nationale"),
        (date(year, 8, 15), "Assomption"),
        (date(year, 11, 1), "Toussaint"),
        (date(year, 11, 11), "Armistice"),
        (date(year, 12, 25), "Noël"),
    ]
}

fn japan(year: i16) -> Days {
    let mut days = vec![
        (date(year, 1, 1), "元日"),
        (nth(year, 1, 2, Weekday::Monday), "成人の日"),
        (date(year, 2, 11), "建国記念の日"),
        (date(year, 2, 23), "天皇誕生日"),
        (date(year, 3, equinox(year, 208_431)), "春分の日"),
        (date(year, 4, 29), "昭和の日"),
        (date(year, 5, 3), "憲法記念日"),
        (date(year, 5, 4), "みどりの日"),
        (date(year, 5, 5), "こどもの日"),
        (nth(year, 7, 3, Weekday::Monday), "海の日"),
        (date(year, 8, 11), "山の日"),
        (nth(year, 9, 3, Weekday::Monday), "敬老の日"),
        (date(year, 9, equinox(year, 232_488)), "秋分の日"),
        (nth(year, 10, 2, Weekday::Monday), "スポーツの日"),
        (date(year, 11, 3), "文化の日"),
        (date(year, 11, 23), "勤労感謝の日"),
    ];
    let national: Vec<Date> = days.iter().map(|(day, _)| *day).collect();
    for day in &national {
        // A holiday on a Sunday moves to the next day that is none; a day between two is one (article 3).
        if day.weekday() == Weekday::Sunday {
            let mut next = *day + self::days(1);
            while national.contains(&next) {
                next += self::days(1);
            }
            days.push((next, "振替休日"));
        }
        let between = *day + self::days(1);
        let free = national.contains(&between) || between.weekday() == Weekday::Sunday;
        if !free && national.contains(&(*day + self::days(2))) && !days.iter().any(|(day, _)| *day == between)
        {
            days.push((between, "国民の休日"));
        }
    }
    days
}

/// The day of an equinox in Japan, 1980 to 2099, by the formula of its almanacs (in ten thousandths of a day).
fn equinox(year: i16, at_1980: i64) -> i8 {
    let since = i64::from(year) - 1980;
    let day = (at_1980 * 100 + 242_194 * since) / 1_000_000 - since / 4;
    i8::try_from(day).unwrap_or(20)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(region: Region, year: i16) -> String {
        let days: Vec<String> = of_year(region, year)
            .iter()
            .map(|day| day.date.strftime("%m%d").to_string())
            .collect();
        days.join(" ")
    }

    #[test]
    fn computed_holidays_are_those_that_were_proclaimed() {
        for (region, year, wanted) in [
            (
                Region::Us,
                2026,
                "0101 0119 0216 0525 0619 0703 0704 0907 1012 1111 1126 1225",
            ),
            (
                Region::Us,
                2027,
                "0101 0118 0215 0531 0618 0619 0704 0705 0906 1011 1111 1125 1224 1225 1231",
            ),
            (Region::Gb, 2025, "0101 0418 0421 0505 0526 0825 1225 1226"),
            (Region::Gb, 2026, "0101 0403 0406 0504 0525 0831 1225 1226 1228"),
            (
                Region::Gb,
                2027,
                "0101 0326 0329 0503 0531 0830 1225 1226 1227 1228",
            ),
            (Region::De, 2026, "0101 0403 0406 0501 0514 0525 1003 1225 1226"),
            (
                Region::Fr,
                2026,
                "0101 0406 0501 0508 0514 0525 0714 0815 1101 1111 1225",
            ),
            (
                Region::Jp,
                2025,
                "0101 0113 0211 0223 0224 0320 0429 0503 0504 0505 0506 0721 0811 0915 0923 1013 1103 1123 1124",
            ),
            (
                Region::Jp,
                2026,
                "0101 0112 0211 0223 0320 0429 0503 0504 0505 0506 0720 0811 0921 0922 0923 1012 1103 1123",
            ),
        ] {
            assert_eq!(dates(region, year), wanted, "{region} {year}");
        }
    }

    #[test]
    fn china_works_on_the_days_that_make_up_for_its_golden_weeks() {
        let working: Vec<String> = of_year(Region::Cn, 2026)
            .iter()
            .filter(|day| day.working)
            .map(|day| day.date.to_string())
            .collect();
        assert_eq!(
            working,
            [
                "2026-01-04",
                "2026-02-14",
                "2026-02-28",
                "2026-05-09",
                "2026-09-20",
                "2026-10-10"
            ]
        );
        assert_eq!(of_year(Region::Cn, 2026).len(), 33 + 6);
        assert!(of_year(Region::Cn, 2031).is_empty());
    }

    #[test]
    fn every_region_says_where_its_holidays_are_from() {
        for region in Region::ALL {
            let known = known(*region);
            assert!(
                known.source_url.starts_with("https://") && !known.source.is_empty(),
                "{region}"
            );
            for year in [known.first_year, known.last_year] {
                assert!(of_year(*region, year).len() > 7, "{region} {year}");
            }
        }
    }
}
