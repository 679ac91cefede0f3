//! Dates of mail headers (RFC 5322, section 3.3, with its obsolete forms) as epoch milliseconds.
//! Only reads: what the sender's clock said is a claim, not the time of anything.

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Milliseconds since 1970-01-01T00:00Z, if the text holds a whole date.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let spaced = without_comments(text)
        .replace([',', '-'], " ")
        .replace("GMT+", "+");
    // The sign of a zone was lost with the dashes of `1-Jan-2020`: read it from the text itself.
    let mut day = None;
    let mut month = None;
    let mut year = None;
    let mut clock = None;
    for token in spaced.split_whitespace() {
        let lower = token.to_ascii_lowercase();
        if token.contains(':') {
            clock = clock.or_else(|| clock_seconds(token));
        } else if let Some(index) = MONTHS.iter().position(|name| lower.starts_with(name)) {
            month = month.or(i64::try_from(index + 1).ok());
        } else if let Ok(number) = token.parse::<i64>()
            && (clock.is_none() || year.is_none())
        {
            place_number(number, token.len(), &mut day, &mut year);
        }
    }
    let days = days_from_civil(year?, month?, day?)?;
    let seconds = days * 86_400 + clock.unwrap_or(0) - zone_seconds(text);
    Some(seconds * 1000)
}

fn place_number(number: i64, digits: usize, day: &mut Option<i64>, year: &mut Option<i64>) {
    if day.is_none() && digits <= 2 {
        *day = Some(number);
    } else if year.is_none() {
        *year = match digits {
            4 => Some(number),
            2 if number < 50 => Some(2000 + number),
            2 | 3 => Some(1900 + number),
            _ => None,
        };
    }
}

fn without_comments(text: &str) -> String {
    let mut depth = 0usize;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

fn clock_seconds(token: &str) -> Option<i64> {
    let end = token
        .find(|c: char| !c.is_ascii_digit() && c != ':')
        .unwrap_or(token.len());
    let mut parts = token[..end].split(':').map(str::parse::<i64>);
    let hours = parts.next()?.ok().filter(|hours| (0..=24).contains(hours))?;
    let minutes = parts.next()?.ok().filter(|minutes| (0..=59).contains(minutes))?;
    let seconds = parts
        .next()
        .and_then(Result::ok)
        .filter(|seconds| (0..=60).contains(seconds))
        .unwrap_or(0);
    Some(hours * 3600 + minutes * 60 + seconds)
}

fn zone_seconds(text: &str) -> i64 {
    let bare = without_comments(text);
    let Some(last) = bare.split_whitespace().last() else {
        return 0;
    };
    let offset = last.rfind(['+', '-']).map(|at| (&last[at..=at], &last[at + 1..]));
    if let Some((sign, digits)) = offset
        && digits.len() == 4
        && let Ok(number) = digits.parse::<i64>()
    {
        let seconds = (number / 100 * 60 + number % 100) * 60;
        return if sign == "-" { -seconds } else { seconds };
    }
    let hours = match last.to_ascii_uppercase().as_str() {
        "EST" | "CDT" => -5,
        "EDT" => -4,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "CET" | "MET" => 1,
        "CEST" | "MEST" => 2,
        "JST" => 9,
        _ => 0,
    };
    hours * 3600
}

/// Days since 1970-01-01 in the Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1900..=9999).contains(&year) || !(1..=31).contains(&day) {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn dates_are_read_in_every_usual_form() {
        for (text, wanted) in [
            ("Thu, 01 Jan 1970 00:00:00 +0000", Some(0)),
            ("Tue, 1 Jul 2003 10:52:37 +0200", Some(1_057_049_557_000)),
            ("1 Jul 2003 08:52:37 GMT", Some(1_057_049_557_000)),
            ("Tue, 1 Jul 03 08:52 UT", Some(1_057_049_520_000)),
            ("Tue, 01 Jul 2003 03:52:37 -0500 (CDT)", Some(1_057_049_557_000)),
            ("Tue, 1 Jul 2003 04:52:37 EDT", Some(1_057_049_557_000)),
            ("Tue Jul  1 08:52:37 2003", Some(1_057_049_557_000)),
            ("1-Jul-2003 08:52:37 +0000", Some(1_057_049_557_000)),
            ("yesterday", None),
            ("", None),
            ("99 Foo 2003", None),
        ] {
            assert_eq!(parse(text), wanted, "{text}");
        }
    }
}
