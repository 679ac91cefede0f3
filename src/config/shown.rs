//! The configuration as it may be shown: without its secrets.

use toml::{Table, Value};

use super::Config;

/// Every key that holds a secret, or the name that goes with one.
const SECRET: &[(&str, &str)] = &[
    ("blobs", "s3_access_key"),
    ("blobs", "s3_secret_key"),
    ("mail", "smtp_password"),
    ("oauth", "google_client_secret"),
    ("oauth", "microsoft_client_secret"),
    ("secrets", "key"),
    ("smtp", "tls_key"),
];

/// Hold a password when they are no URL, too.
const URLS: &[(&str, &str)] = &[("bus", "redis_url"), ("database", "url")];

impl Config {
    /// As TOML, with every secret masked.
    pub fn shown(&self) -> Result<String, toml::ser::Error> {
        let mut table = Table::try_from(self)?;
        for (section, values) in &mut table {
            for (key, value) in values.as_table_mut().into_iter().flatten() {
                if let Value::String(text) = value {
                    mask(section, key, text);
                }
            }
        }
        toml::to_string_pretty(&table)
    }
}

fn mask(section: &str, key: &str, text: &mut String) {
    let is = |(of, named): &(&str, &str)| *of == section && *named == key;
    if text.is_empty() {
        return;
    }
    if SECRET.iter().any(is) {
        "(hidden)".clone_into(text);
    } else if URLS.iter().any(is) || text.contains("://") {
        mask_url(text);
    }
}

/// Hides the password within a URL, in its userinfo or its query.
fn mask_url(text: &mut String) {
    let Ok(mut url) = url::Url::parse(text) else {
        "(hidden: not a URL)".clone_into(text);
        return;
    };
    let mut changed = url.password().is_some();
    if changed {
        let _ = url.set_password(Some("hidden")); // fails only for a URL that cannot have one
    }
    if url.query().is_some_and(|query| query.contains("password")) {
        url.set_query(Some("hidden"));
        changed = true;
    }
    if changed {
        *text = url.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "4f1d9c37a2b86e0596e0f7b42dc8135a02b9674ae5d1f83cd7205be8c31f94a6";

    fn shown(sets: &[String]) -> String {
        let config = Config::read(None, std::iter::empty(), sets).unwrap();
        config.shown().unwrap()
    }

    /// `section.key` of every text whose name says that it is secret.
    fn secret_by_name() -> Vec<String> {
        let defaults = Config::read(None, std::iter::empty(), &[]).unwrap();
        let mut found = Vec::new();
        for (section, values) in Table::try_from(&defaults).unwrap() {
            for (key, value) in values.as_table().unwrap() {
                let path = format!("{section}.{key}");
                let telling = ["secret", "password", "key", "token"];
                let names = telling.iter().any(|word| path.contains(word)) && !key.ends_with("_url");
                if names && value.is_str() {
                    found.push(path);
                }
            }
        }
        found
    }

    #[test]
    fn no_value_of_a_key_that_is_secret_by_its_name_is_shown() {
        let keys = secret_by_name();
        assert!(keys.len() >= 7, "{keys:?}");
        let planted = |place: usize, path: &str| match path {
            "secrets.key" => KEY.to_owned(),
            _ => format!("geheim{place}"),
        };
        let mut sets = vec!["smtp.tls_certificate=cert.pem".to_owned()];
        let values: Vec<String> = keys
            .iter()
            .enumerate()
            .map(|(place, path)| planted(place, path))
            .collect();
        sets.extend(
            keys.iter()
                .zip(&values)
                .map(|(path, value)| format!("{path}={value}")),
        );
        let shown = shown(&sets);
        for (path, value) in keys.iter().zip(&values) {
            assert!(
                !shown.contains(value),
                "{path} is shown: add it to SECRET\n{shown}"
            );
        }
        assert_eq!(shown.matches("\"(hidden)\"").count(), keys.len(), "{shown}");
    }

    #[test]
    fn no_password_within_a_url_is_shown() {
        let sets = [
            "database.url=postgres://desk:geheim@db/desk?password=geheim",
            "bus.redis_url=redis://:geheim@cache:6379",
            "blobs.s3_endpoint=https://me:geheim@s3.example",
        ];
        let shown = shown(&sets.map(str::to_owned));
        assert!(!shown.contains("geheim"), "{shown}");
        assert!(
            shown.contains("127.0.0.1:8080") && shown.contains("@db/desk"),
            "{shown}"
        );
        let no_url = self::shown(&["database.url=postgres host=db password=geheim".to_owned()]);
        assert!(!no_url.contains("geheim"), "{no_url}");
    }
}
