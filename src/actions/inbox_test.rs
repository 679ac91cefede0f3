//! Trying an inbox's accounts: connect, sign in, look. Nothing is sent and nothing is fetched.

use std::time::Duration;

use shouwen_channels::Secret;
use shouwen_channels::email::dial::{Security as Protection, Trust};
use shouwen_channels::email::imap::{self, ImapAccount, ImapAuth, ImapError};
use shouwen_channels::email::smtp_client::{self, AccountError, SmtpAccount};

use super::inbox_secrets;
use crate::app::App;
use crate::store::inboxes::{Account, InboxRow, Security};

/// How long each step may take; somebody waits for the answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How one account came out.
#[derive(Debug)]
pub struct Finding {
    pub what: &'static str,
    /// `ok`, or what is wrong.
    pub code: &'static str,
    pub detail: String,
}

/// Tries all that the inbox is set up with.
///
/// `access`: user name and token of a mailbox that is signed in to by OAuth 2.
pub async fn test(app: &App, inbox: &InboxRow, access: Option<(String, Secret)>) -> Vec<Finding> {
    let Some(email) = &inbox.settings.0.email else {
        return Vec::new();
    };
    let secrets = match inbox_secrets::open(&app.secrets, inbox) {
        Ok(secrets) => secrets,
        Err(lost) => {
            let lost = |what| finding(what, "secret", lost.to_string());
            return vec![lost("smtp"), lost("imap"), finding_of_listener(app)];
        }
    };
    let smtp = async {
        let Some(account) = &email.smtp else {
            return finding(
                "smtp",
                "not_configured",
                "mail goes out by the desk's own server".to_owned(),
            );
        };
        let mut account = smtp_account(app, account, secrets.smtp_password.clone());
        if let Some((username, token)) = access.clone() {
            (account.username, account.password, account.oauth) = (Some(username), Some(token), true);
        }
        match smtp_client::probe(&account, inbox.address.as_deref()).await {
            Ok(found) => finding("smtp", "ok", found.server),
            Err(error) => finding("smtp", smtp_code(&error), error.to_string()),
        }
    };
    let imap = async {
        let Some(account) = &email.imap else {
            return finding("imap", "not_configured", "mail comes in by SMTP".to_owned());
        };
        let mut account = imap_account(account, &email.imap_folder, secrets.imap_password.clone());
        if let Some((username, token)) = access.clone() {
            (account.username, account.auth) = (username, ImapAuth::XOAuth2(token));
        }
        match imap::probe(&account).await {
            Ok(found) => finding("imap", "ok", format!("{} messages in the folder", found.messages)),
            Err(error) => finding("imap", imap_code(&error), error.to_string()),
        }
    };
    let receive = finding_of_listener(app);
    let (smtp, imap) = futures_util::future::join(smtp, imap).await;
    vec![smtp, imap, receive]
}

fn finding(what: &'static str, code: &'static str, detail: String) -> Finding {
    Finding { what, code, detail }
}

fn finding_of_listener(app: &App) -> Finding {
    if app.config.smtp.listen.is_empty() {
        finding(
            "receive",
            "not_configured",
            "this server takes no mail by SMTP (smtp.listen)".to_owned(),
        )
    } else {
        finding("receive", "ok", app.config.smtp.listen.clone())
    }
}

fn smtp_account(app: &App, account: &Account, password: Option<String>) -> SmtpAccount {
    SmtpAccount {
        host: account.host.clone(),
        port: account.port,
        security: protection(account.security),
        username: account.username.clone(),
        password: password.map(Secret::new),
        oauth: false,
        timeout: TIMEOUT,
        trust: Trust::default(),
        hello: app.config.host(),
    }
}

fn imap_account(account: &Account, folder: &str, password: Option<String>) -> ImapAccount {
    ImapAccount {
        host: account.host.clone(),
        port: account.port,
        security: protection(account.security),
        username: account.username.clone().unwrap_or_default(),
        auth: ImapAuth::Password(Secret::new(password.unwrap_or_default())),
        folder: folder.to_owned(),
        max_bytes: u32::MAX,
        timeout: TIMEOUT,
        since_ms: None,
        poll: TIMEOUT,
        trust: Trust::default(),
    }
}

fn protection(security: Security) -> Protection {
    match security {
        Security::None => Protection::None,
        Security::StartTls => Protection::StartTls,
        Security::Tls => Protection::Tls,
    }
}

/// The API's few codes, for which the interface has words.
fn smtp_code(error: &AccountError) -> &'static str {
    match error.code() {
        "no_starttls" => "tls",
        "authentication" | "no_authentication" | "authentication_required" => "auth",
        "sender_refused" => "sender",
        code => dial_code(code),
    }
}

fn imap_code(error: &ImapError) -> &'static str {
    match error.code() {
        "no_starttls" => "tls",
        "authentication" => "auth",
        "folder_missing" => "folder",
        code => dial_code(code),
    }
}

fn dial_code(code: &str) -> &'static str {
    match code {
        "unknown_host" => "dns",
        "refused" | "unreachable" => "refused",
        "certificate" | "tls" => "tls",
        "timeout" => "timeout",
        _ => "protocol",
    }
}
