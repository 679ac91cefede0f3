//! The desk's own mails: an invitation, a link to choose a new password. Written here, sent by a job.

use serde::{Deserialize, Serialize};
use shouwen_core::id::InboxId;

use crate::log::Change;
use crate::store::alarms::AlarmKind;

/// The kind of the job that sends a [`DeskMail`].
pub const SEND_DESK_MAIL: &str = "send_desk_mail";

/// A plain text to one agent, in the agent's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskMail {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub locale: String,
    /// An inbox through which it must not go: it is about that one.
    #[serde(default)]
    pub avoid: Option<InboxId>,
}

/// Whom an invitation or a reset goes to.
pub struct Recipient<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub locale: &'a str,
}

pub fn invitation(to: &Recipient<'_>, desk: &str, link: &str) -> DeskMail {
    let (subject, text) = if to.locale == "zh" {
        let desk = if desk.is_empty() { "首问客服台" } else { desk };
        (
            format!("邀请您加入{desk}"),
            format!(
                "{}，您好：\n\n您已被邀请加入{desk}。请在 7 天内打开下面的链接，设置您的密码：\n\n{link}\n",
                to.name
            ),
        )
    } else {
        let desk = if desk.is_empty() { "the Shouwen desk" } else { desk };
        (
            format!("You are invited to {desk}"),
            format!(
                "Hello {},\n\nyou are invited to {desk}. Open this link within 7 days and choose your password:\n\n{link}\n",
                to.name
            ),
        )
    };
    mail(to, subject, text)
}

pub fn password_reset(to: &Recipient<'_>, link: &str) -> DeskMail {
    let (subject, text) = if to.locale == "zh" {
        (
            "重设密码".to_owned(),
            format!(
                "{}，您好：\n\n请在 1 小时内打开下面的链接，设置新密码：\n\n{link}\n\n如果不是您本人的请求，请忽略此邮件：您的密码不会改变。\n",
                to.name
            ),
        )
    } else {
        (
            "Choose a new password".to_owned(),
            format!(
                "Hello {},\n\nopen this link within 1 hour and choose a new password:\n\n{link}\n\nIf you did not ask for it, ignore this mail: your password stays as it is.\n",
                to.name
            ),
        )
    };
    mail(to, subject, text)
}

/// Something is wrong with an inbox, which an administrator must see to.
pub fn alarm(
    to: &Recipient<'_>,
    kind: AlarmKind,
    inbox: &str,
    code: &str,
    avoid: Option<InboxId>,
) -> DeskMail {
    let is_chinese = to.locale == "zh";
    let (what, advice) = match (kind, is_chinese) {
        (AlarmKind::MailboxSilent, true) => ("邮箱无法收信", "请在“设置 → 收件箱”中检查其服务器和密码。"),
        (AlarmKind::MailboxSilent, false) => (
            "a mailbox cannot be read",
            "Look at its server and password under Settings, Inboxes.",
        ),
        (AlarmKind::TokenRefused, true) => ("邮箱的授权已失效", "请在“设置 → 收件箱”中重新连接。"),
        (AlarmKind::TokenRefused, false) => (
            "the provider took back a mailbox's sign-in",
            "Connect it again under Settings, Inboxes.",
        ),
        (AlarmKind::SendingRefused, true) => (
            "发信帐户被拒绝，答复正在等待",
            "请在“设置 → 收件箱”中检查发信服务器和密码。",
        ),
        (AlarmKind::SendingRefused, false) => (
            "its account does not let us send, and answers wait",
            "Look at its outgoing server and password under Settings, Inboxes.",
        ),
        (AlarmKind::MailLoop, true) => ("邮件循环已被阻止", "请在“邮件记录”中查看被暂停的邮件。"),
        (AlarmKind::MailLoop, false) => (
            "a loop of mails was stopped",
            "Look at the suspended mails under Mail.",
        ),
    };
    let code = if code.is_empty() {
        String::new()
    } else {
        format!(" ({code})")
    };
    let (subject, text) = if is_chinese {
        (
            format!("警报：{what}：{inbox}"),
            format!("{}，您好：\n\n{inbox}：{what}{code}。\n{advice}\n", to.name),
        )
    } else {
        (
            format!("Alarm: {what}: {inbox}"),
            format!("Hello {},\n\n{inbox}: {what}{code}.\n{advice}\n", to.name),
        )
    };
    DeskMail {
        avoid,
        ..mail(to, subject, text)
    }
}

/// Sends a mail once the change is committed.
pub fn send(change: &mut Change, mail: &DeskMail) {
    let now = change.now();
    change.enqueue(SEND_DESK_MAIL, mail, now);
}

fn mail(to: &Recipient<'_>, subject: String, text: String) -> DeskMail {
    DeskMail {
        to: to.email.to_owned(),
        subject,
        text,
        locale: to.locale.to_owned(),
        avoid: None,
    }
}
