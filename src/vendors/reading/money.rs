//! Amounts, strictly. An empty field is "none"; what does not parse is a broken answer, never zero.

use ponte_domain::Failure;
use ponte_domain::money::{Cents, MoneyError};

use super::text::Text;

/// `99.90`, `139.900000000`; `field` is the vendor's name of the column, for the failure.
pub(crate) fn dot(text: &Text<'_>, field: &'static str) -> Result<Option<Cents>, Failure> {
    amount(Cents::parse_dot(text.as_str()), field)
}

/// `99,90`, `1.234,56`, `R$ 99,90`.
pub(crate) fn comma(text: &Text<'_>, field: &'static str) -> Result<Option<Cents>, Failure> {
    amount(Cents::parse_comma(text.as_str()), field)
}

fn amount(read: Result<Cents, MoneyError>, field: &'static str) -> Result<Option<Cents>, Failure> {
    match read {
        Ok(cents) => Ok(Some(cents)),
        Err(MoneyError::Empty) => Ok(None),
        Err(error) => {
            Err(Failure::broken("The ERP sent an amount that cannot be read.").with("column", field).because(error))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::money::Cents;

    use super::{comma, dot};

    #[test]
    fn an_amount_is_read_by_its_own_format_only() {
        for (text, expected) in [("99.90", Some(9990)), ("139.900000000", Some(13990)), ("26", Some(2600)), ("", None)]
        {
            assert_eq!(dot(&text.into(), "valor").unwrap(), expected.map(Cents::new), "{text}");
        }
        for (text, expected) in [("99,90", Some(9990)), ("1.250,00", Some(125_000)), (" ", None)] {
            assert_eq!(comma(&text.into(), "valor").unwrap(), expected.map(Cents::new), "{text}");
        }
        assert_eq!(dot(&"99,90".into(), "valor").unwrap_err().kind(), FailureKind::BrokenAnswer);
        assert_eq!(comma(&"abc".into(), "valor").unwrap_err().kind(), FailureKind::BrokenAnswer);
    }
}
