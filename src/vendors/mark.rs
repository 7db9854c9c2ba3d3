//! Ponte's mark in the text of a ticket, by which a ticket of an unknown outcome is found again at any vendor.

use std::borrow::Cow;

/// What stands before and after the mark.
const MARK: (&str, &str) = ("[Ponte ", "]");

/// The text with the mark at its end.
pub(crate) fn marked(text: &str, mark: &str) -> String {
    let (before, after) = MARK;
    format!("{}\r\n\r\n{before}{mark}{after}", text.trim_end())
}

/// The text without its last mark, and the mark. The mark is ours wherever it stands: an ERP that adds a line or wraps
/// the text in tags must not make a ticket look like one that was never opened, or it is opened twice.
pub(crate) fn unmarked(text: &str) -> (Cow<'_, str>, Option<&str>) {
    let (before, after) = MARK;
    let found = text.rsplit_once(before).and_then(|(front, rest)| {
        let (mark, back) = rest.split_once(after)?;
        let fits = !mark.is_empty() && mark.chars().all(|c| c.is_ascii_alphanumeric());
        fits.then_some((front, mark, back))
    });
    match found {
        Some((front, mark, back)) if back.trim().is_empty() => (Cow::Borrowed(front), Some(mark)),
        Some((front, mark, back)) => (Cow::Owned(format!("{front}{back}")), Some(mark)),
        None => (Cow::Borrowed(text), None),
    }
}

#[cfg(test)]
mod tests {
    use super::{marked, unmarked};

    #[test]
    fn a_mark_is_found_wherever_the_vendor_puts_it() {
        let text = marked("Sem internet\n", "K7M2");
        let (plain, mark) = unmarked(&text);
        assert_eq!((plain.trim(), mark), ("Sem internet", Some("K7M2")));
        let wrapped = format!("<p>{text}</p>");
        assert_eq!(unmarked(&wrapped).1, Some("K7M2"));
        for none in ["Sem internet", "[Ponte ]", "[Ponte a b]", "[Ponte K7M2"] {
            assert_eq!(unmarked(none), (none.into(), None), "{none}");
        }
    }
}
