//! The mark of an intent in a ticket's text, by which it is found again after an unknown outcome.

use std::borrow::Cow;

/// What stands before and after it.
const MARK: (&str, &str) = ("[Ponte ", "]");

/// The text with the mark at its end.
pub(super) fn marked(text: &str, mark: &str) -> String {
    let (before, after) = MARK;
    format!("{}\n\n{before}{mark}{after}", text.trim_end())
}

/// The text without its last mark, and the mark. It is ours wherever it stands: an ERP that adds a line must not make a
/// ticket look like one that was never opened, or it is opened twice.
pub(super) fn unmarked(text: &str) -> (Cow<'_, str>, Option<&str>) {
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
    fn a_mark_is_found_wherever_it_stands() {
        let text = marked("Sem internet\n", "AB12CD34EF");
        assert_eq!(text, "Sem internet\n\n[Ponte AB12CD34EF]");
        let (front, mark) = unmarked(&text);
        assert_eq!((front.trim(), mark), ("Sem internet", Some("AB12CD34EF")));
        let (whole, mark) = unmarked("Sem internet [Ponte AB12] aberto pelo chat");
        assert_eq!((whole.as_ref(), mark), ("Sem internet  aberto pelo chat", Some("AB12")));
        for none in ["Sem internet", "[Ponte ]", "[Ponte a b]", "[Ponte AB12"] {
            assert_eq!(unmarked(none).1, None, "{none}");
        }
    }
}
