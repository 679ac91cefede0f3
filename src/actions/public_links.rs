//! Links in mails that work without signing in: a file for some days, a no to mail of a kind. They are signed, so that
//! nothing of them is kept, and the same mail has the same links however often it is written.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use shouwen_core::id::{AttachmentId, CustomerId};
use shouwen_core::time::Timestamp;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::db::Error;
use crate::log::Change;
use crate::secrets::Secrets;
use crate::store::mail_details::OptOut;
use crate::store::{customers, opt_outs};

/// The token of a file that can be fetched until `until`.
pub fn file_token(secrets: &Secrets, file: AttachmentId, until: Timestamp) -> String {
    token(
        secrets,
        "file link",
        &format!("{}.{}", file.0.simple(), until.millis()),
    )
}

/// The file of a token, and until when it can be fetched.
pub fn read_file_token(secrets: &Secrets, text: &str) -> Option<(AttachmentId, Timestamp)> {
    let plain = read(secrets, "file link", text)?;
    let (id, until) = plain.split_once('.')?;
    let id = Uuid::parse_str(id).ok()?;
    Some((AttachmentId(id), Timestamp::from_millis(until.parse().ok()?)))
}

/// The token by which a customer says no to mail of a kind.
pub fn opt_out_token(secrets: &Secrets, customer: CustomerId, kind: OptOut) -> String {
    token(secrets, "opt out", &format!("{}.{kind}", customer.0.simple()))
}

pub fn read_opt_out_token(secrets: &Secrets, text: &str) -> Option<(CustomerId, OptOut)> {
    let plain = read(secrets, "opt out", text)?;
    let (id, kind) = plain.split_once('.')?;
    Some((CustomerId(Uuid::parse_str(id).ok()?), OptOut::from_word(kind)?))
}

/// The customer does not want mail of this kind any more. One who is gone cannot be asked any more either.
pub async fn opt_out(change: &mut Change, customer: CustomerId, kind: OptOut) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    if customers::lock(change.tx(), workspace, customer).await?.is_some() {
        opt_outs::add(change.tx(), workspace, customer, kind, now).await?;
    }
    Ok(())
}

fn token(secrets: &Secrets, purpose: &str, plain: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&secrets.key_for(purpose)).expect("any length is a key");
    mac.update(plain.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..16]);
    format!("{plain}.{signature}")
}

fn read<'t>(secrets: &Secrets, purpose: &str, text: &'t str) -> Option<&'t str> {
    let (plain, _) = text.rsplit_once('.')?;
    let ours = token(secrets, purpose, plain);
    bool::from(ours.as_bytes().ct_eq(text.as_bytes())).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_read_back_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::open("", folder.path()).unwrap();
        let (file, until) = (
            AttachmentId(Uuid::from_u128(7)),
            Timestamp::from_millis(1_700_000_000_000),
        );
        let link = file_token(&secrets, file, until);
        assert_eq!(read_file_token(&secrets, &link), Some((file, until)));
        let later = link.replace("1700000000000", "1800000000000");
        for wrong in [later.as_str(), "", ".", "a.b.c", &link[1..]] {
            assert_eq!(read_file_token(&secrets, wrong), None, "{wrong}");
        }
        let customer = CustomerId(Uuid::from_u128(8));
        let no = opt_out_token(&secrets, customer, OptOut::Survey);
        assert_eq!(
            read_opt_out_token(&secrets, &no),
            Some((customer, OptOut::Survey))
        );
        assert_eq!(read_file_token(&secrets, &no), None, "each for its purpose");
    }
}
