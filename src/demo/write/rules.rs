//! What the demo shop promises, when it is open, and who gets what: calendars, policies, tiers, skills, shifts.

use shouwen_core::id::{CalendarId, CustomerId, SkillId};
use shouwen_core::routing::{Interval, Presence, Shift, SkillNeed, Weights};
use shouwen_core::sla::holidays::Region;
use shouwen_core::sla::policy::{Aspect, Comparison, Condition, Targets, Terms};
use shouwen_core::sla::wall::{self, SpecialDay, WallTime, Week};
use shouwen_core::sla::{Level, Metric, Recipient, When};

use super::WriteError;
use super::shop::Shop;
use crate::actions::routing::presence;
use crate::actions::routing::settings::{self, AgentRouting, TeamRouting};
use crate::actions::routing::tiers::{self, TierForm};
use crate::actions::sla::calendars::{self, CalendarForm};
use crate::actions::sla::policies::{self, PolicyForm};
use crate::demo::plan::Plan;
use crate::demo::staff::{SHIFTS, SUPERVISOR, VISITED};
use crate::log::Change;
use crate::store::sla::calendars::Rules;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// Before the first ticket, so that every clock is the policies' own.
pub(super) async fn promise(change: &mut Change) -> Result<(), WriteError> {
    let service = service_hours(change).await?;
    office_hours(change).await?;
    let is = |field, values: &[&str]| Condition {
        field,
        op: Comparison::Is,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    let targets = |first, next, resolution| Targets {
        first_response_s: Some(first),
        next_response_s: Some(next),
        resolution_s: Some(resolution),
    };
    let all = [
        (
            "重大投诉 Grave complaints (I, II)",
            is(Aspect::Grade, &["i", "ii"]),
            None,
            targets(30 * MINUTE, 2 * HOUR, 24 * HOUR),
            grave_levels(),
        ),
        (
            "投诉 Complaints (III, IV)",
            is(Aspect::Grade, &["iii", "iv"]),
            Some(service),
            targets(2 * HOUR, 4 * HOUR, 36 * HOUR),
            levels(),
        ),
        (
            "VIP 金卡客户",
            is(Aspect::Tier, &["gold"]),
            None,
            targets(HOUR, 4 * HOUR, 48 * HOUR),
            levels(),
        ),
        (
            "在线咨询 Web chat",
            is(Aspect::Channel, &["chat"]),
            Some(service),
            targets(5 * MINUTE, 10 * MINUTE, 24 * HOUR),
            levels(),
        ),
    ];
    for (name, condition, calendar, targets, levels) in all {
        let form = PolicyForm {
            name: name.to_owned(),
            terms: Terms {
                conditions: vec![condition],
                calendar_id: calendar,
                targets,
                levels,
                ..Terms::default()
            },
        };
        policies::create(change, &form).await?;
    }
    Ok(())
}

fn level(metric: Metric, when: When, value: i64, to: &[Recipient]) -> Level {
    Level {
        metric,
        when,
        value,
        to: to.to_vec(),
    }
}

/// The assignee is warned, the lead hears of what is late.
fn levels() -> Vec<Level> {
    let of = |metric| {
        [
            level(metric, When::Percent, 75, &[Recipient::Assignee]),
            level(metric, When::Breach, 0, &[Recipient::Assignee, Recipient::Lead]),
        ]
    };
    Metric::ALL.iter().copied().flat_map(of).collect()
}

/// Of what is late for an hour every supervisor hears.
fn grave_levels() -> Vec<Level> {
    let late = |metric| level(metric, When::After, HOUR, &[Recipient::Supervisors]);
    levels()
        .into_iter()
        .chain(Metric::ALL.iter().copied().map(late))
        .collect()
}

/// Nine to nine, every day but the eve of the Spring Festival.
async fn service_hours(change: &mut Change) -> Result<CalendarId, WriteError> {
    let day = hours(&[("09:00", "21:00")])?;
    let eve = SpecialDay {
        date: jiff::civil::date(2027, 2, 5),
        name: "除夕".to_owned(),
        hours: hours(&[("09:00", "12:00")])?,
    };
    let week = week([&day; 7]);
    calendar(
        change,
        "客服在线 Service hours",
        "Asia/Shanghai",
        week,
        None,
        vec![eve],
    )
    .await
}

/// Two offices, each with its country's holidays: China's with the days that are made up for.
async fn office_hours(change: &mut Change) -> Result<(), WriteError> {
    let (china, london) = (
        hours(&[("09:00", "12:00"), ("13:00", "18:00")])?,
        hours(&[("09:00", "17:30")])?,
    );
    let free = Vec::new();
    for (name, zone, day, region) in [
        ("苏州办公室（含调休）", "Asia/Shanghai", &china, Region::Cn),
        ("London office", "Europe/London", &london, Region::Gb),
    ] {
        let week = week([day, day, day, day, day, &free, &free]);
        calendar(change, name, zone, week, Some(region), Vec::new()).await?;
    }
    Ok(())
}

async fn calendar(
    change: &mut Change,
    name: &str,
    zone: &str,
    week: Week,
    region: Option<Region>,
    days: Vec<SpecialDay>,
) -> Result<CalendarId, WriteError> {
    let form = CalendarForm {
        name: name.to_owned(),
        rules: Rules {
            zone: zone.to_owned(),
            week,
            days,
            region,
            feed_url: None,
        },
    };
    Ok(calendars::create(change, &form).await?)
}

fn week(days: [&Vec<wall::Interval>; 7]) -> Week {
    let [mon, tue, wed, thu, fri, sat, sun] = days.map(Clone::clone);
    Week {
        mon,
        tue,
        wed,
        thu,
        fri,
        sat,
        sun,
    }
}

fn hours(spans: &[(&str, &str)]) -> Result<Vec<wall::Interval>, WriteError> {
    let read = |text| WallTime::parse(text).ok_or(WriteError::Missing("an hour"));
    spans
        .iter()
        .map(|(from, to)| Ok(wall::Interval::new(read(from)?, read(to)?)))
        .collect()
}

/// Who looks after whom, who can what, and when they work.
pub(super) async fn staff_up(change: &mut Change, shop: &Shop, plan: &Plan) -> Result<(), WriteError> {
    for (name, rank, agent) in [("gold", 2, Some(VISITED[1])), ("silver", 1, None)] {
        let form = TierForm {
            name: Some(name.to_owned()),
            rank: Some(rank),
            agent: Some(agent.map(|place| shop.staff[place])),
        };
        tiers::add(change, &form).await?;
    }
    let longest = plan
        .customers
        .iter()
        .position(|one| one.person.name.chars().count() == 80);
    if let Some(place) = longest {
        let customer: CustomerId = shop.customers[place];
        tiers::set_dedicated(change, customer, Some(shop.staff[VISITED[0]])).await?;
    }
    let mut skills = Vec::new();
    for name in ["电器维修 electrical", "真伪鉴定 authenticity", "团购 wholesale"] {
        skills.push(settings::add_skill(change, name).await?.id);
    }
    write_shifts(change, shop, &skills).await?;
    let need = |skill: SkillId, tag: &str| SkillNeed {
        skill_id: skill,
        inbox_id: None,
        channel: None,
        tag_id: shop.tags.get(tag).copied(),
        tier: None,
    };
    for (place, auto_assign, needs) in [
        (0, false, vec![need(skills[2], "wholesale")]),
        (
            1,
            true,
            vec![need(skills[0], "warranty"), need(skills[1], "quality doubt")],
        ),
        (2, false, Vec::new()),
    ] {
        let wanted = TeamRouting {
            auto_assign,
            match_language: true,
            release_at_shift_end: false,
            weights: Weights::default(),
            skill_needs: needs,
        };
        settings::set_team(change, Some(shop.teams[place]), &wanted).await?;
    }
    Ok(())
}

async fn write_shifts(change: &mut Change, shop: &Shop, skills: &[SkillId]) -> Result<(), WriteError> {
    for (place, capacity, languages, known, shift) in SHIFTS {
        let shift = shift.map(|(zone, from, to)| Shift {
            zone: zone.to_owned(),
            intervals: (1..=7)
                .map(|day| Interval {
                    day,
                    from: from.to_owned(),
                    to: to.to_owned(),
                })
                .collect(),
        });
        let wanted = AgentRouting {
            capacity,
            skills: known.iter().map(|skill| skills[*skill]).collect(),
            languages: languages.iter().map(|word| (*word).to_owned()).collect(),
            shift,
        };
        settings::set_agent(change, shop.staff[place], &wanted).await?;
    }
    Ok(())
}

/// Who is here right now. Whoever a visitor signs in as comes with the window.
pub(super) async fn open_the_doors(change: &mut Change, shop: &Shop) -> Result<(), WriteError> {
    let here = |place: usize| match place {
        4 | 7 => Presence::Online,
        5 => Presence::Away,
        _ => Presence::Offline,
    };
    for place in SUPERVISOR + 1..shop.staff.len() {
        if !VISITED.contains(&place) {
            presence::set(change, shop.staff[place], here(place)).await?;
        }
    }
    Ok(())
}
