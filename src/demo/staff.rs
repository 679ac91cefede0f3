//! Who works in the demo shop, in which teams, behind which inboxes, with which tags.

use shouwen_core::actor::BuiltInRole;

/// One password for everybody: whoever tries the demo is told it.
pub const PASSWORD: &str = "lamp-and-tea-demo";
/// The key in the script tag of the demo shop's page.
pub const WIDGET_KEY: &str = "demo-lamp-and-tea";
/// Where customers of the demo shop write.
pub const SUPPORT: &str = "support@lamp-tea.example";
pub(super) const SERVICE_ZH: &str = "kefu@lamp-tea.example";

/// The sign-ins that the command prints: role, address.
pub const LOGINS: [(&str, &str); 4] = [
    ("agent (English)", "emily@lamp-tea.example"),
    ("客服 (中文)", "lin@lamp-tea.example"),
    ("supervisor", "supervisor@lamp-tea.example"),
    ("administrator", "admin@lamp-tea.example"),
];

pub(super) struct Colleague {
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) role: BuiltInRole,
    pub(super) language: &'static str,
    pub(super) teams: &'static [usize],
}

pub(super) const SUPERVISOR: usize = 1;
/// The agents as whom visitors sign in: they find something unread.
pub(super) const VISITED: [usize; 2] = [2, 3];

pub(super) const STAFF: [Colleague; 8] = [
    colleague(
        "沈立安",
        "admin@lamp-tea.example",
        BuiltInRole::Administrator,
        "zh",
        &[],
    ),
    colleague(
        "Grace Okafor",
        "supervisor@lamp-tea.example",
        BuiltInRole::Supervisor,
        "en",
        &[0, 1, 2],
    ),
    colleague(
        "Emily Carter",
        "emily@lamp-tea.example",
        BuiltInRole::Agent,
        "en",
        &[0, 1, 2],
    ),
    colleague(
        "林晓雯",
        "lin@lamp-tea.example",
        BuiltInRole::Agent,
        "zh",
        &[0, 1, 2],
    ),
    colleague(
        "陈浩",
        "chen.hao@lamp-tea.example",
        BuiltInRole::Agent,
        "zh",
        &[1],
    ),
    colleague(
        "周敏",
        "zhou.min@lamp-tea.example",
        BuiltInRole::Agent,
        "zh",
        &[2],
    ),
    colleague(
        "Daniel Weber",
        "daniel@lamp-tea.example",
        BuiltInRole::Agent,
        "en",
        &[2],
    ),
    colleague(
        "Priya Nair",
        "priya@lamp-tea.example",
        BuiltInRole::Agent,
        "en",
        &[1, 0],
    ),
];

const fn colleague(
    name: &'static str,
    email: &'static str,
    role: BuiltInRole,
    language: &'static str,
    teams: &'static [usize],
) -> Colleague {
    Colleague {
        name,
        email,
        role,
        language,
        teams,
    }
}

/// The word in the scenarios, and the name.
pub(super) const TEAMS: [(&str, &str); 3] = [
    ("presales", "售前"),
    ("aftersales", "售后"),
    ("logistics", "Logistics"),
];

/// Who leads each team.
pub(super) const LEADS: [Option<usize>; 3] = [Some(2), Some(SUPERVISOR), Some(6)];

pub(super) fn team(key: &str) -> Option<usize> {
    TEAMS.iter().position(|(known, _)| *known == key)
}

/// The word in the scenarios, the name, the colour.
pub(super) const TAGS: [(&str, &str, &str); 16] = [
    ("delivery", "delivery 物流", "blue"),
    ("damage", "damage 破损", "red"),
    ("wrong item", "wrong item 错发", "amber"),
    ("return", "return 退换", "violet"),
    ("refund", "refund 退款", "violet"),
    ("invoice", "invoice 发票", "gray"),
    ("warranty", "warranty 保修", "teal"),
    ("size", "size 尺寸", "gray"),
    ("praise", "praise 表扬", "green"),
    ("quality doubt", "genuine? 真伪", "amber"),
    ("address", "address 改地址", "blue"),
    ("12315", "12315", "red"),
    ("complaint", "complaint 投诉", "red"),
    ("wholesale", "wholesale 团购", "green"),
    ("customs", "customs", "gray"),
    ("privacy", "privacy 隐私", "teal"),
];

/// Who of the staff, how much they take, what they speak, which skills they have, and when they work.
type Working = (
    usize,
    i64,
    &'static [&'static str],
    &'static [usize],
    Option<(&'static str, &'static str, &'static str)>,
);
pub(super) const SHIFTS: [Working; 6] = [
    (2, 14, &["en"], &[0, 2], None),
    (3, 14, &["zh", "en"], &[0, 1], None),
    (4, 10, &["zh"], &[1], Some(("Asia/Shanghai", "09:00", "18:00"))),
    (5, 10, &["zh"], &[], Some(("Asia/Shanghai", "12:00", "21:00"))),
    (
        6,
        10,
        &["en", "de"],
        &[],
        Some(("Europe/Berlin", "08:00", "16:30")),
    ),
    (7, 8, &["en"], &[0], None),
];

/// The status that the shop added to the built-in ones.
pub(super) const SUPPLIER_STATUS: &str = "Waiting for supplier 等供应商";
