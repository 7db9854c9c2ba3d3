//! The character set trap (dossier 2.5), and keys as they are meant.
//!
//! The header says ISO-8859-1. The body is UTF-8 whose continuation bytes of the C1 range (`80` to `9F`) are written as
//! JSON escapes behind the raw lead byte: a capital C with cedilla is the byte `C3` and the six characters `\u0087`. Other
//! builds send clean UTF-8 or real Latin-1, and texts of different age differ within one answer. So each text is
//! mended by itself: its bytes, with such escapes turned back, are UTF-8, or else they are Latin-1.
//!
//! Keys suffer like values, and have colons and blanks behind them (`"Agendas:"`) or accents (dossier 2.6). They are
//! given as lower case without accents, colons and outer blanks, so the wire structs of this vendor write them so.

use crate::reading::prose::fold;

/// The body as JSON text in Rust's own encoding, with plain keys.
pub(super) fn mended(body: &[u8]) -> String {
    let mut rest = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let mut text = String::with_capacity(rest.len().saturating_add(16));
    while let Some(at) = rest.iter().position(|byte| *byte == b'"') {
        let (before, quoted) = rest.split_at(at);
        push_latin(&mut text, before);
        let inside = quoted.split_first().map_or(quoted, |(_, inside)| inside);
        let (literal, after) = inside.split_at(end_of(inside));
        let Some((_, behind)) = after.split_first() else {
            // Cut off inside of a text: the parser is to see that.
            text.push('"');
            text.push_str(&mended_literal(literal));
            return text;
        };
        text.push('"');
        let literal = mended_literal(literal);
        if behind.trim_ascii_start().first() == Some(&b':') {
            text.push_str(fold(&literal).trim().trim_end_matches(':').trim_end());
        } else {
            text.push_str(&literal);
        }
        text.push('"');
        rest = behind;
    }
    push_latin(&mut text, rest);
    text
}

/// Where the text ends: at the first quote that is not escaped.
fn end_of(inside: &[u8]) -> usize {
    let mut escaped = false;
    inside
        .iter()
        .position(|byte| {
            let ends = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            ends
        })
        .unwrap_or(inside.len())
}

/// What stands between two quotes, escapes and all.
fn mended_literal(literal: &[u8]) -> String {
    let (bytes, wide) = without_c1_escapes(literal);
    // A text with an escape beyond Latin-1 was written by somebody who knows how.
    if wide && let Ok(good) = std::str::from_utf8(literal) {
        return good.to_owned();
    }
    match String::from_utf8(bytes) {
        Ok(text) => twice_encoded(&text).unwrap_or(text),
        Err(_) => {
            let mut text = String::with_capacity(literal.len().saturating_add(8));
            push_latin(&mut text, literal);
            text
        }
    }
}

/// The bytes with escapes of one byte beyond ASCII turned back into that byte, and whether there is an escape beyond
/// Latin-1. Other escapes stay.
fn without_c1_escapes(literal: &[u8]) -> (Vec<u8>, bool) {
    let mut bytes = Vec::with_capacity(literal.len());
    let mut wide = false;
    let mut rest = literal;
    while let Some((first, behind)) = rest.split_first() {
        if *first != b'\\' {
            bytes.push(*first);
            rest = behind;
            continue;
        }
        let (escape, after) = rest.split_at(if behind.first() == Some(&b'u') { 6 } else { 2 }.min(rest.len()));
        match unit(escape) {
            Some(unit @ 0x80..=0xFF) => bytes.push(u8::try_from(unit).unwrap_or(b'?')),
            other => {
                wide |= other.is_some_and(|unit| unit > 0xFF);
                bytes.extend_from_slice(escape);
            }
        }
        rest = after;
    }
    (bytes, wide)
}

/// The code of an escape of four hexadecimal digits.
fn unit(escape: &[u8]) -> Option<u32> {
    let digits = escape.strip_prefix(b"\\u").filter(|digits| digits.len() == 4)?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// A text that was encoded twice before it was stored, once more decoded; none where it was not.
fn twice_encoded(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    String::from_utf8(bytes?).ok()
}

fn push_latin(text: &mut String, bytes: &[u8]) {
    text.extend(bytes.iter().map(|byte| char::from(*byte)));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::mended;

    fn value(body: &[u8]) -> String {
        let text = mended(body);
        serde_json::from_str::<std::collections::BTreeMap<String, String>>(&text).unwrap().remove("n").unwrap()
    }

    #[test]
    fn every_way_of_writing_an_accent_is_read() {
        for (body, expected) in [
            (b"{\"n\":\"CONCEI\xC3\\u0087\xC3\\u0083O\"}".as_slice(), "CONCEIÇÃO"),
            (b"{\"n\":\"\xC3\\u0081\xC3\\u0089\xC3\\u008A\xC3\\u008d\xC3\\u0093\xC3\\u0095\"}", "ÁÉÊÍÓÕ"),
            ("{\"n\":\"conexão não é ção\"}".as_bytes(), "conexão não é ção"),
            (b"{\"n\":\"CONCEI\xC7\xC3O\"}", "CONCEIÇÃO"),
            (b"{\"n\":\"n\\u00e3o\"}", "não"),
            (b"{\"n\":\"\xE2\\u0080\\u009CFibra\xE2\\u0080\\u009D\"}", "“Fibra”"),
            (b"{\"n\":\"\\u201Cl\xC3\xA1\\u201D\"}", "“lá”"),
            ("{\"n\":\"HIGIENÃ³POLIS\"}".as_bytes(), "HIGIENóPOLIS"),
            ("{\"n\":\"acesso \u{fffd} internet\"}".as_bytes(), "acesso \u{fffd} internet"),
            (b"{\"n\":\"a \\\"b\\\" \\\\\"}", "a \"b\" \\"),
            (b"\xEF\xBB\xBF{\"n\":\"\\n\\u0041\"}", "\nA"),
            (b"{\"n\":\"\"}", ""),
        ] {
            assert_eq!(value(body), expected, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn texts_of_one_answer_are_mended_each_by_itself() {
        let text = mended(b"{\"a\":\"S\xE3o\",\"b\":\"JO\xC3\\u0083O\",\"c\":\"Jo\xC3\xA3o\"}");
        assert_eq!(text, r#"{"a":"São","b":"JOÃO","c":"João"}"#);
    }

    #[test]
    fn keys_are_plain() {
        for (body, expected) in [
            (b"{\"Agendas:\":[]}".as_slice(), r#"{"agendas":[]}"#),
            (b"{\"Num. ERRO\" : \"001\"}", r#"{"num. erro" : "001"}"#),
            ("{\"conexão_reduzida\":1}".as_bytes(), r#"{"conexao_reduzida":1}"#),
            (b"{\"conex\xE3o_reduzida\":1}", r#"{"conexao_reduzida":1}"#),
            (b"{\"C\xC3\xB3digos:\":1,\"Status da conex\xC3\xA3o: \":2}", r#"{"codigos":1,"status da conexao":2}"#),
            (b"{\"a\":\"K: V:\"}", r#"{"a":"K: V:"}"#),
        ] {
            assert_eq!(mended(body), expected);
        }
    }

    #[test]
    fn what_breaks_off_stays_broken() {
        for body in ["{\"n\":\"Ana", "{\"n", "{\"n\":\"a\\", "{\"n\":\"a\\u00", "{\"n\":", ""] {
            assert!(serde_json::from_str::<serde_json::Value>(&mended(body.as_bytes())).is_err(), "{body}");
        }
    }
}
