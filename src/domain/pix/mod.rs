//! Pix copia-e-cola: the central bank's BR Code, an EMV text closed by a CRC.
//!
//! Source: Banco Central do Brasil, "Manual de Padrões para Iniciação do Pix" and "Manual do BR Code". Own code, since
//! `pix-brcode-parser` 0.1.0 refuses dynamic codes and `pix-brcode` 0.1.0 only writes; the CRC is the `crc` crate's.

mod compose;
mod tlv;

use std::fmt;

use crc::{CRC_16_IBM_3740, Crc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::money::Cents;
use tlv::{Fields, Measure};

/// The longest text a QR code of a BR Code is made of.
const MOST_CHARACTERS: usize = 512;
/// What marks the Pix account among the merchant accounts; case does not matter.
const ARRANGEMENT: &str = "br.gov.bcb.pix";
/// The real, by ISO 4217.
const CURRENCY: &str = "986";
/// Brazil, by ISO 3166.
const COUNTRY: &str = "BR";
/// Written where a code has no transaction id of its own.
const NO_TXID: &str = "***";
/// CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF.
const CHECKSUM: Crc<u16> = Crc::<u16>::new(&CRC_16_IBM_3740);

/// Tags of the code, and of the account and the additional data within it.
mod tag {
    pub(super) const VERSION: u8 = 0;
    pub(super) const USE: u8 = 1;
    pub(super) const ACCOUNTS: std::ops::RangeInclusive<u8> = 26..=51;
    pub(super) const CATEGORY: u8 = 52;
    pub(super) const CURRENCY: u8 = 53;
    pub(super) const AMOUNT: u8 = 54;
    pub(super) const COUNTRY: u8 = 58;
    pub(super) const NAME: u8 = 59;
    pub(super) const CITY: u8 = 60;
    pub(super) const ADDITIONAL: u8 = 62;
    pub(super) const CRC: u8 = 63;

    pub(super) const ACCOUNT: u8 = 26;
    pub(super) const ACCOUNT_ARRANGEMENT: u8 = 0;
    pub(super) const ACCOUNT_KEY: u8 = 1;
    pub(super) const ACCOUNT_LOCATION: u8 = 25;
    pub(super) const ADDITIONAL_TXID: u8 = 5;
}

/// Where a Pix code says what is to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PixKind {
    /// In the code itself, with the receiver's key; it can be paid many times.
    Static,
    /// At an address that the payer's bank reads; it stands for one charge.
    Dynamic,
}

/// A copia-e-cola whose structure and CRC hold, so that it can be offered for payment.
///
/// `Debug` shows only the kind: a static code carries a key, which may be somebody's CPF or phone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PixCode {
    text: String,
    amount: Option<Cents>,
    key_present: bool,
    location: Option<String>,
    txid: Option<String>,
    merchant_name: String,
    merchant_city: String,
}

/// Why a text is not a payable Pix code, or why one cannot be composed. No variant carries the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PixError {
    /// Nothing but blanks.
    #[error("the Pix code is empty")]
    Empty,
    /// Longer than a QR code of a BR Code may be.
    #[error("a Pix code has at most {MOST_CHARACTERS} characters, found {found}")]
    TooLong {
        /// Characters found.
        found: usize,
    },
    /// Does not begin as every BR Code does.
    #[error("the text is not a BR Code")]
    NotBrCode,
    /// Tag or length is not a number, or the value is cut off.
    #[error("the field at byte {at} is broken")]
    BrokenTlv {
        /// The byte of the trimmed text at which the field begins.
        at: usize,
    },
    /// One field stands there twice, so that it is open which one a bank would take.
    #[error("field {tag:02} stands there twice")]
    Twice {
        /// Its tag.
        tag: u8,
    },
    /// A field that every code has is not there.
    #[error("field {tag:02} is missing")]
    Missing {
        /// Its tag.
        tag: u8,
    },
    /// No merchant account of Pix, or one with neither key nor location.
    #[error("the code has no Pix account")]
    NoPixAccount,
    /// The currency is not the real.
    #[error("the code is not in reais")]
    Currency,
    /// The country is not Brazil.
    #[error("the code is not Brazilian")]
    Country,
    /// The amount is not a number with a dot and two decimals; composing: not above zero, or too long.
    #[error("the amount is not a number")]
    Amount,
    /// The checksum is not the last field, or not four hexadecimal digits.
    #[error("the code does not end with its checksum")]
    NoChecksum,
    /// The checksum does not belong to the rest: the code was cut or changed.
    #[error("the checksum is {found:04X}, expected {expected:04X}")]
    Crc {
        /// In the code.
        found: u16,
        /// Over the code.
        expected: u16,
    },
    /// Composing: a value that its field cannot hold (empty, too long, or not plain ASCII).
    #[error("the value for field {tag:02} does not fit")]
    Value {
        /// The field's tag.
        tag: u8,
    },
}

