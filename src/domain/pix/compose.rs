//! Writing a BR Code, field by field in the order of the central bank's manual.

use super::tlv::field;
use super::{ARRANGEMENT, COUNTRY, CURRENCY, NO_TXID, PixCode, PixError, checksum, tag};
use crate::money::Cents;

/// What the field of an account leaves for a key or a location beside the arrangement: 99 - 18 - 4.
const MOST_OF_ACCOUNT: usize = 77;
const MOST_OF_NAME: usize = 25;
const MOST_OF_CITY: usize = 15;
const MOST_OF_TXID: usize = 25;
/// The amount field has up to 13 characters.
const MOST_OF_AMOUNT: usize = 13;

impl PixCode {
    /// A static code: `key` is the receiver's, `name` and `city` are plain ASCII of at most 25 and 15 characters,
    /// `txid` is letters and digits, at most 25.
    ///
    /// # Errors
    /// Names the first field that does not fit.
    pub fn compose_static(
        key: &str,
        name: &str,
        city: &str,
        amount: Option<Cents>,
        txid: Option<&str>,
    ) -> Result<Self, PixError> {
        write([None, account(tag::ACCOUNT_KEY, key)?], name, city, amount, txid)
    }

    /// A dynamic code that may be paid once: `location` is where the charge is read, without scheme; the rest as for
    /// [`PixCode::compose_static`].
    ///
    /// # Errors
    /// Names the first field that does not fit.
    pub fn compose_dynamic(
        location: &str,
        name: &str,
        city: &str,
        amount: Option<Cents>,
        txid: Option<&str>,
    ) -> Result<Self, PixError> {
        if location.contains("://") {
            return Err(PixError::Value { tag: tag::ACCOUNT });
        }
        write([field(tag::USE, "12"), account(tag::ACCOUNT_LOCATION, location)?], name, city, amount, txid)
    }
}

/// The merchant account of Pix with its key or location.
fn account(subtag: u8, value: &str) -> Result<Option<String>, PixError> {
    let value = plain(tag::ACCOUNT, value, MOST_OF_ACCOUNT)?;
    let arrangement = field(tag::ACCOUNT_ARRANGEMENT, ARRANGEMENT);
    let parts = [arrangement, field(subtag, value)].into_iter().flatten().collect::<String>();
    Ok(field(tag::ACCOUNT, &parts))
}

/// The whole code; `opening` are the fields that tell static from dynamic.
fn write(
    opening: [Option<String>; 2],
    name: &str,
    city: &str,
    amount: Option<Cents>,
    txid: Option<&str>,
) -> Result<PixCode, PixError> {
    let [usage, account] = opening;
    let amount = amount.map(payable).transpose()?;
    let txid = txid.map_or(Ok(NO_TXID), reference)?;
    let fields = [
        field(tag::VERSION, "01"),
        usage,
        account,
        field(tag::CATEGORY, "0000"),
        field(tag::CURRENCY, CURRENCY),
        amount.and_then(|amount| field(tag::AMOUNT, &amount)),
        field(tag::COUNTRY, COUNTRY),
        field(tag::NAME, plain(tag::NAME, name, MOST_OF_NAME)?),
        field(tag::CITY, plain(tag::CITY, city, MOST_OF_CITY)?),
        field(tag::ADDITIONAL_TXID, txid).and_then(|txid| field(tag::ADDITIONAL, &txid)),
    ];
    let mut text = fields.into_iter().flatten().collect::<String>();
    text.push_str("6304");
    let closing = format!("{:04X}", checksum(&text));
    text.push_str(&closing);
    PixCode::parse(&text)
}

/// A value of printable ASCII without blanks around it.
fn plain(tag: u8, value: &str, most: usize) -> Result<&str, PixError> {
    let printable = value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let fits = printable && (1..=most).contains(&value.len()) && value.trim() == value;
    if fits { Ok(value) } else { Err(PixError::Value { tag }) }
}

fn reference(txid: &str) -> Result<&str, PixError> {
    let fits = (1..=MOST_OF_TXID).contains(&txid.len()) && txid.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if fits { Ok(txid) } else { Err(PixError::Value { tag: tag::ADDITIONAL }) }
}

fn payable(amount: Cents) -> Result<String, PixError> {
    let text = amount.to_dot();
    if amount > Cents::ZERO && text.len() <= MOST_OF_AMOUNT { Ok(text) } else { Err(PixError::Amount) }
}
