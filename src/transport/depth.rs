//! How deep a JSON text is nested. The parser's own limit does not count what a reader skips, so a text could be taken
//! for a good answer of which nothing was looked at.

/// Whether objects and lists stand in each other for more than `most` levels. The text need not be good JSON.
pub(crate) fn exceeds(text: &str, most: usize) -> bool {
    // Almost every answer has fewer brackets than would be needed, and counting them is nearly free.
    let openers = text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count();
    openers > most && deepest(text) > most
}

fn deepest(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::exceeds;

    #[test]
    fn levels_are_counted_and_texts_are_not() {
        let wide = format!("[{}]", vec!["{\"a\":[]}"; 500].join(","));
        let quoted = format!("[\"{}\\\"{}\"]", "[".repeat(500), "{".repeat(500));
        for (text, most, deep) in [
            ("[[]]", 2, false),
            ("[[[]]]", 2, true),
            ("{\"a\":{\"b\":[1]}}", 2, true),
            (wide.as_str(), 3, false),
            (wide.as_str(), 2, true),
            (quoted.as_str(), 1, false),
            ("]]]][", 1, false),
            ("", 0, false),
        ] {
            assert_eq!(exceeds(text, most), deep, "{}", text.chars().take(40).collect::<String>());
        }
    }
}
