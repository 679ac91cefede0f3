//! The server's key: encrypts what must be kept but not read from the database, and signs tokens.
//!
//! Kept outside the database, so that a copy of the database alone opens no mailbox.

use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use rand::TryRng;
use rand::rngs::SysRng;
use sha2::{Digest, Sha256};

/// What a signing secret begins with (standardwebhooks.com); the rest is base64.
pub const SIGNED_PREFIX: &str = "whsec_";

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("cannot read or write the key file {0}: {1}")]
    File(std::path::PathBuf, std::io::Error),
    #[error("the key file {0} does not hold 64 hex digits")]
    NotAKey(std::path::PathBuf),
    #[error("this was encrypted with another key: give the server its old secret.key back")]
    WrongKey,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Secrets([u8; 32]);

impl Secrets {
    /// From the configured hex key, else from `secret.key` in the folder, made when missing.
    pub fn open(configured: &str, folder: &Path) -> Result<Self, SecretError> {
        let file = folder.join("secret.key");
        if !configured.is_empty() {
            return parse(configured).ok_or(SecretError::NotAKey(file));
        }
        match std::fs::read_to_string(&file) {
            Ok(text) => parse(text.trim()).ok_or(SecretError::NotAKey(file)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::make(&file),
            Err(error) => Err(SecretError::File(file, error)),
        }
    }

    fn make(file: &Path) -> Result<Self, SecretError> {
        use std::fmt::Write as _;
        use std::os::unix::fs::OpenOptionsExt;
        let key = random();
        let mut hex = String::with_capacity(64);
        for byte in key {
            let _ = write!(hex, "{byte:02x}");
        }
        let write = || {
            let mut out = std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(file)?;
            out.write_all(hex.as_bytes())?;
            out.sync_all()
        };
        write().map_err(|error| SecretError::File(file.to_owned(), error))?;
        Ok(Self(key))
    }

    /// Encrypts `plain`; `context` says what it is for, and must be the same to open it.
    pub fn seal(&self, context: &str, plain: &str) -> String {
        let nonce: [u8; 24] = random();
        let payload = Payload {
            msg: plain.as_bytes(),
            aad: context.as_bytes(),
        };
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a short text can be encrypted");
        STANDARD.encode([nonce.as_slice(), &sealed].concat())
    }

    pub fn unseal(&self, context: &str, sealed: &str) -> Result<String, SecretError> {
        let bytes = STANDARD.decode(sealed).map_err(|_| SecretError::WrongKey)?;
        let (nonce, sealed) = bytes.split_at_checked(24).ok_or(SecretError::WrongKey)?;
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| SecretError::WrongKey)?;
        let payload = Payload {
            msg: sealed,
            aad: context.as_bytes(),
        };
        let plain = self
            .cipher()
            .decrypt(&XNonce::from(nonce), payload)
            .map_err(|_| SecretError::WrongKey)?;
        String::from_utf8(plain).map_err(|_| SecretError::WrongKey)
    }

    /// A key of its own for one purpose, such as signing reply addresses.
    pub fn key_for(&self, purpose: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length is a key");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

/// A token for a cookie, a link or a key: 256 random bits, URL-safe.
pub fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// What calls to a webhook are signed with, in the form of Standard Webhooks.
pub fn new_signing_secret() -> String {
    format!("{SIGNED_PREFIX}{}", STANDARD.encode(random::<32>()))
}

/// What the database keeps of a token.
pub fn hash_token(token: &str) -> String {
    STANDARD.encode(Sha256::digest(token.as_bytes()))
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SysRng
        .try_fill_bytes(&mut bytes)
        .expect("the system gives random numbers");
    bytes
}

fn parse(hex: &str) -> Option<Secrets> {
    if hex.len() != 64 {
        return None;
    }
    let mut key = [0; 32];
    for (place, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(place * 2..place * 2 + 2)?, 16).ok()?;
    }
    Some(Secrets(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_only_with_its_key_and_for_its_purpose() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::open("", folder.path()).unwrap();
        let sealed = secrets.seal("smtp", "pässword");
        assert_ne!(
            sealed,
            secrets.seal("smtp", "pässword"),
            "each sealing has a nonce of its own"
        );
        assert_eq!(
            Secrets::open("", folder.path())
                .unwrap()
                .unseal("smtp", &sealed)
                .unwrap(),
            "pässword"
        );
        assert!(secrets.unseal("imap", &sealed).is_err());
        assert!(
            Secrets::open(&"ab".repeat(32), folder.path())
                .unwrap()
                .unseal("smtp", &sealed)
                .is_err()
        );
    }

    #[test]
    fn the_key_file_is_readable_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        Secrets::open("", folder.path()).unwrap();
        let mode = folder
            .path()
            .join("secret.key")
            .metadata()
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
