//! A PDF as bytes or as base64 text, with a byte order mark, blanks or quotes around it.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use ponte_domain::invoice::Pdf;

/// Base64 with or without its padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The document, where the bytes are one or its base64 text. The magic is checked after decoding, since ERPs answer
/// errors with the same status and content type.
pub(crate) fn pdf(bytes: &[u8]) -> Option<Pdf> {
    // Only the front is trimmed: line breaks at the end of a PDF belong to it.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    if bytes.starts_with(b"%PDF-") {
        return Pdf::new(bytes.to_vec()).ok();
    }
    let mut text: Vec<u8> =
        bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\\')).collect();
    if let Some(data) = text.strip_prefix(b"data:application/pdf;base64,") {
        text = data.to_vec();
    }
    // `%PDF-` in base64; saves decoding an error page of megabytes.
    if !text.starts_with(b"JVBERi0") {
        return None;
    }
    Pdf::new(LENIENT.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;

    use super::pdf;

    const BYTES: &[u8] = b"%PDF-1.4\nsmall\n%%EOF";

    #[test]
    fn a_pdf_is_bytes_or_base64_with_anything_harmless_around_it() {
        let text = BASE64_STANDARD.encode(BYTES);
        let (head, tail) = text.split_at(10);
        for form in [
            text.clone(),
            format!("{text}\n"),
            format!("\u{feff} {text}"),
            format!("{head}\r\n{tail}"),
            format!("\"{text}\""),
            format!("data:application/pdf;base64,{text}"),
            text.trim_end_matches('=').to_owned(),
        ] {
            assert_eq!(pdf(form.as_bytes()).map(|pdf| pdf.bytes().to_vec()).as_deref(), Some(BYTES), "{form}");
        }
        assert_eq!(pdf(b"%PDF-1.4\n%%EOF\n").map(|pdf| pdf.into_bytes()).as_deref(), Some(&b"%PDF-1.4\n%%EOF\n"[..]));
        assert!(pdf(b"\xEF\xBB\xBF\n%PDF-1.4").is_some());
    }

    #[test]
    fn everything_else_is_no_pdf() {
        for other in ["", "  ", "<div>Ocorreu um erro</div>", "{\"type\":\"error\"}", "bm90IGEgcGRm", "JVBERi0!!!"] {
            assert!(pdf(other.as_bytes()).is_none(), "{other}");
        }
    }
}
