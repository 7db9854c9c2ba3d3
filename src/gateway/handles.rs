//! Opaque handles: the vendor's own references behind `cus_…`, `ctr_…`, `inv_…`, `fis_…`, `lgn_…`, `tck_…`.
//!
//! Deterministic authenticated encryption (AES-256-SIV, RFC 5297) of the reference, with the kind and the tenant's
//! number as associated data, under the tenant's own key. So a handle cannot be guessed, forged, used as another
//! kind or carried to another tenant; the same reference always has the same handle; and no table is needed.
//! This is the only file that turns a reference into text and back.

use aes_siv::KeyInit as _;
use aes_siv::siv::Aes256Siv;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ponte_domain::failure::Subject;
use ponte_domain::reference::{ContractRef, CustomerRef, FiscalInvoiceRef, InvoiceRef, TicketRef, VendorId};

/// Longest handle that is looked at; longer ones cannot be ours.
const MAX_LENGTH: usize = 404;
/// Shortest text behind the prefix that can be ours: an initialization vector of 16 bytes.
const MIN_BODY: usize = 22;

/// Why a text is not a handle of this tenant and kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HandleError {
    /// Not of the form `prefix_base64url`.
    #[error("The id is not of the form {0}_ followed by 22 to 400 base64url characters.")]
    Malformed(&'static str),
    /// Of the right form, but not made by this gateway for this tenant.
    #[error("The id is not one of this tenant's.")]
    Foreign(Subject),
}

/// A reference that travels as a handle.
pub(crate) trait Handled: Sized {
    /// What stands before the underscore.
    const PREFIX: &'static str;
    /// What is not found when the handle is not ours.
    const SUBJECT: Subject;
    /// The reference's parts, owner first.
    fn parts(&self) -> Vec<&str>;
    /// The reference of these parts.
    fn from_parts(parts: &[&str]) -> Option<Self>;
}

impl Handled for CustomerRef {
    const PREFIX: &'static str = "cus";
    const SUBJECT: Subject = Subject::Customer;

    fn parts(&self) -> Vec<&str> {
        vec![self.id.as_str()]
    }

    fn from_parts(parts: &[&str]) -> Option<Self> {
        let [id] = parts else { return None };
        Some(Self::new(*id))
    }
}

/// A login of a contract, as it travels in handles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoginRef {
    /// The contract.
    pub(crate) contract: ContractRef,
    /// The vendor's id of the login.
    pub(crate) id: VendorId,
}

impl Handled for LoginRef {
    const PREFIX: &'static str = "lgn";
    const SUBJECT: Subject = Subject::Contract;

    fn parts(&self) -> Vec<&str> {
        vec![self.contract.customer.id.as_str(), self.contract.id.as_str(), self.id.as_str()]
    }

    fn from_parts(parts: &[&str]) -> Option<Self> {
        let [customer, contract, id] = parts else { return None };
        Some(Self { contract: CustomerRef::new(*customer).contract(*contract), id: (*id).into() })
    }
}

/// The parts of a reference that has an owner.
fn owned<'a>(customer: &'a CustomerRef, id: &'a VendorId) -> Vec<&'a str> {
    vec![customer.id.as_str(), id.as_str()]
}

impl Handled for ContractRef {
    const PREFIX: &'static str = "ctr";
    const SUBJECT: Subject = Subject::Contract;

    fn parts(&self) -> Vec<&str> {
        owned(&self.customer, &self.id)
    }

    fn from_parts(parts: &[&str]) -> Option<Self> {
        let [customer, id] = parts else { return None };
        Some(CustomerRef::new(*customer).contract(*id))
    }
}

impl Handled for InvoiceRef {
    const PREFIX: &'static str = "inv";
    const SUBJECT: Subject = Subject::Invoice;

    fn parts(&self) -> Vec<&str> {
        owned(&self.customer, &self.id)
    }

    fn from_parts(parts: &[&str]) -> Option<Self> {
        let [customer, id] = parts else { return None };
        Some(CustomerRef::new(*customer).invoice(*id))
    }
}

impl Handled for FiscalInvoiceRef {
    const PREFIX: &'static str = "fis";
    const SUBJECT: Subject = Subject::FiscalInvoice;

    fn parts(&self) -> Vec<&str> {
        owned(&self.customer, &self.id)
    }

    fn from_parts(parts: &[&str]) -> Option<Self> {
        let [customer, id] = parts else { return None };
        Some(CustomerRef::new(*customer).fiscal_invoice(*id))
    }
}

impl Handled for TicketRef {
    const PREFIX: &'static str = "tck";
    const SUBJECT: Subject = Subject::Ticket;

    fn parts(&self) -> Vec<&str> {
        owned(&self.customer, &self.id)
    }

    fn from_parts(parts: &[&str]) -> Option<Self> {
        let [customer, id] = parts else { return None };
        Some(CustomerRef::new(*customer).ticket(*id))
    }
}

/// Makes and opens the handles of one tenant.
#[derive(Clone, Copy)]
pub(crate) struct HandleMaker<'a> {
    key: &'a [u8; 64],
    tenant: u32,
}

impl<'a> HandleMaker<'a> {
    /// With the tenant's own key.
    pub(crate) const fn new(key: &'a [u8; 64], tenant: u32) -> Self {
        Self { key, tenant }
    }

