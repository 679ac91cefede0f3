//! A visitor's token: names the visitor and their inbox, and is signed, so that nothing need be stored of somebody
//! who only looks. Whoever holds it is the visitor.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use shouwen_core::id::{InboxId, VisitorId};
use uuid::Uuid;

use crate::secrets::Secrets;

const PURPOSE: &str = "visitor token";

/// The token of a visitor.
pub fn write(secrets: &Secrets, inbox: InboxId, visitor: VisitorId) -> String {
    let names = [visitor.0.into_bytes(), inbox.0.into_bytes()].concat();
    let signature = signer(secrets, &names).finalize().into_bytes();
    URL_SAFE_NO_PAD.encode([names.as_slice(), &signature].concat())
}

/// Whose a token is; `None` when it is not one of ours.
pub fn read(secrets: &Secrets, token: &str) -> Option<(InboxId, VisitorId)> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (names, signature) = bytes.split_at_checked(32)?;
    signer(secrets, names).verify_slice(signature).ok()?;
    let (visitor, inbox) = names.split_at(16);
    Some((
        InboxId(Uuid::from_slice(inbox).ok()?),
        VisitorId(Uuid::from_slice(visitor).ok()?),
    ))
}

fn signer(secrets: &Secrets, names: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&secrets.key_for(PURPOSE)).expect("any length is a key");
    mac.update(names);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_cannot_be_made_up() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::open(&"ab".repeat(32), folder.path()).unwrap();
        let (inbox, visitor) = (InboxId(Uuid::from_u128(1)), VisitorId(Uuid::from_u128(2)));
        let token = write(&secrets, inbox, visitor);
        assert_eq!(read(&secrets, &token), Some((inbox, visitor)));
        let other = write(&secrets, inbox, VisitorId(Uuid::from_u128(3)));
        let forged = format!("{}{}", &other[..30], &token[30..]);
        for wrong in ["", "x", forged.as_str(), &token[..40], &format!("{token}A")] {
            assert_eq!(read(&secrets, wrong), None, "{wrong}");
        }
        let others = Secrets::open(&"cd".repeat(32), folder.path()).unwrap();
        assert_eq!(read(&others, &token), None);
    }
}
