//! Texts written for a screen: tags, entities and blanks out; accents folded to compare; masked for the log.

/// The text as a person reads it: tags gone, entities decoded, blanks and line breaks single.
pub(crate) fn clean(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        match after.split_once('>') {
            Some((tag, behind)) if is_tag(tag) => {
                plain.push(' ');
                rest = behind;
            }
            _ => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    let mut cleaned = String::with_capacity(plain.len());
    for word in html_escape::decode_html_entities(&plain).split_whitespace() {
        if !cleaned.is_empty() {
            cleaned.push(' ');
        }
        cleaned.push_str(word);
    }
    cleaned
}

/// `clean`, and none where nothing is left.
pub(crate) fn cleaned(text: &str) -> Option<String> {
    Some(clean(text)).filter(|text| !text.is_empty())
}

/// Lower case without accents, to compare names and messages as the vendor's database does.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(without_accent).collect()
}

/// What a log may hold of a message that nobody mapped yet: numbers, mail addresses and capitalized words, behind
/// which names hide, are left out. The sentence stays recognizable.
pub(crate) fn for_log(text: &str) -> String {
    let mut masked = String::with_capacity(text.len().min(LOG_LENGTH));
    for word in clean(text).split(' ') {
        if masked.len() >= LOG_LENGTH {
            break;
        }
        if !masked.is_empty() {
            masked.push(' ');
        }
        let tells = word.chars().any(|c| c.is_uppercase() || c.is_ascii_digit() || c == '@');
        masked.push_str(if tells { "…" } else { word });
    }
    masked
}

/// Bytes of a masked message that are worth keeping.
const LOG_LENGTH: usize = 240;

fn is_tag(inside: &str) -> bool {
    inside.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'))
}

/// The accented letters of Portuguese and its neighbours.
const fn without_accent(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'ª' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'º' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{clean, cleaned, fold, for_log};

    #[test]
    fn tags_entities_and_blanks_are_cleaned() {
        for (text, expected) in [
            ("Parcela já está recebida ou cancelada!<br />", "Parcela já está recebida ou cancelada!"),
            ("a<br>b", "a b"),
            ("<div style=\"margin:40px\">Ocorreu\r\n um&nbsp;erro</div>", "Ocorreu um erro"),
            ("n&atilde;o &amp; s&#243; &#xE7;", "não & só ç"),
            ("5 < 6 > 4", "5 < 6 > 4"),
            ("&lt;b&gt;", "<b>"),
            ("<", "<"),
            ("", ""),
        ] {
            assert_eq!(clean(text), expected, "{text}");
        }
        assert_eq!(cleaned("<br/> "), None);
    }

    #[test]
    fn accents_and_case_do_not_count() {
        assert_eq!(fold("NÃO ESTÁ disponível"), "nao esta disponivel");
        assert_eq!(fold("Técnico"), fold("tecnico"));
    }

    #[test]
    fn a_message_for_the_log_names_nobody() {
        assert_eq!(
            for_log("O cliente Ana Souza (529.982.247-25, ana@example.com) não pode"),
            "… cliente … … … … não pode"
        );
        assert!(for_log(&"palavra ".repeat(100)).len() < 260);
    }
}
