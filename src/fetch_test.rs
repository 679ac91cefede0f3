//! A server on this machine stands for the inside of a shop's network.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// Answers every connection with `answer` and says where it listens.
async fn server(answer: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    // A task of the test, which ends with it.
    #[allow(clippy::disallowed_methods, reason = "no supervisor in a unit test")]
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await;
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    address
}

fn fetcher(allowed: &[&str]) -> Fetcher {
    Fetcher::new(allowed.iter().map(|network| network.parse().unwrap()).collect()).unwrap()
}

const HELLO: &str = "HTTP/1.1 200 OK\r\nContent-Type: Text/Plain; charset=utf-8\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";

#[tokio::test]
async fn what_is_allowed_is_fetched_up_to_its_limit() {
    let address = server(HELLO.to_owned()).await;
    let fetched = fetcher(&["127.0.0.0/8"])
        .get(&format!("http://{address}/"), 5)
        .await
        .unwrap();
    assert_eq!((fetched.status, &*fetched.body), (200, b"hello".as_slice()));
    assert_eq!(fetched.media_type.as_deref(), Some("text/plain"));
    let refused = fetcher(&["127.0.0.0/8"])
        .get(&format!("http://{address}/"), 4)
        .await;
    assert!(matches!(refused, Err(FetchError::TooLarge(4))), "{refused:?}");
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let endless = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}",
        "x".repeat(100_000)
    );
    let address = server(endless).await;
    let refused = fetcher(&["127.0.0.0/8"])
        .get(&format!("http://{address}/"), 1000)
        .await;
    assert!(matches!(refused, Err(FetchError::TooLarge(1000))), "{refused:?}");
}

#[tokio::test]
async fn a_private_network_is_out_of_reach_by_address_by_name_and_by_redirect() {
    let inside = server(HELLO.to_owned()).await;
    let by_name = format!("http://localhost:{}/", inside.port());
    for address in [format!("http://{inside}/"), by_name] {
        let refused = fetcher(&[]).get(&address, 100).await;
        assert!(
            matches!(refused, Err(FetchError::Private)),
            "{address}: {refused:?}"
        );
    }
    let there = "HTTP/1.1 302 Found\r\nLocation: http://[::ffff:10.0.0.1]/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned();
    let outside = server(there).await;
    let refused = fetcher(&["127.0.0.0/8"])
        .get(&format!("http://{outside}/"), 100)
        .await;
    assert!(matches!(refused, Err(FetchError::Private)), "{refused:?}");
}

#[tokio::test]
async fn a_ring_of_redirects_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let again = server(
        "HTTP/1.1 301 Moved\r\nLocation: /again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
    )
    .await;
    let fetcher = fetcher(&["127.0.0.0/8"]);
    let refused = fetcher.get(&format!("http://{again}/"), 100).await;
    assert!(matches!(refused, Err(FetchError::Redirects)), "{refused:?}");
    let nobody = fetcher.get(&format!("http://{address}/"), 100).await;
    assert!(matches!(nobody, Err(FetchError::Unreachable(_))), "{nobody:?}");
}

#[tokio::test]
async fn only_plain_web_addresses_are_taken() {
    for address in [
        "",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "http://me:secret@shop.example/",
        "//shop.example",
        "http://",
    ] {
        let refused = fetcher(&[]).check(address);
        assert!(
            matches!(refused, Err(FetchError::NotAnAddress)),
            "{address}: {refused:?}"
        );
    }
    for address in [
        "http://127.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://[::1]/",
        "http://169.254.169.254/latest",
    ] {
        let refused = fetcher(&[]).check(address);
        assert!(
            matches!(refused, Err(FetchError::Private)),
            "{address}: {refused:?}"
        );
    }
}
