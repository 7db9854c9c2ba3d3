//! The vendor's own ids.
//!
//! They do not implement `Serialize`: only the gateway's handles turn them into `ctr_…` and back, so a raw
//! vendor id cannot reach an answer by mistake. Every reference carries its owner, so that an adapter can
//! re-check the owner of a row that the vendor returned (some vendors ignore filters).

use std::fmt;

/// Shorter than a CPF or a phone with its area code.
const LONGEST_SHOWN: usize = 9;

/// One id as the vendor writes it. An adapter may keep in it what it needs to find the thing again, also a document
/// (some APIs find people by nothing else), so `Debug` shows short ids only.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VendorId(String);

impl VendorId {
    /// Wraps the vendor's id.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as the vendor writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for VendorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.len() <= LONGEST_SHOWN { &self.0 } else { "…" })
    }
}

impl From<&str> for VendorId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl From<String> for VendorId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

/// A customer row at the vendor.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CustomerRef {
    /// The vendor's id of the customer.
    pub id: VendorId,
}

/// A contract and its owner.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ContractRef {
    /// The owner.
    pub customer: CustomerRef,
    /// The vendor's id of the contract.
    pub id: VendorId,
}

/// An invoice and its owner.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InvoiceRef {
    /// The owner.
    pub customer: CustomerRef,
    /// The vendor's id of the invoice.
    pub id: VendorId,
}

/// A fiscal invoice and its owner.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FiscalInvoiceRef {
    /// The owner.
    pub customer: CustomerRef,
    /// The vendor's id of the fiscal invoice.
    pub id: VendorId,
}

/// A ticket and its owner.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TicketRef {
    /// The owner.
    pub customer: CustomerRef,
    /// The vendor's id of the ticket.
    pub id: VendorId,
}

impl CustomerRef {
    /// Wraps the vendor's id of a customer.
    pub fn new(id: impl Into<VendorId>) -> Self {
        Self { id: id.into() }
    }

    /// A contract of this customer.
    pub fn contract(&self, id: impl Into<VendorId>) -> ContractRef {
        ContractRef { customer: self.clone(), id: id.into() }
    }

    /// An invoice of this customer.
    pub fn invoice(&self, id: impl Into<VendorId>) -> InvoiceRef {
        InvoiceRef { customer: self.clone(), id: id.into() }
    }

    /// A fiscal invoice of this customer.
    pub fn fiscal_invoice(&self, id: impl Into<VendorId>) -> FiscalInvoiceRef {
        FiscalInvoiceRef { customer: self.clone(), id: id.into() }
    }

    /// A ticket of this customer.
    pub fn ticket(&self, id: impl Into<VendorId>) -> TicketRef {
        TicketRef { customer: self.clone(), id: id.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::CustomerRef;

    #[test]
    fn debug_shows_no_id_that_could_hold_a_document() {
        assert_eq!(format!("{:?}", CustomerRef::new("2202").id), "2202");
        for id in ["10293847.52998224725", "52998224725", "5511987654321"] {
            let shown = format!("{:?}", CustomerRef::new("1").contract(id));
            assert!(!shown.contains("529") && !shown.contains("987"), "{shown}");
        }
    }
}
