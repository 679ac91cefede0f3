//! Invitations (iTIP, RFC 5546) as words: what, when, where, who. Answering them is nobody's task here.

use std::borrow::Cow;

use calcard::common::PartialDateTime;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarEntry, ICalendarMethod, ICalendarParameterName,
    ICalendarParameterValue, ICalendarParticipationStatus, ICalendarProperty, ICalendarStatus,
    ICalendarValue,
};

const MAX_EVENTS: usize = 5;
/// Octets that are read; of a longer calendar the events that are whole within them.
const LONGEST: usize = 64 << 10;
const END: &str = "END:VEVENT";

/// A few lines on the events of a calendar part; `None` when there is no event to tell of.
pub(crate) fn to_text(calendar: &str) -> Option<String> {
    let calendar = &calendar[calendar.find("BEGIN:VCALENDAR")?..];
    let parsed = ICalendar::parse(&*bounded(calendar)?).ok()?;
    let events = parsed
        .components
        .iter()
        .filter(|part| part.component_type.is_event_or_todo());
    let method = parsed.components.iter().find_map(method);
    let events: Vec<String> = events
        .take(MAX_EVENTS)
        .map(|event| told(event, method))
        .filter(|text| !text.is_empty())
        .collect();
    (!events.is_empty()).then(|| events.join("\n\n"))
}

fn bounded(calendar: &str) -> Option<Cow<'_, str>> {
    if calendar.len() <= LONGEST {
        return Some(Cow::Borrowed(calendar));
    }
    let start = &calendar[..calendar.floor_char_boundary(LONGEST)];
    let end = start.rfind(END)? + END.len();
    Some(Cow::Owned(format!("{}\r\nEND:VCALENDAR\r\n", &start[..end])))
}

fn method(calendar: &ICalendarComponent) -> Option<&ICalendarMethod> {
    match calendar.property(&ICalendarProperty::Method)?.values.first()? {
        ICalendarValue::Method(method) => Some(method),
        _ => None,
    }
}

/// What has become of an event: nobody should come to one that was called off, and an answer is no invitation.
fn standing(event: &ICalendarComponent, method: Option<&ICalendarMethod>) -> Option<&'static str> {
    let status = event.property(&ICalendarProperty::Status);
    let cancelled = ICalendarValue::Status(ICalendarStatus::Cancelled);
    if method == Some(&ICalendarMethod::Cancel)
        || status.is_some_and(|entry| entry.values.contains(&cancelled))
    {
        return Some("Cancelled");
    }
    if method != Some(&ICalendarMethod::Reply) {
        return None;
    }
    let attendee = event.property(&ICalendarProperty::Attendee)?;
    match attendee.parameter(&ICalendarParameterName::Partstat)? {
        ICalendarParameterValue::Partstat(ICalendarParticipationStatus::Accepted) => Some("Accepted"),
        ICalendarParameterValue::Partstat(ICalendarParticipationStatus::Declined) => Some("Declined"),
        ICalendarParameterValue::Partstat(ICalendarParticipationStatus::Tentative) => Some("Tentative"),
        _ => None,
    }
}

fn told(event: &ICalendarComponent, method: Option<&ICalendarMethod>) -> String {
    let text = |property: &ICalendarProperty| {
        let entry = event.property(property)?;
        let text = entry.values.first()?.as_text()?.trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    let begin = event.property(&ICalendarProperty::Dtstart).and_then(moment);
    let end = event.property(&ICalendarProperty::Dtend).and_then(moment);
    let when = match (begin, end) {
        (Some(begin), Some(end)) => Some(format!("{begin} – {end}")),
        (begin, _) => begin,
    };
    let organizer = event
        .property(&ICalendarProperty::Organizer)
        .and_then(ICalendarEntry::calendar_address)
        .map(str::to_owned);
    let summary = text(&ICalendarProperty::Summary);
    let title = match (standing(event, method), summary) {
        (Some(standing), Some(summary)) => Some(format!("{standing}: {summary}")),
        (standing, summary) => summary.or(standing.map(str::to_owned)),
    };
    let lines = [
        title,
        when,
        text(&ICalendarProperty::Location),
        organizer,
        text(&ICalendarProperty::Description),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// `2026-11-22 10:00 Europe/Berlin`, as the sender wrote it.
fn moment(entry: &ICalendarEntry) -> Option<String> {
    let at: &PartialDateTime = entry.values.first()?.as_partial_date_time()?;
    let day = format!("{:04}-{:02}-{:02}", at.year?, at.month?, at.day?);
    let (Some(hour), Some(minute)) = (at.hour, at.minute) else {
        return Some(day);
    };
    let zone = entry.parameter(&ICalendarParameterName::Tzid);
    let zone = zone.and_then(|zone| zone.as_text()).or(at.tz_hour.map(|_| "UTC"));
    let zone = zone.map(|zone| format!(" {zone}")).unwrap_or_default();
    Some(format!("{day} {hour:02}:{minute:02}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::to_text;

    #[test]
    fn an_invitation_is_told_in_words() {
        let calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Handover of the par\r\n cel\r\nDTSTART;TZID=Europe/Berlin:20261122T100000\r\nDTEND:20261122T093000Z\r\nLOCATION:Warehouse\\, gate 3\r\nORGANIZER;CN=Ann:mailto:ann@shop.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(
            to_text(calendar).as_deref(),
            Some(
                "Handover of the parcel\n2026-11-22 10:00 Europe/Berlin – 2026-11-22 09:30 UTC\nWarehouse, gate 3\nann@shop.example"
            )
        );
    }

    #[test]
    fn what_became_of_an_event_is_told() {
        for (method, line, wanted) in [
            ("REQUEST", "STATUS:CONFIRMED", "Handover"),
            ("REQUEST", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.c", "Handover"),
            ("CANCEL", "STATUS:CONFIRMED", "Cancelled: Handover"),
            ("PUBLISH", "STATUS:CANCELLED", "Cancelled: Handover"),
            (
                "REPLY",
                "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.c",
                "Accepted: Handover",
            ),
            (
                "REPLY",
                "ATTENDEE;CN=A;PARTSTAT=DECLINED:mailto:a@b.c",
                "Declined: Handover",
            ),
            (
                "REPLY",
                "ATTENDEE;PARTSTAT=TENTATIVE:mailto:a@b.c",
                "Tentative: Handover",
            ),
            ("REPLY", "ATTENDEE:mailto:a@b.c", "Handover"),
        ] {
            let calendar = format!(
                "BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nSUMMARY:Handover\r\n{line}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            );
            assert_eq!(to_text(&calendar).as_deref(), Some(wanted), "{method} {line}");
        }
    }

    #[test]
    fn of_a_long_calendar_the_first_events_are_told() {
        let event = "BEGIN:VEVENT\r\nSUMMARY:Handover\r\nDTSTART:20261122T093000Z\r\nEND:VEVENT\r\n";
        let calendar = format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", event.repeat(20_000));
        let told = to_text(&calendar).unwrap();
        assert_eq!(
            told.matches("Handover\n2026-11-22 09:30 UTC").count(),
            super::MAX_EVENTS
        );
    }

    #[test]
    fn what_is_no_calendar_says_nothing() {
        for text in [
            "",
            "hello",
            "BEGIN:VCALENDAR",
            "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
            "BEGIN:VEVENT\r\nSUMMARY:x",
        ] {
            assert_eq!(to_text(text), None, "{text}");
        }
    }
}
