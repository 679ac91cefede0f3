//! Large files, many at once: they go through the desk in pieces, and one that breaks off leaves nothing.

use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::stream;
use reqwest::{Body, RequestBuilder, StatusCode};
use serde_json::Value;

use crate::support::process::{Part, Program};

const MEBIBYTE: usize = 1 << 20;
const FILES: usize = 20;

struct Desk {
    program: Program,
    cookie: String,
    client: reqwest::Client,
}

impl Desk {
    async fn start() -> Self {
        let (program, cookie) = Program::start_with(Part::All, &[]).await;
        let client = reqwest::Client::new();
        Self {
            program,
            cookie,
            client,
        }
    }

    fn upload(&self, name: &str, body: Body) -> RequestBuilder {
        let url = format!("http://{}/api/v1/uploads?name={name}", self.program.http);
        let request = self.client.post(url).header("cookie", &self.cookie);
        request.header("sec-fetch-site", "same-origin").body(body)
    }

    async fn download(&self, id: &str) -> Bytes {
        let url = format!("http://{}/api/v1/attachments/{id}", self.program.http);
        let answer = self.client.get(url).header("cookie", &self.cookie).send().await;
        let answer = answer.unwrap().error_for_status().unwrap();
        assert_eq!(answer.content_length(), Some((8 * MEBIBYTE) as u64));
        answer.bytes().await.unwrap()
    }

    fn unfinished(&self) -> usize {
        let folder = self.program.database().with_file_name("blobs").join("incoming");
        std::fs::read_dir(folder).map_or(0, Iterator::count)
    }
}

/// Eight mebibytes, like no other file's.
fn content(number: usize) -> Bytes {
    let line = format!("{number:02} what a large file holds\n");
    line.bytes().cycle().take(8 * MEBIBYTE).collect()
}

fn in_pieces(content: &Bytes) -> Body {
    let pieces: Vec<_> = content
        .chunks(64 * 1024)
        .map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece)))
        .collect();
    Body::wrap_stream(stream::iter(pieces))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_files_come_and_go_in_little_memory() {
    let desk = Desk::start().await;
    let before = desk.program.peak_memory();
    let contents: Vec<Bytes> = (0..FILES).map(content).collect();
    let stored = join_all(contents.iter().map(async |content| {
        let answer = desk.upload("log.txt", in_pieces(content)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        let row: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(row["size"], 8 * MEBIBYTE);
        row["id"].as_str().unwrap().to_owned()
    }))
    .await;
    let read = join_all(stored.iter().map(|id| desk.download(id))).await;
    assert!(read == contents, "each as it was");
    let held = desk.program.peak_memory() - before;
    assert!(held < 64, "{held} MiB for {FILES} files of 8 MiB");
    assert_eq!(desk.unfinished(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_too_large_or_breaks_off_leaves_nothing() {
    let desk = Desk::start().await;
    let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; MEBIBYTE])));
    // The server may hang up before all is sent; what it said must be heard all the same, or the line is down.
    if let Ok(refused) = desk
        .upload("endless.bin", Body::wrap_stream(endless))
        .send()
        .await
    {
        assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
    let pieces = vec![
        Ok(Bytes::from(vec![b'x'; MEBIBYTE])),
        Err(std::io::Error::other("the laptop was closed")),
    ];
    let broken = desk
        .upload("broken.bin", Body::wrap_stream(stream::iter(pieces)))
        .send()
        .await;
    assert!(broken.is_err());
    tokio::task::block_in_place(|| crate::support::servers::eventually(|| desk.unfinished() == 0));
    let empty = desk.upload("empty.txt", Body::from("")).send().await.unwrap();
    assert_eq!(empty.status(), StatusCode::BAD_REQUEST);
}
