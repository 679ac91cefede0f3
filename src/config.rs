//! The configuration: `config/default.toml`, a file, the environment, the command line, in this order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use shouwen_channels::phone::Country;

use crate::network::Network;
use sources::Sources;

mod shown;
mod sources;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub data: Data,
    pub database: Database,
    pub bus: BusConfig,
    pub blobs: BlobConfig,
    pub http: Http,
    pub smtp: Smtp,
    pub lmtp: Lmtp,
    pub mail: Mail,
    pub phone: Phone,
    pub fetch: Fetch,
    pub oauth: OauthConfig,
    pub secrets: Secrets,
    pub log: LogConfig,
    pub workers: Workers,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    pub folder: PathBuf,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: String,
    pub connections: u32,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BusConfig {
    pub redis_url: String,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BlobConfig {
    pub s3_bucket: String,
    pub s3_endpoint: String,
    pub s3_region: String,
    pub s3_access_key: String,
    pub s3_secret_key: String,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    pub listen: SocketAddr,
    pub public_url: String,
    pub trusted_proxies: Vec<String>,
    pub max_upload_bytes: usize,
    pub drain_seconds: u64,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    pub listen: String,
    pub hostname: String,
    pub max_bytes: usize,
    pub max_unfinished_bytes: u64,
    pub tls_certificate: String,
    pub tls_key: String,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Lmtp {
    pub socket: String,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub smtp_host: String,
    pub smtp_port: u16,
    pub smtp_security: MailSecurity,
    pub smtp_username: String,
    pub smtp_password: String,
    pub from: String,
    pub keep_raw_days: i64,
    pub max_sent_bytes: usize,
    pub link_over_bytes: usize,
    pub link_days: i64,
    pub one_ticket_for_copies: bool,
    pub check_senders: CheckSenders,
    pub nameserver: String,
    pub trusted_authserv: String,
}

/// Whether SPF, DKIM and DMARC of delivered mail are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckSenders {
    /// Of what came from a public address.
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    None,
    Starttls,
    Tls,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Phone {
    pub country: String,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OauthConfig {
    pub google_client_id: String,
    pub google_client_secret: String,
    pub google_authorize_url: String,
    pub google_token_url: String,
    pub microsoft_client_id: String,
    pub microsoft_client_secret: String,
    pub microsoft_authorize_url: String,
    pub microsoft_token_url: String,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    pub allowed_networks: Vec<String>,
}

impl Fetch {
    /// Those that are networks; `check` refuses the others at the start.
    pub fn networks(&self) -> Vec<Network> {
        self.allowed_networks
            .iter()
            .filter_map(|one| one.parse().ok())
            .collect()
    }
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    pub key: String,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    pub format: LogFormat,
    pub level: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Workers {
    pub jobs: usize,
    pub grace_seconds: u64,
}

/// What is wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read {file}: {error}")]
    Unreadable { file: PathBuf, error: std::io::Error },
    #[error("{place}: {error}")]
    Syntax { place: String, error: String },
    #[error("{place}: there is no key {key}; config/default.toml lists every key")]
    UnknownKey { place: String, key: String },
    #[error("--set {0}: write it as section.key=value")]
    WrongSet(String),
    #[error("{0}")]
    Wrong(String),
}

impl Config {
    /// Reads all sources; `sets` are `section.key=value`, `environment` the process's variables.
    pub fn read(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
        sets: &[String],
    ) -> Result<Self, ConfigError> {
        let mut sources = Sources::defaults();
        if let Some(file) = file {
            sources.add_file(file)?;
        }
        for (name, value) in environment {
            sources.add_variable(&name, &value)?;
        }
        for one in sets {
            sources.add_set(one)?;
        }
        let config: Self = sources.read()?;
        config.check().map_err(|words| sources.wrong(&words))?;
        Ok(config)
    }

    /// The base of links to this desk, without a slash at its end.
    pub fn public_url(&self) -> String {
        match self.http.public_url.trim_end_matches('/') {
            "" => format!("http://{}", self.http.listen),
            url => url.to_owned(),
        }
    }

    /// The host of the public URL: the domain of our Message-IDs.
    pub fn host(&self) -> String {
        let url = url::Url::parse(&self.public_url()).ok();
        url.and_then(|url| url.host_str().map(ToOwned::to_owned))
            .unwrap_or_else(|| "localhost".to_owned())
    }

    pub fn lmtp_socket(&self) -> PathBuf {
        if self.lmtp.socket.is_empty() {
            self.data.folder.join("lmtp.sock")
        } else {
            PathBuf::from(&self.lmtp.socket)
        }
    }

    /// What no type can say. The words begin with the key that is wrong.
    fn check(&self) -> Result<(), String> {
        let wrong = |text: &str| Err(text.to_owned());
        if !self.database.url.is_empty() && !self.database.url.starts_with("postgres") {
            return wrong("database.url must be empty (SQLite in the data folder) or begin with postgres://");
        }
        if !self.bus.redis_url.is_empty() && !self.bus.redis_url.starts_with("redis") {
            return wrong("bus.redis_url must be empty or begin with redis:// or rediss://");
        }
        if !self.http.public_url.is_empty() && url::Url::parse(&self.http.public_url).is_err() {
            return wrong("http.public_url is not a URL such as https://desk.shop.example");
        }
        check_networks("http.trusted_proxies", &self.http.trusted_proxies)?;
        check_networks("fetch.allowed_networks", &self.fetch.allowed_networks)?;
        if self.smtp.tls_certificate.is_empty() != self.smtp.tls_key.is_empty() {
            return wrong("smtp.tls_certificate and smtp.tls_key go together: give both or neither");
        }
        if !self.smtp.listen.is_empty() && self.smtp.listen.parse::<SocketAddr>().is_err() {
            return wrong("smtp.listen is not an address such as 0.0.0.0:25");
        }
        if self.smtp.max_unfinished_bytes < self.smtp.max_bytes as u64 {
            return wrong(
                "smtp.max_unfinished_bytes must be at least smtp.max_bytes, or no such mail finds room",
            );
        }
        if !self.secrets.key.is_empty() && !is_key(&self.secrets.key) {
            return wrong("secrets.key must be 64 hex digits; `openssl rand -hex 32` makes one");
        }
        if !self.secrets.key.is_empty() && is_weak(&self.secrets.key) {
            return wrong("secrets.key can be guessed: make one with `openssl rand -hex 32`");
        }
        if Country::by_code(&self.phone.country).is_none() {
            return wrong("phone.country is not a country that we know, such as CN (ISO 3166)");
        }
        if self.mail.max_sent_bytes < 100_000 || self.mail.link_days < 1 {
            return wrong("mail.max_sent_bytes must be at least 100000, mail.link_days at least 1");
        }
        if self.workers.jobs == 0 || self.database.connections == 0 {
            return wrong("workers.jobs and database.connections must be at least 1");
        }
        Ok(())
    }
}

fn check_networks(key: &str, written: &[String]) -> Result<(), String> {
    match written.iter().find(|one| one.parse::<Network>().is_err()) {
        None => Ok(()),
        Some(wrong) => Err(format!(
            "{key}: {wrong:?} is not an address or a network such as 10.0.0.0/8"
        )),
    }
}

fn is_key(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// One of few digits, or a shorter one over and over: no random key looks so.
fn is_weak(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let mut digits: Vec<u8> = key.bytes().collect();
    digits.sort_unstable();
    digits.dedup();
    let repeats = |length: usize| {
        key.as_bytes()
            .chunks(length)
            .all(|part| part == &key.as_bytes()[..length])
    };
    digits.len() < 8 || [8, 16, 32].into_iter().any(repeats)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sets: &[&str], environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let sets: Vec<_> = sets.iter().map(|s| (*s).to_owned()).collect();
        let environment = environment
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Config::read(None, environment, &sets)
    }

    #[test]
    fn the_defaults_are_a_configuration() {
        let config = read(&[], &[]).unwrap();
        assert_eq!(config.public_url(), "http://127.0.0.1:8080");
    }

    #[test]
    fn the_command_line_wins_over_the_environment() {
        let environment = [
            ("SHOUWEN__HTTP__LISTEN", "0.0.0.0:1"),
            ("SHOUWEN__WORKERS__JOBS", "9"),
            ("PATH", "/bin"),
        ];
        let config = read(&["http.listen=0.0.0.0:2"], &environment).unwrap();
        assert_eq!((config.http.listen.port(), config.workers.jobs), (2, 9));
    }

    #[test]
    fn what_is_wrong_is_explained() {
        for (sets, words) in [
            ("http.lisen=1.2.3.4:5", "there is no key http.lisen"),
            ("workers.jobs=many", "not a whole number"),
            ("database.url=mysql://x", "must be empty (SQLite"),
            ("smtp.tls_key=key.pem", "give both or neither"),
            ("http.listen=nowhere", "socket address"),
            ("secrets.key=abc", "64 hex digits"),
            (
                "secrets.key=0000000000000000000000000000000000000000000000000000000000000000",
                "can be guessed",
            ),
            (
                "secrets.key=0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
                "can be guessed",
            ),
            (
                "http.trusted_proxies=10.0.0.0/33",
                "is not an address or a network",
            ),
        ] {
            let error = read(&[sets], &[]).unwrap_err().to_string();
            assert!(error.contains(words), "{sets}: {error}");
        }
    }
}