impl PixCode {
    /// Reads a copia-e-cola; blanks around it are dropped.
    ///
    /// # Errors
    /// Structure first, then the checksum, then the content. A code that fails must not be passed on as payable.
    pub fn parse(text: &str) -> Result<Self, PixError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(PixError::Empty);
        }
        let found = text.chars().count();
        if found > MOST_CHARACTERS {
            return Err(PixError::TooLong { found });
        }
        if !text.starts_with("000201") {
            return Err(PixError::NotBrCode);
        }
        let read = Self::read(text, Measure::Characters);
        if read.is_ok() || text.is_ascii() {
            return read;
        }
        // Lengths counted in bytes look like any other broken structure; the checksum guards both readings.
        Self::read(text, Measure::Bytes).or(read)
    }

    /// The code, to be copied or drawn as a QR code.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Static with a key, or dynamic with a location.
    pub fn kind(&self) -> PixKind {
        if self.location.is_some() { PixKind::Dynamic } else { PixKind::Static }
    }

    /// The amount in the code; none where it has none or zero, so that the payer or the location decides.
    pub fn amount(&self) -> Option<Cents> {
        self.amount
    }

    /// Whether the code carries the receiver's key, which is not shown since it may be a CPF or a phone.
    pub fn key_present(&self) -> bool {
        self.key_present
    }

    /// Where a dynamic code's charge is read, without scheme: `pix.example.com.br/qr/v2/...`.
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// The transaction id; none where the code has none or the placeholder `***`.
    pub fn txid(&self) -> Option<&str> {
        self.txid.as_deref()
    }

    /// The receiver's name as the code says it.
    pub fn merchant_name(&self) -> &str {
        &self.merchant_name
    }

    /// The receiver's city as the code says it.
    pub fn merchant_city(&self) -> &str {
        &self.merchant_city
    }

    fn read(text: &str, measure: Measure) -> Result<Self, PixError> {
        let fields = Fields::read(text, 0, measure)?;
        verify_checksum(text, &fields)?;
        fields.required(tag::CATEGORY)?;
        if fields.required(tag::CURRENCY)? != CURRENCY {
            return Err(PixError::Currency);
        }
        if fields.required(tag::COUNTRY)? != COUNTRY {
            return Err(PixError::Country);
        }
        let account = account(&fields, measure)?;
        let location = account.value(tag::ACCOUNT_LOCATION).map(str::to_owned);
        let key_present = account.value(tag::ACCOUNT_KEY).is_some();
        if location.is_none() && !key_present {
            return Err(PixError::NoPixAccount);
        }
        Ok(Self {
            text: text.to_owned(),
            amount: fields.value(tag::AMOUNT).map_or(Ok(None), amount)?,
            key_present,
            location,
            txid: txid(&fields, measure)?,
            merchant_name: fields.required(tag::NAME)?.to_owned(),
            merchant_city: fields.required(tag::CITY)?.to_owned(),
        })
    }
}

impl fmt::Debug for PixCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PixCode({:?})", self.kind())
    }
}

/// The checksum over a code up to and including `6304`.
fn checksum(text: &str) -> u16 {
    CHECKSUM.checksum(text.as_bytes())
}

fn verify_checksum(text: &str, fields: &Fields<'_>) -> Result<(), PixError> {
    let last = fields.iter().next_back().filter(|field| field.tag == tag::CRC).ok_or(PixError::NoChecksum)?;
    let hexadecimal = last.value.len() == 4 && last.value.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !hexadecimal {
        return Err(PixError::NoChecksum);
    }
    let found = u16::from_str_radix(last.value, 16).map_err(|_| PixError::NoChecksum)?;
    let expected = checksum(text.strip_suffix(last.value).unwrap_or_default());
    if found == expected { Ok(()) } else { Err(PixError::Crc { found, expected }) }
}

/// The Pix account among the merchant accounts. A broken account of another arrangement does not matter to a payer.
fn account<'a>(fields: &Fields<'a>, measure: Measure) -> Result<Fields<'a>, PixError> {
    let mut problem = PixError::NoPixAccount;
    for field in fields.iter().filter(|field| tag::ACCOUNTS.contains(&field.tag)) {
        match Fields::read(field.value, field.at + 4, measure) {
            Ok(account) => {
                let arrangement = account.value(tag::ACCOUNT_ARRANGEMENT).unwrap_or_default();
                if arrangement.eq_ignore_ascii_case(ARRANGEMENT) {
                    return Ok(account);
                }
            }
            Err(broken) => problem = broken,
        }
    }
    Err(problem)
}

/// Digits with at most one dot: what a sign or a blank could mean here is nobody's guess.
fn amount(value: &str) -> Result<Option<Cents>, PixError> {
    if !value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Err(PixError::Amount);
    }
    let amount = Cents::parse_dot(value).map_err(|_| PixError::Amount)?;
    Ok((amount > Cents::ZERO).then_some(amount))
}

fn txid(fields: &Fields<'_>, measure: Measure) -> Result<Option<String>, PixError> {
    let Some(additional) = fields.iter().find(|field| field.tag == tag::ADDITIONAL) else {
        return Ok(None);
    };
    let additional = Fields::read(additional.value, additional.at + 4, measure)?;
    let txid = additional.value(tag::ADDITIONAL_TXID).filter(|txid| !txid.is_empty() && *txid != NO_TXID);
    Ok(txid.map(str::to_owned))
}

#[cfg(test)]
mod tests;
