//! The desk's own mails: an invitation, a link to choose a new password. Written here, sent by a job.

use serde::{Deserialize, Serialize};

use crate::log::Change;

/// The kind of the job that sends a [`DeskMail`].
pub const SEND_DESK_MAIL: &str = "send_desk_mail";

/// A plain text to one agent, in the agent's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskMail {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub locale: String,
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
    }
}
