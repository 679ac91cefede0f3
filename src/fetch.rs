//! Fetching from addresses that people typed or strangers wrote: pictures in mails, calendar feeds, webhooks.
//!
//! It never reaches into a private network: the name is resolved here, every address is looked at, and the connection
//! goes to the address that was looked at, so a second answer of the DNS changes nothing. Redirects are followed by
//! hand, each looked at anew. No cookies, no proxy, no referrer, nothing of who asked.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Client, Method, Response, redirect};
use url::{Host, Url};

use crate::network::{Network, is_public};

const MOST_REDIRECTS: usize = 3;
const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(20);

/// Cheap to clone.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    allowed: Arc<[Network]>,
}

/// What came back, whatever its status.
#[derive(Debug, Clone)]
pub struct Fetched {
    pub status: u16,
    /// As the other side says, without parameters, in lower case.
    pub media_type: Option<String>,
    pub body: Bytes,
}

impl Fetched {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("is not an http or https address without a name and password in it")]
    NotAnAddress,
    #[error(
        "leads into a private network; the administrator of the server can allow it by fetch.allowed_networks"
    )]
    Private,
    #[error("redirects too often")]
    Redirects,
    #[error("is larger than {0} bytes")]
    TooLarge(usize),
    #[error("cannot be reached: {0}")]
    Unreachable(String),
}

impl Fetcher {
    /// `allowed`: private networks that may be fetched from all the same.
    pub fn new(allowed: Vec<Network>) -> Result<Self, reqwest::Error> {
        install_tls_provider();
        let allowed: Arc<[Network]> = allowed.into();
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .user_agent("Shouwen")
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .dns_resolver(PublicOnly(allowed.clone()))
            .build()?;
        Ok(Self { client, allowed })
    }

    /// Whether `address` may be fetched at all, as far as its text tells.
    pub fn check(&self, address: &str) -> Result<Url, FetchError> {
        let url = Url::parse(address).map_err(|_| FetchError::NotAnAddress)?;
        if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some()
        {
            return Err(FetchError::NotAnAddress);
        }
        let literal = match url.host() {
            None => return Err(FetchError::NotAnAddress),
            Some(Host::Domain(_)) => None,
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
        };
        match literal {
            Some(ip) if !may_reach(ip, &self.allowed) => Err(FetchError::Private),
            _ => Ok(url),
        }
    }

    /// Gets at most `most` bytes, following redirects.
    pub async fn get(&self, address: &str, most: usize) -> Result<Fetched, FetchError> {
        let mut url = self.check(address)?;
        for _ in 0..=MOST_REDIRECTS {
            let response = self.client.get(url.clone()).send().await.map_err(unreachable)?;
            match target(&url, &response) {
                Some(next) => url = self.check(next.as_str())?,
                None => return read(response, most).await,
            }
        }
        Err(FetchError::Redirects)
    }

    /// Posts `body`; a redirect is an answer like any other. Reads at most `most` bytes of the answer.
    pub async fn post(
        &self,
        address: &str,
        headers: HeaderMap,
        body: Bytes,
        most: usize,
    ) -> Result<Fetched, FetchError> {
        let url = self.check(address)?;
        let request = self.client.request(Method::POST, url).headers(headers).body(body);
        read(request.send().await.map_err(unreachable)?, most).await
    }
}

/// Every TLS connection uses ring; the libraries would otherwise each look for a provider of their own.
pub fn install_tls_provider() {
    // Fails when one is installed, which is then this one.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn may_reach(ip: IpAddr, allowed: &[Network]) -> bool {
    is_public(ip) || allowed.iter().any(|network| network.contains(ip))
}

/// Where a redirect leads.
fn target(from: &Url, response: &Response) -> Option<Url> {
    let redirects = response.status().is_redirection();
    let location = response.headers().get(LOCATION).filter(|_| redirects)?;
    from.join(location.to_str().ok()?).ok()
}

async fn read(mut response: Response, most: usize) -> Result<Fetched, FetchError> {
    let too_large = || FetchError::TooLarge(most);
    if response
        .content_length()
        .is_some_and(|length| length > most as u64)
    {
        return Err(too_large());
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > most {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    let media_type = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = media_type.and_then(|value| value.split(';').next());
    Ok(Fetched {
        status: response.status().as_u16(),
        media_type: media_type.map(|value| value.trim().to_lowercase()),
        body: body.freeze(),
    })
}

/// Says why in a few words, without the address, which may hold a token.
fn unreachable(error: reqwest::Error) -> FetchError {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(next) = cause.source() {
        if next.is::<Private>() {
            return FetchError::Private;
        }
        cause = next;
    }
    if error.is_timeout() {
        return FetchError::Unreachable("no answer in time".to_owned());
    }
    FetchError::Unreachable(cause.to_string())
}

#[derive(Debug, thiserror::Error)]
#[error("only addresses in private networks")]
struct Private;

struct PublicOnly(Arc<[Network]>);

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found
                .filter(|address| may_reach(address.ip(), &allowed))
                .collect();
            if public.is_empty() {
                return Err(Private.into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
#[path = "fetch_test.rs"]
mod tests;