    /// The handle of a reference.
    pub(crate) fn make<R: Handled>(&self, reference: &R) -> String {
        let plain = pack(&reference.parts());
        let tenant = self.tenant.to_be_bytes();
        let headers: [&[u8]; 2] = [R::PREFIX.as_bytes(), &tenant];
        // Encryption fails only for more than 126 headers (RFC 5297, section 2.6); there are two.
        let sealed = Aes256Siv::new(self.key.into()).encrypt(headers, &plain).unwrap_or_default();
        let mut handle = String::with_capacity(R::PREFIX.len() + 1 + sealed.len() * 4 / 3 + 3);
        handle.push_str(R::PREFIX);
        handle.push('_');
        URL_SAFE_NO_PAD.encode_string(sealed, &mut handle);
        handle
    }

    /// The reference of a handle.
    pub(crate) fn open<R: Handled>(&self, handle: &str) -> Result<R, HandleError> {
        let malformed = HandleError::Malformed(R::PREFIX);
        if handle.len() > MAX_LENGTH {
            return Err(malformed);
        }
        let body = handle.strip_prefix(R::PREFIX).and_then(|rest| rest.strip_prefix('_')).ok_or(malformed)?;
        let written_so =
            body.len() >= MIN_BODY && body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if !written_so {
            return Err(malformed);
        }
        let foreign = HandleError::Foreign(R::SUBJECT);
        let sealed = URL_SAFE_NO_PAD.decode(body).map_err(|_| foreign)?;
        let tenant = self.tenant.to_be_bytes();
        let headers: [&[u8]; 2] = [R::PREFIX.as_bytes(), &tenant];
        let plain = Aes256Siv::new(self.key.into()).decrypt(headers, &sealed).map_err(|_| foreign)?;
        let parts = unpack(&plain).ok_or(foreign)?;
        R::from_parts(&parts).ok_or(foreign)
    }

    /// `cus_…`
    pub(crate) fn customer(&self, reference: &CustomerRef) -> String {
        self.make(reference)
    }

    /// `ctr_…`
    pub(crate) fn contract(&self, reference: &ContractRef) -> String {
        self.make(reference)
    }

    /// `inv_…`
    pub(crate) fn invoice(&self, reference: &InvoiceRef) -> String {
        self.make(reference)
    }

    /// `fis_…`
    pub(crate) fn fiscal_invoice(&self, reference: &FiscalInvoiceRef) -> String {
        self.make(reference)
    }

    /// `lgn_…`
    pub(crate) fn login(&self, contract: &ContractRef, id: &VendorId) -> String {
        self.make(&LoginRef { contract: contract.clone(), id: id.clone() })
    }

    /// `tck_…`
    pub(crate) fn ticket(&self, reference: &TicketRef) -> String {
        self.make(reference)
    }
}

/// Parts, each behind its length in two bytes, so that no two lists of parts pack alike.
fn pack(parts: &[&str]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(parts.iter().map(|part| part.len() + 2).sum());
    for part in parts {
        let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
        packed.extend_from_slice(&length.to_be_bytes());
        packed.extend_from_slice(part.as_bytes().get(..usize::from(length)).unwrap_or_default());
    }
    packed
}

fn unpack(mut packed: &[u8]) -> Option<Vec<&str>> {
    let mut parts = Vec::with_capacity(2);
    while !packed.is_empty() {
        let (length, rest) = packed.split_first_chunk::<2>()?;
        let (part, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        parts.push(std::str::from_utf8(part).ok()?);
        packed = rest;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::failure::Subject;
    use ponte_domain::reference::{ContractRef, CustomerRef, InvoiceRef};

    use super::{HandleError, HandleMaker};

    const KEY: [u8; 64] = [7; 64];

    #[test]
    fn a_handle_opens_to_what_it_was_made_of_and_is_always_the_same() {
        let maker = HandleMaker::new(&KEY, 1);
        let contract = CustomerRef::new("2").contract("2309");
        let handle = maker.contract(&contract);
        assert_eq!(handle, maker.contract(&contract));
        assert_eq!(maker.open::<ContractRef>(&handle).unwrap(), contract);
        assert!(!handle.contains("2309"));
    }

    #[test]
    fn a_handle_of_another_tenant_kind_or_hand_is_foreign() {
        let maker = HandleMaker::new(&KEY, 1);
        let handle = maker.contract(&CustomerRef::new("2").contract("2309"));
        let other = HandleMaker::new(&KEY, 2);
        assert_eq!(other.open::<ContractRef>(&handle), Err(HandleError::Foreign(Subject::Contract)));
        let as_invoice = handle.replace("ctr_", "inv_");
        assert_eq!(maker.open::<InvoiceRef>(&as_invoice), Err(HandleError::Foreign(Subject::Invoice)));
        let mut forged = handle.clone().into_bytes();
        forged[8] = if forged[8] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        assert_eq!(maker.open::<ContractRef>(&forged), Err(HandleError::Foreign(Subject::Contract)));
    }

    #[test]
    fn a_text_that_is_no_handle_is_malformed() {
        let maker = HandleMaker::new(&KEY, 1);
        for text in [
            "",
            "2309",
            "ctr_",
            "ctr_***",
            "cus_AAAAAAAAAAAAAAAAAAAAAAAA",
            "ctr_AAAA",
            &format!("ctr_{}", "A".repeat(500)),
        ] {
            let error = maker.open::<ContractRef>(text).unwrap_err();
            assert_eq!(error, HandleError::Malformed("ctr"), "{text}");
        }
    }
}
