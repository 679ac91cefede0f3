//! Hosts of large providers whose outgoing addresses are not those of the host that takes our mail, with
//! the SPF mechanism that each of them asks its customers to publish.

/// Ends of host names, and what allows the provider behind them.
const PROVIDERS: &[(&str, &str)] = &[
    ("gmail.com", "include:_spf.google.com"),
    ("google.com", "include:_spf.google.com"),
    ("googlemail.com", "include:_spf.google.com"),
    ("office365.com", "include:spf.protection.outlook.com"),
    ("outlook.com", "include:spf.protection.outlook.com"),
    ("amazonaws.com", "include:amazonses.com"),
    ("sendgrid.net", "include:sendgrid.net"),
    ("mailgun.org", "include:mailgun.org"),
    ("mailjet.com", "include:spf.mailjet.com"),
    ("brevo.com", "include:spf.brevo.com"),
    ("sendinblue.com", "include:spf.brevo.com"),
    ("postmarkapp.com", "include:spf.mtasv.net"),
    ("mailersend.net", "include:_spf.mailersend.net"),
    ("mandrillapp.com", "include:spf.mandrillapp.com"),
    ("sparkpostmail.com", "include:sparkpostmail.com"),
    ("messagingengine.com", "include:spf.messagingengine.com"),
    ("fastmail.com", "include:spf.messagingengine.com"),
    ("zoho.com", "include:zohomail.com"),
    ("zoho.eu", "include:zohomail.eu"),
    ("yandex.ru", "include:_spf.yandex.net"),
    ("yandex.net", "include:_spf.yandex.net"),
    ("ionos.de", "include:_spf-eu.ionos.com"),
    ("ionos.com", "include:_spf-us.ionos.com"),
    ("ovh.net", "include:mx.ovh.com"),
    ("secureserver.net", "include:secureserver.net"),
    ("exmail.qq.com", "include:spf.mail.qq.com"),
    ("qq.com", "include:spf.mail.qq.com"),
    ("qiye.163.com", "include:spf.163.com"),
    ("163.com", "include:spf.163.com"),
    ("ym.163.com", "include:spf.ym.163.com"),
    ("mxhichina.com", "include:spf.qiye.aliyun.com"),
    ("qiye.aliyun.com", "include:spf.qiye.aliyun.com"),
    ("dm.aliyun.com", "include:spf1.dm.aliyun.com"),
    ("aliyuncs.com", "include:spf1.dm.aliyun.com"),
    ("feishu.cn", "include:_netblocks.m.feishu.cn"),
];

/// The mechanism that allows a known provider's hosts; the most exact name wins.
pub(super) fn mechanism(host: &str) -> Option<&'static str> {
    let fits = |end: &str| {
        host.strip_suffix(end)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let known = PROVIDERS.iter().filter(|(end, _)| fits(end));
    known
        .max_by_key(|(end, _)| end.len())
        .map(|(_, mechanism)| *mechanism)
}

#[cfg(test)]
mod tests {
    use super::mechanism;

    #[test]
    fn providers_are_known_by_the_end_of_the_host_name() {
        for (host, wanted) in [
            ("smtp.gmail.com", Some("include:_spf.google.com")),
            ("smtp.exmail.qq.com", Some("include:spf.mail.qq.com")),
            ("smtp.ym.163.com", Some("include:spf.ym.163.com")),
            (
                "email-smtp.eu-west-1.amazonaws.com",
                Some("include:amazonses.com"),
            ),
            ("notgmail.com", None),
            ("mail.shop.example", None),
        ] {
            assert_eq!(mechanism(host), wanted, "{host}");
        }
    }
}
