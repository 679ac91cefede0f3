//! Signs what leaves (DKIM, RFC 6376; Ed25519 by RFC 8463), and the keys for it. Where the keys are kept
//! is not decided here; `dns_check` tells whether the world can find them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_auth::common::crypto::{DkimKey as Inner, Ed25519Key, RsaKey, Sha256};
use mail_auth::common::headers::HeaderWriter as _;
use mail_auth::dkim::{Canonicalization, DkimSigner, Done};
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::rand_core::OsRng;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer};

use crate::Secret;
use crate::email::dns::ascii_name;

/// What is signed, present or not: of these nobody can add another. `From` twice, for it is always there.
const SIGNED: [&str; 15] = [
    "From",
    "From",
    "Reply-To",
    "Subject",
    "Date",
    "To",
    "Cc",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    // A click on them is believed only where they are signed (RFC 8058, section 4).
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// RFC 8301 asks for keys of at least this many bits.
const SHORTEST_RSA: usize = 2048;

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DkimAlgorithm {
    Rsa,
    Ed25519,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DkimKeyError {
    #[error("this is no private key in PEM form; it begins with -----BEGIN PRIVATE KEY-----")]
    NotPem,
    #[error("only RSA and Ed25519 keys can sign mail, and only without a passphrase")]
    Unsupported,
    #[error("an RSA key needs at least 2048 bits: let the desk make one")]
    TooShort,
    #[error("the key is damaged")]
    Invalid,
}

impl DkimKeyError {
    pub fn code(self) -> &'static str {
        match self {
            DkimKeyError::NotPem => "not_pem",
            DkimKeyError::Unsupported => "unsupported",
            DkimKeyError::TooShort => "too_short",
            DkimKeyError::Invalid => "invalid",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    #[error("this is no name of a domain")]
    Domain,
    #[error("a selector is made of letters, digits, hyphens and dots")]
    Selector,
    #[error("the key cannot sign")]
    Key,
    #[error("the message has no From to sign")]
    NoFrom,
}

impl SignError {
    pub fn code(self) -> &'static str {
        match self {
            SignError::Domain => "domain",
            SignError::Selector => "selector",
            SignError::Key => "key",
            SignError::NoFrom => "no_from",
        }
    }
}

/// A private key for signing. Never printed.
#[derive(Clone)]
pub struct DkimKey {
    der: Der,
    /// As DNS publishes it: RSA with its `SubjectPublicKeyInfo`, Ed25519 bare.
    public: Vec<u8>,
}

#[derive(Clone)]
enum Der {
    RsaPkcs1(Vec<u8>),
    RsaPkcs8(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl std::fmt::Debug for DkimKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "DkimKey({:?})", self.algorithm())
    }
}

impl DkimKey {
    /// A new key of 2048 bits. It takes the time of some hundred signatures.
    pub fn generate_rsa() -> Result<DkimKey, DkimKeyError> {
        let key = RsaPrivateKey::new(&mut OsRng, SHORTEST_RSA).map_err(|_| DkimKeyError::Invalid)?;
        let der = key.to_pkcs1_der().map_err(|_| DkimKeyError::Invalid)?;
        DkimKey::from_rsa(Der::RsaPkcs1(der.as_bytes().to_vec()))
    }

    /// A new key. Many receivers know only RSA as yet, so it goes beside one of those.
    pub fn generate_ed25519() -> Result<DkimKey, DkimKeyError> {
        Ed25519Key::generate_pkcs8()
            .map_err(|_| DkimKeyError::Invalid)
            .and_then(DkimKey::from_ed25519)
    }

    /// PKCS#1 or PKCS#8, RSA from 2048 bits on or Ed25519.
    pub fn from_pem(pem: &Secret) -> Result<DkimKey, DkimKeyError> {
        if pem.expose().contains("ENCRYPTED") {
            return Err(DkimKeyError::Unsupported);
        }
        let der = PrivateKeyDer::from_pem_slice(pem.expose().as_bytes()).map_err(|_| DkimKeyError::NotPem)?;
        match der {
            PrivateKeyDer::Pkcs1(der) => DkimKey::from_rsa(Der::RsaPkcs1(der.secret_pkcs1_der().to_vec())),
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der().to_vec();
                DkimKey::from_ed25519(der.clone()).or_else(|_| DkimKey::from_rsa(Der::RsaPkcs8(der)))
            }
            _ => Err(DkimKeyError::Unsupported),
        }
    }

    /// For keeping, sealed.
    pub fn to_pem(&self) -> Secret {
        let (label, der) = match &self.der {
            Der::RsaPkcs1(der) => ("RSA PRIVATE KEY", der),
            Der::RsaPkcs8(der) | Der::Ed25519(der) => ("PRIVATE KEY", der),
        };
        let encoded = STANDARD.encode(der);
        let mut pem = format!("-----BEGIN {label}-----\n");
        let end = format!("-----END {label}-----\n");
        for line in encoded.as_bytes().chunks(64) {
            pem.extend(line.iter().map(|&byte| char::from(byte)));
            pem.push('\n');
        }
        pem.push_str(&end);
        Secret::new(pem)
    }

    pub fn algorithm(&self) -> DkimAlgorithm {
        match self.der {
            Der::RsaPkcs1(_) | Der::RsaPkcs8(_) => DkimAlgorithm::Rsa,
            Der::Ed25519(_) => DkimAlgorithm::Ed25519,
        }
    }

    /// What to publish as the text of `SELECTOR._domainkey.DOMAIN`.
    pub fn record(&self) -> String {
        let kind = match self.algorithm() {
            DkimAlgorithm::Rsa => "rsa",
            DkimAlgorithm::Ed25519 => "ed25519",
        };
        format!("v=DKIM1; k={kind}; p={}", STANDARD.encode(&self.public))
    }

    fn from_ed25519(der: Vec<u8>) -> Result<DkimKey, DkimKeyError> {
        let key = ed25519(&der)?;
        Ok(DkimKey {
            public: key.public_key(),
            der: Der::Ed25519(der),
        })
    }

    fn from_rsa(der: Der) -> Result<DkimKey, DkimKeyError> {
        let key = rsa(&der)?;
        let public = key.public_key();
        if modulus_bits(&public).is_none_or(|bits| bits < SHORTEST_RSA) {
            return Err(DkimKeyError::TooShort);
        }
        Ok(DkimKey {
            public: with_algorithm(&public),
            der,
        })
    }

    fn inner(&self) -> Result<Inner, DkimKeyError> {
        match &self.der {
            Der::Ed25519(der) => ed25519(der).map(Inner::Ed25519),
            der => rsa(der).map(Inner::Rsa),
        }
    }
}

