//! The configuration: `config/default.toml`, a file, the environment, the command line, in this order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use shouwen_channels::phone::Country;
use toml::{Table, Value};

use crate::network::Network;

const DEFAULTS: &str = include_str!("../config/default.toml");
const PREFIX: &str = "SHOUWEN__";

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
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    pub listen: String,
    pub hostname: String,
    pub max_bytes: usize,
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
        let mut table: Table = DEFAULTS.parse().expect("the defaults are valid TOML");
        if let Some(file) = file {
            let text = std::fs::read_to_string(file).map_err(|error| ConfigError::Unreadable {
                file: file.to_owned(),
                error,
            })?;
            let place = file.display().to_string();
            let given: Table = text
                .parse()
                .map_err(|error: toml::de::Error| ConfigError::Syntax {
                    place: place.clone(),
                    error: error.to_string(),
                })?;
            merge(&mut table, given, &place)?;
        }
        for (name, value) in environment {
            if let Some(key) = name.strip_prefix(PREFIX) {
                let key = key.to_lowercase().replacen("__", ".", 1);
                set(&mut table, &key, &value, &format!("environment variable {name}"))?;
            }
        }
        for one in sets {
            let (key, value) = one
                .split_once('=')
                .ok_or_else(|| ConfigError::WrongSet(one.clone()))?;
            set(&mut table, key, value, "--set")?;
        }
        let config: Self = Value::Table(table)
            .try_into()
            .map_err(|error: toml::de::Error| ConfigError::Wrong(error.to_string()))?;
        config.check()?;
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

    /// What no type can say.
    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |text: &str| Err(ConfigError::Wrong(text.to_owned()));
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
        if !self.secrets.key.is_empty() && !is_key(&self.secrets.key) {
            return wrong("secrets.key must be 64 hex digits; `openssl rand -hex 32` makes one");
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

fn check_networks(key: &str, written: &[String]) -> Result<(), ConfigError> {
    match written.iter().find(|one| one.parse::<Network>().is_err()) {
        None => Ok(()),
        Some(wrong) => Err(ConfigError::Wrong(format!(
            "{key}: {wrong:?} is not an address or a network such as 10.0.0.0/8"
        ))),
    }
}

fn is_key(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn merge(table: &mut Table, given: Table, place: &str) -> Result<(), ConfigError> {
    for (section, values) in given {
        let known = table.get_mut(&section).and_then(Value::as_table_mut);
        let (Some(known), Value::Table(values)) = (known, values) else {
            return Err(ConfigError::UnknownKey {
                place: place.to_owned(),
                key: section,
            });
        };
        for (key, value) in values {
            if !known.contains_key(&key) {
                return Err(ConfigError::UnknownKey {
                    place: place.to_owned(),
                    key: format!("{section}.{key}"),
                });
            }
            known.insert(key, value);
        }
    }
    Ok(())
}

/// Sets one key from text, read as the type that its default has.
fn set(table: &mut Table, path: &str, text: &str, place: &str) -> Result<(), ConfigError> {
    let unknown = || ConfigError::UnknownKey {
        place: place.to_owned(),
        key: path.to_owned(),
    };
    let (section, key) = path.split_once('.').ok_or_else(unknown)?;
    let slot = table
        .get_mut(section)
        .and_then(Value::as_table_mut)
        .and_then(|t| t.get_mut(key))
        .ok_or_else(unknown)?;
    let syntax = |expected: &str| ConfigError::Syntax {
        place: format!("{place} {path}"),
        error: format!("{text:?} is not {expected}"),
    };
    *slot = match slot {
        Value::Integer(_) => Value::Integer(text.parse().map_err(|_| syntax("a whole number"))?),
        Value::Boolean(_) => Value::Boolean(text.parse().map_err(|_| syntax("true or false"))?),
        Value::Array(_) => Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|s| !s.is_empty())
                .map(Value::from)
                .collect(),
        ),
        _ => Value::String(text.to_owned()),
    };
    Ok(())
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
                "http.trusted_proxies=10.0.0.0/33",
                "is not an address or a network",
            ),
        ] {
            let error = read(&[sets], &[]).unwrap_err().to_string();
            assert!(error.contains(words), "{sets}: {error}");
        }
    }
}
