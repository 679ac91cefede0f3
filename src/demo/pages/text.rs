//! What the mail catcher's pages say, in English and Chinese.

use axum::http::{HeaderMap, header};
use shouwen_core::time::Length;

pub(super) struct Text {
    pub(super) lang: &'static str,
    pub(super) catcher: &'static str,
    pub(super) inbox: &'static str,
    pub(super) shop: &'static str,
    pub(super) mails: &'static str,
    pub(super) lead: &'static str,
    pub(super) empty: &'static str,
    pub(super) gone: &'static str,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    pub(super) files: &'static str,
    pub(super) headers: &'static str,
    pub(super) send: &'static str,
    pub(super) sent: &'static str,
    pub(super) refused: &'static str,
    pub(super) no_subject: &'static str,
}

const ENGLISH: Text = Text {
    lang: "en",
    catcher: "Mail catcher",
    inbox: "Inbox",
    shop: "Shop",
    mails: "Caught mail",
    lead: "Every mail that this demo sends ends here; none leaves this machine. Open one to answer it as the customer.",
    empty: "No mail yet. Answer a customer's email in the inbox, then reload this page.",
    gone: "This mail is gone",
    from: "From",
    to: "To",
    files: "Attached",
    headers: "Headers",
    send: "Send the answer",
    sent: "Sent. The answer is in its ticket in a moment.",
    refused: "The desk did not take the answer. The server's log says why.",
    no_subject: "(no subject)",
};

const CHINESE: Text = Text {
    lang: "zh",
    catcher: "邮件捕获",
    inbox: "收件箱",
    shop: "商店",
    mails: "捕获的邮件",
    lead: "演示发出的邮件都到这里，不会离开本机。打开一封，可以以客户的身份回信。",
    empty: "还没有邮件。在收件箱里回复一封客户邮件，再刷新本页。",
    gone: "这封邮件已不在",
    from: "发件人",
    to: "收件人",
    files: "附件",
    headers: "邮件头",
    send: "发送回信",
    sent: "已发送，稍后会出现在工单里。",
    refused: "服务台没有收下这封回信，原因见服务器日志。",
    no_subject: "（无主题）",
};

impl Text {
    pub(super) fn ago(&self, length: Length) -> String {
        let minutes = length.millis() / 60_000;
        match (self.lang, minutes) {
            ("zh", 0) => "刚刚".to_owned(),
            ("zh", 1..60) => format!("{minutes} 分钟前"),
            ("zh", 60..2880) => format!("{} 小时前", minutes / 60),
            ("zh", _) => format!("{} 天前", minutes / 1440),
            (_, 0) => "just now".to_owned(),
            (_, 1..60) => format!("{minutes} min ago"),
            (_, 60..2880) => format!("{} h ago", minutes / 60),
            (_, _) => format!("{} days ago", minutes / 1440),
        }
    }

    pub(super) fn answer_as(&self, customer: &str) -> String {
        if self.lang == "zh" {
            format!("以 {customer} 的身份回信")
        } else {
            format!("Answer as {customer}")
        }
    }
}

/// By what was asked for, else by the browser's first language.
pub(super) fn text(asked: Option<&str>, headers: &HeaderMap) -> &'static Text {
    let browser = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    if asked.or(browser).unwrap_or_default().starts_with("zh") {
        &CHINESE
    } else {
        &ENGLISH
    }
}