fn ed25519(der: &[u8]) -> Result<Ed25519Key, DkimKeyError> {
    // Keys of openssl leave the public half out.
    Ed25519Key::from_pkcs8_maybe_unchecked_der(der).map_err(|_| DkimKeyError::Invalid)
}

fn rsa(der: &Der) -> Result<RsaKey<Sha256>, DkimKeyError> {
    let der = match der {
        Der::RsaPkcs1(der) => PrivateKeyDer::Pkcs1(PrivatePkcs1KeyDer::from(der.as_slice())),
        Der::RsaPkcs8(der) | Der::Ed25519(der) => {
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(der.as_slice()))
        }
    };
    RsaKey::from_key_der(der).map_err(|error| {
        let reason = error.to_string();
        if reason.contains("TooSmall") {
            DkimKeyError::TooShort
        } else if reason.contains("WrongAlgorithm") {
            DkimKeyError::Unsupported
        } else {
            DkimKeyError::Invalid
        }
    })
}

/// The number of bits of the modulus in an `RSAPublicKey` of DER.
fn modulus_bits(public: &[u8]) -> Option<usize> {
    let (_, sequence) = element(public, 0x30)?;
    let (_, modulus) = element(sequence, 0x02)?;
    let zeros = modulus.iter().take_while(|&&byte| byte == 0).count();
    let first = modulus.get(zeros)?;
    Some((modulus.len() - zeros) * 8 - first.leading_zeros() as usize)
}

/// The content of the DER element at the start, and its full length.
fn element(der: &[u8], tag: u8) -> Option<(usize, &[u8])> {
    let [first, length, rest @ ..] = der else {
        return None;
    };
    let octets = usize::from(length & 0x7f) * usize::from(*length >= 0x80);
    let length = match *length {
        short @ 0..0x80 => usize::from(short),
        _ => rest
            .get(..octets.min(4))?
            .iter()
            .fold(0, |sum, &byte| sum << 8 | usize::from(byte)),
    };
    let content = rest.get(octets..octets.checked_add(length)?)?;
    (*first == tag).then_some((2 + octets + length, content))
}

/// An `RSAPublicKey` within its `SubjectPublicKeyInfo`, the form that every receiver reads.
fn with_algorithm(public: &[u8]) -> Vec<u8> {
    const RSA_ENCRYPTION: [u8; 15] = [
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let bits: Vec<u8> = std::iter::once(0).chain(public.iter().copied()).collect();
    let content = [RSA_ENCRYPTION.to_vec(), tagged(0x03, &bits)].concat();
    tagged(0x30, &content)
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant = &length[content.len().leading_zeros() as usize / 8..];
    let mut element = vec![tag];
    if content.len() >= 0x80 {
        element.push(0x80 | u8::try_from(significant.len()).unwrap_or(8));
        element.extend(significant);
    } else {
        element.push(u8::try_from(content.len()).unwrap_or(0));
    }
    element.extend(content);
    element
}

/// Signs the mail of one domain with one key. Cheap to clone.
#[derive(Clone)]
pub struct Signer(Arc<DkimSigner<Inner, Done>>);

impl std::fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Signer")
    }
}

impl Signer {
    pub fn new(key: &DkimKey, domain: &str, selector: &str) -> Result<Signer, SignError> {
        let domain = ascii_name(domain)
            .filter(|name| name.contains('.'))
            .ok_or(SignError::Domain)?;
        if !is_selector(selector) {
            return Err(SignError::Selector);
        }
        let inner = key.inner().map_err(|_| SignError::Key)?;
        let signer = DkimSigner::from_key(inner)
            .domain(domain)
            .selector(selector)
            .headers(SIGNED)
            .header_canonicalization(Canonicalization::Relaxed)
            .body_canonicalization(Canonicalization::Relaxed);
        Ok(Signer(Arc::new(signer)))
    }

    /// The header to put before `message`, with its line ending.
    pub fn sign(&self, message: &[u8]) -> Result<String, SignError> {
        let has_from = crate::email::mime::header::split(message).0.has("from");
        if !has_from {
            return Err(SignError::NoFrom);
        }
        let signature = self.0.sign(message).map_err(|_| SignError::Key)?;
        Ok(signature.to_header())
    }

    /// The message with the signature of each signer on top.
    pub fn seal(signers: &[Signer], message: Vec<u8>) -> Result<Vec<u8>, SignError> {
        if signers.is_empty() {
            return Ok(message);
        }
        let headers: Vec<String> = signers
            .iter()
            .map(|signer| signer.sign(&message))
            .collect::<Result<_, _>>()?;
        Ok([headers.concat().into_bytes(), message].concat())
    }
}

fn is_selector(selector: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    selector.len() <= 200 && selector.split('.').all(label)
}
