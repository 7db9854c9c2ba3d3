//! What is asked: the surface, the route, the parts of the path, the query, the body.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::http::{Request, Response};
use crate::town::Town;

/// Which API a path is of (section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surface {
    /// All customers, with the integrator's bearer.
    ThirdParty,
    /// All connections, with the same.
    Map,
    /// One subscriber, with a bearer of its own.
    Portal,
    /// Pages of the provider's panel that signed links open.
    Web,
}

impl Surface {
    /// The surface of a path, and what follows its prefix. Prefixes are read in any case.
    pub(super) fn of(path: &str) -> Option<(Self, &str)> {
        const PREFIXES: [(&str, Surface); 4] = [
            ("/external/integrations/thirdparty/", Surface::ThirdParty),
            ("/external/map/", Surface::Map),
            ("/api/", Surface::Portal),
            ("/", Surface::Web),
        ];
        PREFIXES.into_iter().find_map(|(prefix, surface)| {
            let head = path.get(..prefix.len())?;
            head.eq_ignore_ascii_case(prefix).then(|| (surface, path.get(prefix.len()..).unwrap_or_default()))
        })
    }
}

/// One operation. In `path`, `{}` stands for a part that varies; letters are read in any case.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) surface: Surface,
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) answer: fn(&mut Town, &Asked<'_>) -> Response,
}

impl Route {
    /// The parts that vary, when `path` is this route's.
    pub(super) fn parts<'p>(&self, path: &'p str) -> Option<Vec<&'p str>> {
        let (mut pattern, mut given) = (self.path.split('/'), path.trim_end_matches('/').split('/'));
        let mut parts = Vec::new();
        loop {
            match (pattern.next(), given.next()) {
                (None, None) => return Some(parts),
                (Some("{}"), Some(part)) if !part.is_empty() => parts.push(part),
                (Some(word), Some(part)) if word.eq_ignore_ascii_case(part) => {}
                _ => return None,
            }
        }
    }
}

/// One call that has found its route.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    request: &'a Request,
    parts: Vec<&'a str>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(request: &'a Request, parts: Vec<&'a str>) -> Self {
        Self { request, parts }
    }

    pub(super) fn request(&self) -> &'a Request {
        self.request
    }

    /// The part of the path that varies, counted from 0; empty when there is none.
    pub(super) fn part(&self, index: usize) -> &'a str {
        self.parts.get(index).copied().unwrap_or_default()
    }

    /// A value of the query; its name is read in any case.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let query = self.request.target.split_once('?').map_or("", |(_, query)| query);
        form_value(query, name)
    }

    /// The page and its size; both have what .NET takes when they are absent or none.
    pub(super) fn paging(&self) -> (usize, usize) {
        let number = |name| self.query(name).and_then(|text| text.parse().ok()).filter(|number| *number > 0);
        (number("page").unwrap_or(1), number("pagesize").unwrap_or(20))
    }

    /// The body as a JSON object; none at all is an empty one, whatever else is none.
    pub(super) fn body(&self) -> Option<Map<String, Value>> {
        if self.request.body.iter().all(u8::is_ascii_whitespace) {
            return Some(Map::new());
        }
        match serde_json::from_slice(&self.request.body) {
            Ok(Value::Object(object)) => Some(object),
            _ => None,
        }
    }

    /// An address of this server as the caller knows it.
    pub(super) fn address(&self, path: &str) -> String {
        format!("http://{}{path}", self.request.header("host").unwrap_or("erp.provedor.example"))
    }
}

/// A value of a query or of a form.
pub(super) fn form_value(form: &str, name: &str) -> Option<String> {
    form.split('&').filter_map(|pair| pair.split_once('=')).find_map(|(key, value)| {
        let value = value.replace('+', " ");
        key.eq_ignore_ascii_case(name).then(|| percent_decode_str(&value).decode_utf8_lossy().into_owned())
    })
}

/// A whole number of a JSON object.
pub(super) fn number(object: &Map<String, Value>, name: &str) -> Option<u64> {
    object.get(name).and_then(Value::as_u64)
}

/// A text of a JSON object that is not empty.
pub(super) fn text<'o>(object: &'o Map<String, Value>, name: &str) -> Option<&'o str> {
    object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_path_has_its_surface_in_any_case() {
        assert_eq!(
            Surface::of("/external/Integrations/ThirdParty/getclient"),
            Some((Surface::ThirdParty, "getclient"))
        );
        assert_eq!(Surface::of("/external/map/connection/all"), Some((Surface::Map, "connection/all")));
        assert_eq!(Surface::of("/api/x"), Some((Surface::Portal, "x")));
        assert_eq!(Surface::of("/ext"), Some((Surface::Web, "ext")));
        assert_eq!(Surface::of(""), None);
    }

    #[test]
    fn a_route_gives_its_parts() {
        let route = Route {
            surface: Surface::ThirdParty,
            method: "GET",
            path: "getfilesbycontract/{}/documentationtype/{}",
            answer: |_, _| Response::new(200, "text/plain", ""),
        };
        assert_eq!(route.parts("GetFilesByContract/0001201/documentationtype/1").unwrap(), ["0001201", "1"]);
        assert_eq!(route.parts("getfilesbycontract//documentationtype/1"), None);
        assert_eq!(route.parts("getfilesbycontract/0001201"), None);
    }

    #[test]
    fn forms_are_decoded() {
        assert_eq!(form_value("a=1&Scope=syn%67w+x", "scope").unwrap(), "syngw x");
        assert_eq!(form_value("a=1", "b"), None);
    }
}
