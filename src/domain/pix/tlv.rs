//! The fields of an EMV code: two digits of tag, two of length, then the value.

use super::PixError;

/// What a length counts. The standard counts characters; some banks count the bytes of accented letters.
#[derive(Debug, Clone, Copy)]
pub(super) enum Measure {
    Characters,
    Bytes,
}

/// One field: its tag, its value, and the byte at which the field begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) tag: u8,
    pub(super) value: &'a str,
    pub(super) at: usize,
}

/// Fields of one level, in the order of the code.
pub(super) struct Fields<'a>(Vec<Field<'a>>);

impl<'a> Fields<'a> {
    /// Splits a text that is nothing but fields. `offset` is where the text begins within the whole code.
    pub(super) fn read(text: &'a str, offset: usize, measure: Measure) -> Result<Self, PixError> {
        let mut fields: Vec<Field<'a>> = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let at = offset + text.len() - rest.len();
            let (tag, value, after) = first(rest, measure).ok_or(PixError::BrokenTlv { at })?;
            if fields.iter().any(|field| field.tag == tag) {
                return Err(PixError::Twice { tag });
            }
            fields.push(Field { tag, value, at });
            rest = after;
        }
        Ok(Self(fields))
    }

    /// The value of a tag.
    pub(super) fn value(&self, tag: u8) -> Option<&'a str> {
        self.0.iter().find(|field| field.tag == tag).map(|field| field.value)
    }

    /// The value of a tag that every code has.
    pub(super) fn required(&self, tag: u8) -> Result<&'a str, PixError> {
        self.value(tag).ok_or(PixError::Missing { tag })
    }

    /// All fields, first to last.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = Field<'a>> {
        self.0.iter().copied()
    }
}

/// Tag and value of the first field, and what follows it.
fn first(text: &str, measure: Measure) -> Option<(u8, &str, &str)> {
    let (tag, text) = two_digits(text)?;
    let (length, text) = two_digits(text)?;
    let end = match measure {
        Measure::Bytes => usize::from(length),
        Measure::Characters => {
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.nth(usize::from(length))?
        }
    };
    let (value, rest) = text.split_at_checked(end)?;
    Some((tag, value, rest))
}

fn two_digits(text: &str) -> Option<(u8, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()?;
    Some((number, rest))
}

/// Writes one field; none when the value is longer than two digits can say. The value is ASCII.
pub(super) fn field(tag: u8, value: &str) -> Option<String> {
    (value.len() <= 99).then(|| format!("{tag:02}{:02}{value}", value.len()))
}
