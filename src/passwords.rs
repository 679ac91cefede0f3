//! Passwords: which are accepted, and their hashing by Argon2id with OWASP's parameters (19 MiB, 2 passes, 1 lane).

use std::sync::{Arc, OnceLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use shouwen_core::customer::fold;
use shouwen_core::fault::Fault;
use tokio::sync::Semaphore;

use crate::secrets::new_token;

/// The most common passwords that are long enough to be tried: one a line, folded.
const COMMON: &str = include_str!("common_passwords.txt");

/// The shortest password, in characters.
pub const SHORTEST: usize = 10;
/// The longest, in bytes: nobody types more, and hashing it costs.
const LONGEST: usize = 1024;
/// How many are hashed at once; each takes 19 MiB and a core.
const AT_ONCE: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    #[error("choose at least {SHORTEST} characters")]
    TooShort,
    #[error("choose at most {LONGEST} bytes")]
    TooLong,
    #[error("this is one of the passwords that are tried first; choose another")]
    Common,
    #[error("do not use your own email address")]
    OwnAddress,
}

impl From<WeakPassword> for Fault {
    fn from(weak: WeakPassword) -> Self {
        match weak {
            WeakPassword::TooShort => Self::PasswordShort { least: SHORTEST },
            WeakPassword::TooLong => Self::PasswordLong { most: LONGEST },
            WeakPassword::Common => Self::PasswordCommon,
            WeakPassword::OwnAddress => Self::PasswordIsAddress,
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed: {0}")]
pub struct HashError(String);

/// Cheap to clone; clones share the queue.
#[derive(Clone)]
pub struct Passwords {
    gate: Arc<Semaphore>,
    /// Compared with when nobody has the address, so that the answer takes as long.
    dummy: Arc<OnceLock<String>>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            gate: Arc::new(Semaphore::new(AT_ONCE)),
            dummy: Arc::default(),
        }
    }
}

/// Refuses what would be guessed first.
pub fn check_strength(password: &str, email: &str) -> Result<(), WeakPassword> {
    if password.chars().count() < SHORTEST {
        return Err(WeakPassword::TooShort);
    }
    if password.len() > LONGEST {
        return Err(WeakPassword::TooLong);
    }
    let folded = fold(password);
    if COMMON.lines().any(|common| common == folded) || is_one_character(&folded) {
        return Err(WeakPassword::Common);
    }
    if folded == fold(email) {
        return Err(WeakPassword::OwnAddress);
    }
    Ok(())
}

fn is_one_character(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    characters.all(|c| Some(c) == first)
}

impl Passwords {
    /// The hash to keep, in PHC format.
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        self.work(move || hash(&password)).await?
    }

    /// Whether it is the password of this hash. Without a hash the answer is no, and takes as long.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, HashError> {
        let dummy = Arc::clone(&self.dummy);
        self.work(move || {
            let known = hash.is_some();
            let hash = match hash {
                Some(hash) => hash,
                None => dummy_hash(&dummy)?,
            };
            let parsed = PasswordHash::new(&hash).map_err(|error| HashError(error.to_string()))?;
            let right = Argon2::default()
                .verify_password(password.as_bytes(), &parsed)
                .is_ok();
            Ok(right && known)
        })
        .await?
    }

    /// Runs hashing where it holds up nobody, few at once.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let _turn = self
            .gate
            .acquire()
            .await
            .map_err(|error| HashError(error.to_string()))?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| HashError(error.to_string()))
    }
}

fn hash(password: &str) -> Result<String, HashError> {
    // The defaults are OWASP's parameters; a test holds them to it.
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| HashError(error.to_string()))
}

fn dummy_hash(kept: &OnceLock<String>) -> Result<String, HashError> {
    if let Some(hash) = kept.get() {
        return Ok(hash.clone());
    }
    let made = hash(&new_token())?;
    Ok(kept.get_or_init(|| made).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_guessed_first_is_refused() {
        let email = "Wang.Fang@shop.example";
        for (password, verdict) in [
            ("short", Err(WeakPassword::TooShort)),
            ("一二三四五六七八九", Err(WeakPassword::TooShort)),
            ("Password123", Err(WeakPassword::Common)),
            ("１２３４５６７８９０", Err(WeakPassword::Common)),
            ("aaaaaaaaaaaa", Err(WeakPassword::Common)),
            ("wang.fang@shop.example", Err(WeakPassword::OwnAddress)),
            ("correct horse battery", Ok(())),
            ("首问负责制好过一切推诿", Ok(())),
        ] {
            assert_eq!(check_strength(password, email), verdict, "{password}");
        }
        assert_eq!(
            check_strength(&"x1".repeat(600), email),
            Err(WeakPassword::TooLong)
        );
    }

    #[test]
    fn the_list_is_folded_and_long_enough_to_matter() {
        assert!(COMMON.lines().count() >= 100);
        for line in COMMON.lines() {
            assert_eq!(line, fold(line));
            assert!(line.chars().count() >= SHORTEST, "{line}");
        }
    }

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_alone() {
        let passwords = Passwords::default();
        let hash = passwords.hash("correct horse".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let verify = |word: &str, hash: Option<String>| passwords.verify(word.to_owned(), hash);
        assert!(verify("correct horse", Some(hash.clone())).await.unwrap());
        assert!(!verify("incorrect horse", Some(hash)).await.unwrap());
        assert!(!verify("correct horse", None).await.unwrap());
    }
}
