//! Readers of the odd values that ERPs write, each named by what it reads. Pure, and no vendor is named here.
//!
//! Money and dates are strict: what does not parse is a broken answer, never zero or "none". Everything else is
//! generous: a missing key, a number for a text, a null or a nested value where a text belongs is an empty text.

pub(crate) mod date;
pub(crate) mod flag;
pub(crate) mod money;
pub(crate) mod opaque;
pub(crate) mod pdf;
pub(crate) mod people;
pub(crate) mod prose;
pub(crate) mod rows;
pub(crate) mod speed;
pub(crate) mod text;
