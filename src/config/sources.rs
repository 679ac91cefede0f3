//! Where the values come from, later ones winning: the defaults, a file, the environment, the command line. It keeps
//! for each key where it was given, so that whatever is wrong with it is told with its place.

use std::collections::BTreeMap;
use std::path::Path;

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use super::ConfigError;

const DEFAULTS: &str = include_str!("../../config/default.toml");
const PREFIX: &str = "SHOUWEN__";

pub(super) struct Sources {
    table: Table,
    /// By `section.key`; what has its default is not here.
    places: BTreeMap<String, String>,
}

impl Sources {
    pub(super) fn defaults() -> Self {
        Self {
            table: DEFAULTS.parse().expect("the defaults are valid TOML"),
            places: BTreeMap::new(),
        }
    }

    pub(super) fn add_file(&mut self, file: &Path) -> Result<(), ConfigError> {
        let text = std::fs::read_to_string(file).map_err(|error| ConfigError::Unreadable {
            file: file.to_owned(),
            error,
        })?;
        let at = |offset: usize| format!("{}:{}", file.display(), line(&text, offset));
        // Its own words show the line, which may hold a password.
        let syntax = |error: toml::de::Error| ConfigError::Syntax {
            place: at(error.span().map_or(0, |span| span.start)),
            error: error.message().to_owned(),
        };
        let spans = DeTable::parse(&text).map_err(syntax)?;
        let values: Table = text.parse().map_err(syntax)?;
        for (section, inside) in spans.get_ref() {
            let name = section.get_ref().as_ref();
            let DeValue::Table(keys) = inside.get_ref() else {
                return Err(unknown(at(section.span().start), name));
            };
            if !self.table.contains_key(name) {
                return Err(unknown(at(section.span().start), name));
            }
            for key in keys.keys() {
                let path = format!("{name}.{}", key.get_ref());
                let value = values[name][key.get_ref().as_ref()].clone();
                self.put(&path, value, at(key.span().start))?;
            }
        }
        Ok(())
    }

    /// Takes a variable of the process, if it is one of ours.
    pub(super) fn add_variable(&mut self, name: &str, value: &str) -> Result<(), ConfigError> {
        let Some(key) = name.strip_prefix(PREFIX) else {
            return Ok(());
        };
        let path = key.to_lowercase().replacen("__", ".", 1);
        self.put_text(&path, value, format!("environment variable {name}"))
    }

    /// `section.key=value`
    pub(super) fn add_set(&mut self, one: &str) -> Result<(), ConfigError> {
        let (path, value) = one
            .split_once('=')
            .ok_or_else(|| ConfigError::WrongSet(one.to_owned()))?;
        self.put_text(path, value, "--set".to_owned())
    }

    /// The values as `T`, whose words and ranges are checked here.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        serde_path_to_error::deserialize(Value::Table(self.table.clone())).map_err(|error| {
            let path = error.path().to_string();
            self.wrong(&format!("{path}: {}", error.inner().message()))
        })
    }

    /// `words` begin with the key that is wrong.
    pub(super) fn wrong(&self, words: &str) -> ConfigError {
        let key = words.split([' ', ':']).next().unwrap_or_default();
        ConfigError::Wrong(match self.places.get(key) {
            Some(place) => format!("{place}: {words}"),
            None => words.to_owned(),
        })
    }

    /// Sets one key from text, read as the type that its default has.
    fn put_text(&mut self, path: &str, text: &str, place: String) -> Result<(), ConfigError> {
        let wrong = |wanted| ConfigError::Syntax {
            place: format!("{place} {path}"),
            error: format!("{text:?} is not {wanted}"),
        };
        let value = match self.slot(path) {
            None => return Err(unknown(place, path)),
            Some(slot @ Value::Integer(_)) => Value::Integer(text.parse().map_err(|_| wrong(kind(slot)))?),
            Some(slot @ Value::Boolean(_)) => Value::Boolean(text.parse().map_err(|_| wrong(kind(slot)))?),
            Some(Value::Array(_)) => Value::Array(
                text.split(',')
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(Value::from)
                    .collect(),
            ),
            Some(_) => Value::String(text.to_owned()),
        };
        self.put(path, value, place)
    }

    fn put(&mut self, path: &str, value: Value, place: String) -> Result<(), ConfigError> {
        let Some(slot) = self.slot(path) else {
            return Err(unknown(place, path));
        };
        if slot.type_str() != value.type_str() {
            return Err(ConfigError::Syntax {
                error: format!("{path} must be {}, and is {}", kind(slot), kind(&value)),
                place,
            });
        }
        *slot = value;
        self.places.insert(path.to_owned(), place);
        Ok(())
    }

    fn slot(&mut self, path: &str) -> Option<&mut Value> {
        let (section, key) = path.split_once('.')?;
        self.table.get_mut(section)?.as_table_mut()?.get_mut(key)
    }
}

fn unknown(place: String, key: &str) -> ConfigError {
    ConfigError::UnknownKey {
        place,
        key: key.to_owned(),
    }
}

/// A type in words.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Integer(_) => "a whole number",
        Value::Boolean(_) => "true or false",
        Value::Array(_) => "a list",
        Value::String(_) => "a text in quotes",
        Value::Table(_) => "a section",
        Value::Float(_) | Value::Datetime(_) => "a number with a point, or a date",
    }
}

/// Counted from one.
fn line(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().iter().take(offset);
    before.filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    fn fault(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("desk.toml");
        std::fs::write(&file, text).unwrap();
        let error = Config::read(Some(&file), std::iter::empty(), &[]).unwrap_err();
        error.to_string().replace(&file.display().to_string(), "FILE")
    }

    #[test]
    fn what_is_wrong_in_a_file_is_told_with_its_line() {
        for (text, words) in [
            (
                "[http]\nlisen = \"1.2.3.4:5\"\n",
                "FILE:2: there is no key http.lisen",
            ),
            ("\n\n[htp]\nlisten = \"x\"\n", "FILE:3: there is no key htp"),
            (
                "[mail]\n\nsmtp_port = \"25\"\n",
                "FILE:3: mail.smtp_port must be a whole number",
            ),
            ("[mail]\nsmtp_port = 99999\n", "FILE:2: mail.smtp_port: "),
            (
                "[mail]\nsmtp_security = \"ssl\"\n",
                "FILE:2: mail.smtp_security: unknown variant",
            ),
            (
                "[database]\nurl = \"mysql://x\"\n",
                "FILE:2: database.url must be empty",
            ),
            (
                "[fetch]\nallowed_networks = [\"10.0.0.0/99\"]\n",
                "FILE:2: fetch.allowed_networks",
            ),
            ("http = 5\n", "FILE:1: there is no key http"),
        ] {
            let told = fault(text);
            assert!(told.starts_with(words), "{text:?}: {told}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named_and_not_shown() {
        let told = fault("[mail]\nfrom = \"a@b.c\"\nsmtp_password = geheim\n");
        assert!(told.starts_with("FILE:3: ") && !told.contains("geheim"), "{told}");
    }
}
