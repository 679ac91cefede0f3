//! Times of day as a clock on the wall shows them, and the week that is made of them.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A time of day in minutes from midnight; 24:00 is the end of the day. `"HH:MM"` in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WallTime(u16);

impl WallTime {
    pub const MIDNIGHT: Self = Self(0);
    pub const END: Self = Self(24 * 60);

    /// `None` beyond 24:00.
    pub fn from_minutes(minutes: u16) -> Option<Self> {
        (minutes <= Self::END.0).then_some(Self(minutes))
    }

    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// `HH:MM`
    pub fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(hours) || !digits(minutes) {
            return None;
        }
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        if minutes > 59 {
            return None;
        }
        Self::from_minutes(hours.checked_mul(60)? + minutes)
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for WallTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WallTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| de::Error::custom("write the time of day as HH:MM, from 00:00 to 24:00"))
    }
}

impl utoipa::PartialSchema for WallTime {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
        ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::String))
            .pattern(Some("^([01][0-9]|2[0-4]):[0-5][0-9]$"))
            .build()
            .into()
    }
}

impl utoipa::ToSchema for WallTime {}

/// Open hours on one date. An end that is not after the start is on the next date: 22:00 to 06:00, or all day from
/// 00:00 to 00:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Interval {
    pub from: WallTime,
    pub to: WallTime,
}

impl Interval {
    pub const fn new(from: WallTime, to: WallTime) -> Self {
        Self { from, to }
    }

    /// In minutes from the date's midnight; the end may lie beyond 24 h.
    pub(super) fn minutes(self) -> (i64, i64) {
        let (from, to) = (i64::from(self.from.0), i64::from(self.to.0));
        if to <= from {
            (from, to + 24 * 60)
        } else {
            (from, to)
        }
    }
}

/// The usual week.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Week {
    pub mon: Vec<Interval>,
    pub tue: Vec<Interval>,
    pub wed: Vec<Interval>,
    pub thu: Vec<Interval>,
    pub fri: Vec<Interval>,
    pub sat: Vec<Interval>,
    pub sun: Vec<Interval>,
}

impl Week {
    /// Monday first.
    pub fn days(&self) -> [&[Interval]; 7] {
        [
            &self.mon, &self.tue, &self.wed, &self.thu, &self.fri, &self.sat, &self.sun,
        ]
    }

    /// The hours of an ordinary working day: those of the first weekday that has any.
    pub fn working_day(&self) -> &[Interval] {
        self.days()
            .into_iter()
            .find(|day| !day.is_empty())
            .unwrap_or_default()
    }
}

/// A date that is not as its weekday: closed (no hours), or open at other hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SpecialDay {
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub hours: Vec<Interval>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_read_strictly() {
        for (text, minutes) in [
            ("00:00", Some(0)),
            ("09:30", Some(570)),
            ("24:00", Some(1440)),
            ("24:01", None),
            ("9:30", None),
            ("09:60", None),
            ("+9:30", None),
            ("", None),
            ("09.30", None),
        ] {
            assert_eq!(WallTime::parse(text).map(WallTime::minutes), minutes, "{text}");
        }
    }

    #[test]
    fn an_end_before_the_start_is_on_the_next_day() {
        let at = |text| WallTime::parse(text).unwrap();
        assert_eq!(Interval::new(at("22:00"), at("06:00")).minutes(), (1320, 1800));
        assert_eq!(Interval::new(at("00:00"), at("24:00")).minutes(), (0, 1440));
        assert_eq!(Interval::new(at("00:00"), at("00:00")).minutes(), (0, 1440));
    }
}
