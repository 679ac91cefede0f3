//! A name server for tests: answers from the records it was given, and counts nothing, caches nothing.
//! What it was told to be silent about it never answers.
#![allow(dead_code, clippy::unwrap_used, reason = "a part of several test binaries")]

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use hickory_server::net::runtime::Time;
use hickory_server::proto::op::{Header, HeaderCounts, MessageType, Metadata, OpCode, ResponseCode};
use hickory_server::proto::rr::rdata::{A, AAAA, MX, PTR, SOA, TXT};
use hickory_server::proto::rr::{Name, RData, Record};
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo, Server};
use hickory_server::zone_handler::MessageResponseBuilder;
use tokio::net::{TcpListener, UdpSocket};

type Zone = Arc<RwLock<HashMap<String, Vec<RData>>>>;

pub(crate) struct NameServer {
    pub(crate) address: SocketAddr,
    zone: Zone,
    _server: Server<Answers>,
}

impl NameServer {
    pub(crate) async fn start() -> NameServer {
        let (udp, tcp) = sockets().await;
        let address = udp.local_addr().unwrap();
        let zone = Zone::default();
        let mut server = Server::new(Answers(Arc::clone(&zone)));
        server.register_socket(udp);
        server.register_listener(tcp, Duration::from_secs(5), 4096);
        NameServer {
            address,
            zone,
            _server: server,
        }
    }

    fn add(&self, name: &str, record: RData) {
        self.zone
            .write()
            .unwrap()
            .entry(key(name))
            .or_default()
            .push(record);
    }

    pub(crate) fn txt(&self, name: &str, text: &str) {
        let pieces = text
            .as_bytes()
            .chunks(255)
            .map(|piece| String::from_utf8(piece.to_vec()).unwrap());
        self.add(name, RData::TXT(TXT::new(pieces.collect())));
    }

    pub(crate) fn address(&self, name: &str, address: &str) {
        self.add(
            name,
            match address.parse().unwrap() {
                IpAddr::V4(address) => RData::A(A(address)),
                IpAddr::V6(address) => RData::AAAA(AAAA(address)),
            },
        );
    }

    pub(crate) fn mx(&self, name: &str, preference: u16, host: &str) {
        self.add(name, RData::MX(MX::new(preference, fully(host))));
    }

    /// The name of an IPv4 address.
    pub(crate) fn reverse(&self, address: &str, host: &str) {
        let mut octets: Vec<&str> = address.split('.').collect();
        octets.reverse();
        self.add(
            &format!("{}.in-addr.arpa", octets.join(".")),
            RData::PTR(PTR(fully(host))),
        );
    }

    /// Takes every record of a name away.
    pub(crate) fn remove(&self, name: &str) {
        self.zone.write().unwrap().remove(&key(name));
    }

    /// Questions for this name fail from now on.
    pub(crate) fn fail(&self, name: &str) {
        self.zone
            .write()
            .unwrap()
            .insert(format!("failing {}", key(name)), Vec::new());
    }

    /// Questions for this name are never answered.
    pub(crate) fn silence(&self, name: &str) {
        self.zone
            .write()
            .unwrap()
            .insert(format!("silent {}", key(name)), Vec::new());
    }
}

/// UDP and TCP on the same free port.
async fn sockets() -> (UdpSocket, TcpListener) {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
            return (udp, tcp);
        }
    }
}

fn fully(name: &str) -> Name {
    Name::from_utf8(format!("{}.", name.trim_end_matches('.'))).unwrap()
}

fn key(name: &str) -> String {
    name.trim_end_matches('.').to_lowercase()
}

struct Answers(Zone);

#[async_trait]
impl RequestHandler for Answers {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut response: R,
    ) -> ResponseInfo {
        let mut metadata = Metadata::response_from_request(&request.metadata);
        metadata.authoritative = true;
        let question = request.request_info().unwrap().query;
        let name = key(&question.name().to_string());
        let kind = question.query_type();
        if self.knows("silent", &name) {
            return nothing();
        }
        if self.knows("failing", &name) {
            metadata.response_code = ResponseCode::ServFail;
        }
        let records = self.0.read().unwrap().get(&name).cloned();
        let known = records.is_some();
        let owner = fully(&name);
        let answers: Vec<Record> = records
            .into_iter()
            .flatten()
            .filter(|record| record.record_type() == kind)
            .map(|record| Record::from_rdata(owner.clone(), 60, record))
            .collect();
        if !known && metadata.response_code == ResponseCode::NoError {
            metadata.response_code = ResponseCode::NXDomain;
        }
        let soa = SOA::new(fully("ns.example"), fully("root.example"), 1, 60, 60, 60, 0);
        let authority = [Record::from_rdata(fully("example"), 0, RData::SOA(soa))];
        let soa = authority.iter().filter(|_| answers.is_empty());
        let reply =
            MessageResponseBuilder::from_message_request(request).build(metadata, &answers, [], soa, []);
        response.send_response(reply).await.unwrap_or_else(|_| nothing())
    }
}

impl Answers {
    fn knows(&self, how: &str, name: &str) -> bool {
        self.0.read().unwrap().contains_key(&format!("{how} {name}"))
    }
}

fn nothing() -> ResponseInfo {
    let metadata = Metadata::new(0, MessageType::Response, OpCode::Query);
    Header {
        metadata,
        counts: HeaderCounts::default(),
    }
    .into()
}
