//! Yes and no in the letters that ERPs use.

/// `S`, `1`, `true` are yes; `N`, `0`, `false` are no; anything else, an empty text included, is not said.
pub(crate) fn yes_no(text: &str) -> Option<bool> {
    match text {
        "S" | "s" | "1" | "true" => Some(true),
        "N" | "n" | "0" | "false" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::yes_no;

    #[test]
    fn letters_and_digits_say_yes_or_no() {
        for (text, expected) in [
            ("S", Some(true)),
            ("1", Some(true)),
            ("N", Some(false)),
            ("0", Some(false)),
            ("", None),
            ("P", None),
            ("H", None),
        ] {
            assert_eq!(yes_no(text), expected, "{text:?}");
        }
    }
}
