//! Free-text columns of phones and mail addresses, which may hold several.

use ponte_domain::phone::Phone;

/// The phones in the columns, each once, in their order. What is no Brazilian number with an area code is left out:
/// without one it names nobody.
pub(crate) fn phones<'t>(columns: impl IntoIterator<Item = &'t str>) -> Vec<Phone> {
    let mut phones: Vec<Phone> = Vec::new();
    for column in columns {
        // Whole first: a slash or blank inside one number is punctuation.
        let found = match Phone::parse(column) {
            Ok(phone) => vec![phone],
            Err(_) => column
                .split(['/', ';', ',', '|', '\n'])
                .flat_map(|part| part.split(" e "))
                .filter_map(|part| Phone::parse(part).ok())
                .collect(),
        };
        for phone in found {
            if !phones.iter().any(|known| known.same_subscriber(&phone)) {
                phones.push(phone);
            }
        }
    }
    phones
}

/// The mail addresses in the columns, each once regardless of case, in their order.
pub(crate) fn emails<'t>(columns: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    let mut emails: Vec<String> = Vec::new();
    for column in columns {
        for part in column.split([';', ',', ' ', '\n', '\r', '\t']) {
            let known = emails.iter().any(|email| email.eq_ignore_ascii_case(part));
            if part.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty()) && !known {
                emails.push(part.to_owned());
            }
        }
    }
    emails
}

#[cfg(test)]
mod tests {
    use super::{emails, phones};

    #[test]
    fn phones_are_found_in_free_text_and_listed_once() {
        let e164 =
            |columns: &[&str]| phones(columns.iter().copied()).iter().map(|phone| phone.e164()).collect::<Vec<_>>();
        assert_eq!(e164(&["(54) 98123-4567", "5481234567", ""]), ["+5554981234567"]);
        assert_eq!(e164(&["(41) 99123-0001 / (41) 3333-0002"]), ["+5541991230001", "+554133330002"]);
        assert_eq!(
            e164(&["41991230001; 4133330002 e (11) 3333-4444"]),
            ["+5541991230001", "+554133330002", "+551133334444"]
        );
        assert_eq!(e164(&["99999-0000", "ramal 12", "-"]), Vec::<String>::new());
    }

    #[test]
    fn mail_addresses_are_split_and_listed_once() {
        assert_eq!(emails(["a@x.com; B@x.com,b@X.com", "a@x.com", "none", "@"]), ["a@x.com", "B@x.com"]);
    }
}
