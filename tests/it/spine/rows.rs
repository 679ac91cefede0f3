//! What rows hold and never hold.

use std::path::{Path, PathBuf};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;

async fn upload(desk: &Desk, who: &Person, bytes: &'static [u8]) -> Value {
    let request = reqwest::Client::new()
        .post(format!("{}/api/v1/uploads?name=note.txt", desk.url()))
        .header("cookie", &who.cookie)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/octet-stream")
        .body(bytes);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

/// How many rows stand on the only blob; and whether it is to be swept.
async fn blob(desk: &Desk) -> Vec<(i64, bool)> {
    let sql = "SELECT uses, unused_since IS NOT NULL FROM blob WHERE workspace_id = $1";
    let mut conn = desk.app.db.read().await.unwrap();
    conn.sql(sql).bind(desk.app.workspace).all().await.unwrap()
}

fn contains(file: &Path, words: &str) -> bool {
    let bytes = std::fs::read(file).unwrap_or_default();
    bytes
        .windows(words.len())
        .any(|window| window == words.as_bytes())
}

fn file_that_holds(folder: &Path, words: &str) -> PathBuf {
    let mut files = walkdir::WalkDir::new(folder).into_iter().flatten();
    let file = files.find(|entry| entry.file_type().is_file() && contains(entry.path(), words));
    file.unwrap().into_path()
}

both_engines! {
    async fn a_nul_is_removed_on_its_way_in(desk: Desk) {
        let ada = desk.administrator().await;
        let call = json!({ "client_id": "call-0001", "inbox_id": ada.phone_inbox().await["id"], "number": "13800138000",
            "customer_name": "Wang\u{0} Fang", "direction": "in", "text": "The l\u{0}amp", "outcome": "answered",
            "duration_s": 1, "solved": false });
        let logged = ada.post("/call-log", call).await;
        assert_eq!(logged["messages"][0]["text"], "The lamp");
        assert_eq!(logged["customer"]["name"], "Wang Fang");
        for path in ["/find?q=Wa%00ng", "/callers?number=%0013800138000", "/tickets?after=%00", "/tickets/%00"] {
            let (status, answer) = ada.call(Method::GET, path, None).await;
            assert!(!status.is_server_error(), "{path}: {answer}");
        }
    }

    async fn a_blob_counts_the_rows_that_stand_on_it(desk: Desk) {
        let ada = desk.administrator().await;
        let (first, second) = (upload(&desk, &ada, b"same words").await, upload(&desk, &ada, b"same words").await);
        assert_ne!(first["id"], second["id"]);
        assert_eq!(blob(&desk).await, [(2, false)], "two uploads, one blob");
        let body = json!({ "client_id": "call-0001", "inbox_id": ada.phone_inbox().await["id"], "number": "13800138000",
            "direction": "in", "text": "hello", "outcome": "answered", "duration_s": 1, "solved": false });
        let ticket = ada.post("/call-log", body).await;
        let note = json!({ "client_id": "note-0001", "visibility": "note", "text": "", "seen_position": 1,
            "attachment_ids": [first["id"]] });
        let path = format!("/tickets/{}/messages", ticket["ticket"]["id"].as_str().unwrap());
        assert_eq!(ada.post(&path, note).await["attachments"][0]["id"], first["id"]);
        assert_eq!(blob(&desk).await, [(2, false)], "sending an upload moves its row");
        shouwen::housekeeping::run(&desk.app, desk.app.workspace).await.unwrap();
        assert_eq!(blob(&desk).await, [(2, false)], "nothing is past its time");
        desk.clock.advance(shouwen_core::time::Length::hours(25));
        shouwen::housekeeping::run(&desk.app, desk.app.workspace).await.unwrap();
        assert_eq!(blob(&desk).await, [(1, false)], "the upload that was never sent is gone");
        let read = format!("/attachments/{}", first["id"].as_str().unwrap());
        let (status, _) = ada.call(Method::GET, &read, None).await;
        assert_eq!(status, StatusCode::OK, "the one that was sent can be read");
    }

    async fn a_sweep_that_breaks_off_leaves_its_mark(desk: Desk) {
        let ada = desk.administrator().await;
        upload(&desk, &ada, b"never sent").await;
        let sweep = async || {
            desk.clock.advance(shouwen_core::time::Length::hours(25));
            shouwen::housekeeping::run(&desk.app, desk.app.workspace).await
        };
        sweep().await.unwrap();
        assert_eq!(blob(&desk).await, [(0, true)]);
        // A folder where the bytes were cannot be removed as a file.
        let file = file_that_holds(&desk.app.config.data.folder, "never sent");
        std::fs::remove_file(&file).unwrap();
        std::fs::create_dir(&file).unwrap();
        let broken = sweep().await;
        assert!(broken.is_err(), "{broken:?}");
        assert_eq!(blob(&desk).await, [(-1, true)], "whoever stores the same bytes now has to wait");
        std::fs::remove_dir(&file).unwrap();
        sweep().await.unwrap();
        assert_eq!(blob(&desk).await, []);
    }

    async fn a_mailbox_password_cannot_be_read_from_the_database(desk: Desk) {
        let (name, password) = ("robot-in-the-mailroom", "correct-horse-battery-staple");
        let account = json!({ "host": "mail.shop.example", "port": 587, "security": "starttls", "username": name, "password": password });
        let imap = json!({ "host": "mail.shop.example", "port": 993, "security": "tls", "username": name, "password": password, "folder": "INBOX" });
        let settings = json!({ "sender_name": "Shop", "smtp": account, "imap": imap, "signature": "" });
        let inbox = json!({ "name": "Mail", "channel": "email", "address": "help@shop.example", "settings": settings });
        let made = desk.administrator().await.post("/inboxes", inbox).await;
        assert_eq!(made["settings"]["smtp"]["has_password"], json!(true));
        assert!(!made.to_string().contains(password), "nor from the API");
        let rows: Vec<(String, Option<String>)> = desk.app.db.read().await.unwrap()
            .sql("SELECT settings, secrets FROM inbox WHERE workspace_id = $1").bind(desk.app.workspace).all().await.unwrap();
        assert!(rows[0].0.contains(name) && !rows[0].0.contains(password));
        let sealed = rows[0].1.as_deref().unwrap();
        assert!(!sealed.contains(password));
        assert!(desk.app.secrets.unseal("inbox", sealed).unwrap().contains(password), "the server itself reads it");
        if desk.app.db.is_sqlite() {
            let folder = &desk.app.config.data.folder;
            let files = ["shouwen.db", "shouwen.db-wal"].map(|file| folder.join(file));
            assert!(files.iter().any(|file| contains(file, name)), "the bytes of the row are in the files");
            assert!(!files.iter().any(|file| contains(file, password)));
        }
    }

    async fn tokens_are_kept_only_as_their_hashes(desk: Desk) {
        let ada = desk.administrator().await;
        let token = ada.cookie.split_once('=').unwrap().1.to_owned();
        let rows: Vec<(String,)> = desk.app.db.read().await.unwrap()
            .sql("SELECT token_hash FROM session WHERE workspace_id = $1").bind(desk.app.workspace).all().await.unwrap();
        assert!(rows.iter().all(|(hash,)| !hash.contains(&token)));
        assert!(ada.get("/me").await.to_string().contains("Ada Admin"));
    }
}
