//! Vendor texts within the bounds that the schema promises, and masks.

use ponte_api::words::{LINE, LIST, SHORT, TEXT};
use ponte_domain::phone::Phone;

/// Trims and cuts; none when nothing is left.
fn within(text: &str, most: usize) -> Option<String> {
    let text = text.trim();
    let cut: String = text.chars().take(most).collect();
    (!cut.is_empty()).then_some(cut)
}

/// A vendor's word, number or name of a few characters.
pub(super) fn short(text: Option<&str>) -> Option<String> {
    within(text?, SHORT)
}

/// A name, an address, a plan: one line, inner line ends become blanks.
pub(super) fn line(text: Option<&str>) -> Option<String> {
    let text = text?;
    if text.contains(char::is_control) {
        let joined = text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>();
        return within(&joined.join(" "), LINE);
    }
    within(text, LINE)
}

/// A text of several lines.
pub(super) fn text(text: Option<&str>) -> Option<String> {
    within(text?, TEXT)
}

/// A number that JSON can carry, within 0 and the schema's upper bound.
pub(super) fn finite(number: Option<f64>) -> Option<f64> {
    number.filter(|number| number.is_finite() && (0.0..=10_000_000.0).contains(number))
}

/// A web address: `https` (or `http`) and of a length that the schema allows; anything else is no link.
pub(super) fn web_address(link: Option<&str>) -> Option<String> {
    let link = link?.trim();
    let plain = link.chars().all(|c| c.is_ascii_graphic());
    let web = link.starts_with("https://") || link.starts_with("http://");
    (web && plain && link.len() <= 2000).then(|| link.to_owned())
}

/// A list within the schema's bound.
pub(super) fn list<T, U>(items: &[T], present: impl FnMut(&T) -> U) -> Vec<U> {
    items.iter().take(LIST).map(present).collect()
}

/// A phone, E.164 or masked.
pub(super) fn phone(phone: &Phone, full: bool) -> String {
    if full { phone.e164() } else { phone.masked() }
}

/// An e-mail address, whole or with its first letter and domain only.
pub(super) fn email(address: &str, full: bool) -> String {
    let address: String = address.trim().chars().take(254).collect();
    if full {
        return address;
    }
    let (local, domain) = address.rsplit_once('@').unwrap_or((&address, ""));
    let first: String = local.chars().take(1).collect();
    if domain.is_empty() { format!("{first}***") } else { format!("{first}***@{domain}") }
}

#[cfg(test)]
mod tests {
    use super::{email, finite, line, short, web_address};

    #[test]
    fn vendor_texts_are_trimmed_and_cut() {
        assert_eq!(short(Some("  A ")).as_deref(), Some("A"));
        assert_eq!(short(Some("   ")), None);
        assert_eq!(short(Some(&"ç".repeat(500))).map(|text| text.chars().count()), Some(120));
        assert_eq!(line(Some("Rua A,\r\n 12\tcasa")).as_deref(), Some("Rua A, 12 casa"));
    }

    #[test]
    fn an_email_keeps_its_first_letter_and_domain() {
        for (address, masked) in [
            ("ana@example.com", "a***@example.com"),
            ("x@y.br", "x***@y.br"),
            ("not an address", "n***"),
            ("@example.com", "***@example.com"),
        ] {
            assert_eq!(email(address, false), masked);
            assert_eq!(email(address, true), address);
        }
    }

    #[test]
    fn numbers_that_json_cannot_carry_are_no_numbers() {
        assert_eq!(finite(Some(f64::NAN)), None);
        assert_eq!(finite(Some(f64::INFINITY)), None);
        assert_eq!(finite(Some(-1.0)), None);
        assert_eq!(finite(Some(300.0)), Some(300.0));
    }

    #[test]
    fn a_link_is_a_web_address() {
        assert!(web_address(Some("https://pay.example/x?y=1")).is_some());
        for bad in ["javascript:alert(1)", "/relative", "https://a b", "ftp://x"] {
            assert_eq!(web_address(Some(bad)), None, "{bad}");
        }
    }
}
