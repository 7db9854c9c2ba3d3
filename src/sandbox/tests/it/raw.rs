//! A client of a few lines, blocking, that shows exactly what came over the wire.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ponte_sandbox::{IXC_TOKEN, SandboxErp};
use serde_json::{Value, json};

/// What came back. A connection that closed without a byte has no status.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: Option<u16>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn read(bytes: &[u8]) -> Self {
        let Some(split) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            assert!(bytes.is_empty(), "half a head: {bytes:?}");
            return Self { status: None, headers: Vec::new(), body: Vec::new() };
        };
        let head = std::str::from_utf8(&bytes[..split]).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap()).map(|(n, v)| (n.to_lowercase(), v.to_owned()));
        Self { status: Some(status), headers: headers.collect(), body: bytes[split + 4..].to_vec() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What the head promised.
    pub(crate) fn promised(&self) -> usize {
        self.header("content-length").unwrap().parse().unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {:?}", String::from_utf8_lossy(&self.body)))
    }
}

/// A fresh IXC.
pub(crate) fn ixc() -> SandboxErp {
    SandboxErp::start("ixc", ([127, 0, 0, 1], 0).into()).unwrap()
}

/// Sends bytes on a connection of their own and reads until it closes.
pub(crate) fn exchange(addr: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(bytes).unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    all
}

/// One request on a connection of its own.
pub(crate) fn send(erp: &SandboxErp, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: erp\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut bytes = head.into_bytes();
    bytes.extend(body);
    Answer::read(&exchange(erp.addr(), &bytes))
}

pub(crate) fn authorization() -> String {
    format!("Basic {}", STANDARD.encode(IXC_TOKEN))
}

/// One IXC call with the right token.
pub(crate) fn call(erp: &SandboxErp, method: &str, resource: &str, list: bool, body: &Value) -> Answer {
    let authorization = authorization();
    let mut headers = vec![("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    if list {
        headers.push(("ixcsoft", "listar"));
    }
    send(erp, method, &format!("/webservice/v1/{resource}"), &headers, body.to_string().as_bytes())
}

/// An action; its JSON.
pub(crate) fn press(erp: &SandboxErp, action: &str, body: &Value) -> Value {
    call(erp, "POST", action, false, body).json()
}

/// The whole answer of a list with one condition.
pub(crate) fn list(erp: &SandboxErp, resource: &str, column: &str, value: &str) -> Value {
    let body = json!({ "qtype": column, "query": value, "oper": "=", "page": "1", "rp": "200" });
    call(erp, "POST", resource, true, &body).json()
}

/// The rows of a list with one condition.
pub(crate) fn rows(erp: &SandboxErp, resource: &str, column: &str, value: &str) -> Vec<Value> {
    list(erp, resource, column, value)["registros"].as_array().cloned().unwrap_or_default()
}

/// The one row of a list with one condition.
pub(crate) fn row(erp: &SandboxErp, resource: &str, column: &str, value: &str) -> Value {
    let mut rows = rows(erp, resource, column, value);
    assert_eq!(rows.len(), 1, "{resource} where {column} = {value}: {rows:?}");
    rows.remove(0)
}

/// The id of the contract that the world calls so.
pub(crate) fn contract(erp: &SandboxErp, label: &str) -> String {
    erp.town().contract_called(label).unwrap().id.to_string()
}

/// The row of that contract.
pub(crate) fn contract_row(erp: &SandboxErp, label: &str) -> Value {
    row(erp, "cliente_contrato", "cliente_contrato.id", &contract(erp, label))
}

/// Sets the town's clock.
pub(crate) fn clock(erp: &SandboxErp, now: &str) {
    erp.set_clock(now.parse().unwrap());
}
