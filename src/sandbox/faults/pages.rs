//! The answers that faults put in place of the vendor's own.

use crate::http::Response;

/// Where a redirect to login leads when nothing else was asked for.
pub(super) const LOGIN_PATH: &str = "/login";

pub(super) fn empty() -> Response {
    Response::new(200, "application/json", Vec::new())
}

/// Bytes 0x80 to 0xFF in a scrambled order: not UTF-8, not JSON, the same at each call.
pub(super) fn garbage() -> Response {
    let noise: Vec<u8> = (0..512_u32).map(|n| 0x80 | (n.wrapping_mul(73) % 128) as u8).collect();
    Response::new(200, "application/json", noise)
}

pub(super) fn maintenance() -> Response {
    Response::html(
        200,
        "<!DOCTYPE html><html><head><title>Em manutenção</title></head><body>\
         <h1>Sistema em manutenção</h1><p>Voltamos em alguns minutos.</p></body></html>",
    )
}

pub(super) fn internal_error() -> Response {
    Response::html(
        500,
        "<html>\r\n<head><title>500 Internal Server Error</title></head>\r\n<body>\r\n\
         <center><h1>500 Internal Server Error</h1></center>\r\n<hr><center>nginx</center>\r\n\
         </body>\r\n</html>\r\n",
    )
}

pub(super) fn too_many_requests(retry_after: Option<u64>) -> Response {
    let page = Response::html(
        429,
        "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n\
         <center><h1>429 Too Many Requests</h1></center>\r\n</body>\r\n</html>\r\n",
    );
    match retry_after {
        Some(seconds) => page.with("Retry-After", seconds.to_string()),
        None => page,
    }
}

pub(super) fn redirect(location: &str) -> Response {
    Response::html(302, "<html><body>302 Found</body></html>").with("Location", location)
}

pub(super) fn login_form() -> Response {
    Response::html(
        200,
        "<!DOCTYPE html><html><head><title>Entrar</title></head><body><form method=\"post\">\
         <label>Usuário <input name=\"usuario\"></label>\
         <label>Senha <input name=\"senha\" type=\"password\"></label>\
         <button>Entrar</button></form></body></html>",
    )
}

pub(super) fn nested(depth: usize) -> Response {
    let mut body = "[".repeat(depth);
    body.push_str(&"]".repeat(depth));
    Response::new(200, "application/json", body)
}

/// The same text in Latin-1 under a header that promises UTF-8. JSON escapes of Latin-1 letters
/// (`\u00e3`) become the letters first, else a vendor that escapes would show no fault.
pub(super) fn in_latin_1(mut response: Response) -> Response {
    let Ok(text) = std::str::from_utf8(&response.body) else { return response };
    response.body = unescaped(text).chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect();
    for (name, value) in &mut response.headers {
        if name.eq_ignore_ascii_case("content-type") {
            let media = value.split(';').next().unwrap_or("text/plain").trim().to_owned();
            *value = format!("{media}; charset=utf-8");
        }
    }
    response
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\u00") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let code = from.get(4..6).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(code) if code >= 0xA0 => out.push(char::from(code)),
            _ => out.push_str(from.get(..6).unwrap_or(from)),
        }
        rest = from.get(6..).unwrap_or("");
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn latin_1_shows_also_where_the_vendor_escapes() {
        let escaped = Response::new(200, "text/x-json", "{\"m\":\"n\\u00e3o\\u0022 é €\"}");
        let wrong = in_latin_1(escaped);
        assert_eq!(wrong.body, b"{\"m\":\"n\xe3o\\u0022 \xe9 ?\"}");
        assert_eq!(wrong.headers[0].1, "text/x-json; charset=utf-8");
        assert!(std::str::from_utf8(&wrong.body).is_err());
    }

    #[test]
    fn garbage_is_never_utf_8() {
        assert!(std::str::from_utf8(&garbage().body).is_err());
    }

    #[test]
    fn nesting_is_as_deep_as_asked() {
        assert_eq!(nested(3).body, b"[[[]]]");
    }
}
