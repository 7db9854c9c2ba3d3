//! The character set trap (section 2.5): UTF-8 under a Latin-1 header, in which the bytes 80 to 9F, which Latin-1
//! calls control characters, are written as JSON escapes behind the raw byte that leads them.

/// The JSON as its bytes go out. All beyond ASCII stands in strings, keys included, so the escapes are JSON's own.
pub(super) fn defective(json: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len());
    for byte in json.bytes() {
        match byte {
            0x80..=0x9F => out.extend(format!("\\u{byte:04X}").bytes()),
            _ => out.push(byte),
        }
    }
    out
}

/// Text that came by the API is stored with HTML entities (section 2.5): those of accents and signs.
pub(super) fn with_entities(text: &str) -> String {
    text.chars()
        .map(|letter| match entity(letter) {
            Some(name) => format!("&{name};"),
            None => letter.to_string(),
        })
        .collect()
}

fn entity(letter: char) -> Option<&'static str> {
    ENTITIES.iter().find(|(known, _)| *known == letter).map(|(_, name)| *name)
}

const ENTITIES: &[(char, &str)] = &[
    ('&', "amp"),
    ('<', "lt"),
    ('>', "gt"),
    ('"', "quot"),
    ('\'', "#39"),
    ('(', "#40"),
    (')', "#41"),
    ('/', "#47"),
    ('$', "#36"),
    ('#', "#35"),
    ('Á', "Aacute"),
    ('É', "Eacute"),
    ('Í', "Iacute"),
    ('Ó', "Oacute"),
    ('Ú', "Uacute"),
    ('Â', "Acirc"),
    ('Ê', "Ecirc"),
    ('Ô', "Ocirc"),
    ('Ã', "Atilde"),
    ('Õ', "Otilde"),
    ('À', "Agrave"),
    ('Ç', "Ccedil"),
    ('á', "aacute"),
    ('é', "eacute"),
    ('í', "iacute"),
    ('ó', "oacute"),
    ('ú', "uacute"),
    ('â', "acirc"),
    ('ê', "ecirc"),
    ('ô', "ocirc"),
    ('ã', "atilde"),
    ('õ', "otilde"),
    ('à', "agrave"),
    ('ç', "ccedil"),
];

#[cfg(test)]
mod tests {
    use super::{defective, with_entities};

    #[test]
    fn capitals_with_accents_are_broken_as_measured() {
        let wire = defective("\"CONCEIÇÃO\"");
        let measured = b"\"CONCEI\xC3\\u0087\xC3\\u0083O\"";
        assert_eq!(wire, measured);
        assert_eq!(defective("\"ação\""), "\"ação\"".as_bytes(), "small letters are raw UTF-8");
        assert_eq!(defective("\"–\""), b"\"\xE2\\u0080\\u0093\"", "both continuations of a dash");
    }

    #[test]
    fn stored_text_has_entities() {
        assert_eq!(with_entities("Não há sinal (ONU)"), "N&atilde;o h&aacute; sinal &#40;ONU&#41;");
    }
}
