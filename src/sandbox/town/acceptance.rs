//! Signing a contract's terms and making it active.

use jiff::civil::DateTime;

use super::Town;
use super::contracts::{Access, Contract, Standing};
use super::id::Id;
use super::writes::WriteKind;

/// A paper that goes with a contract.
#[derive(Debug, Clone)]
pub struct Term {
    /// Its number.
    pub id: Id<Term>,
    /// Whose.
    pub contract: Id<Contract>,
    /// What it is.
    pub title: &'static str,
    /// When it was signed.
    pub signed_at: Option<DateTime>,
}

/// Why an activation did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActivationRefusal {
    /// No such contract.
    NoSuchContract,
    /// It is no pre-contract: active already, or over.
    NotPreContract,
}

impl Town {
    /// The terms of a contract.
    pub fn terms_of(&self, contract: Id<Contract>) -> impl Iterator<Item = &Term> {
        self.terms.iter().filter(move |term| term.contract == contract)
    }

    /// Marks a term signed, now. False when there is no such term; signing again changes nothing.
    pub(crate) fn sign_term(&mut self, id: Id<Term>) -> bool {
        let now = self.clock();
        let Some(term) = self.terms.iter_mut().find(|term| term.id == id) else { return false };
        if term.signed_at.is_none() {
            term.signed_at = Some(now);
            let contract = term.contract;
            self.wrote(WriteKind::TermSigned, Some(contract));
        }
        true
    }

    /// Takes a signature back; false when there is no such term.
    pub(crate) fn unsign_term(&mut self, id: Id<Term>) -> bool {
        match self.terms.iter_mut().find(|term| term.id == id) {
            Some(term) => {
                term.signed_at = None;
                true
            }
            None => false,
        }
    }

    /// Makes a pre-contract active. Its access goes on waiting while a term is unsigned.
    pub(crate) fn activate(&mut self, id: Id<Contract>) -> Result<(), ActivationRefusal> {
        let today = self.today();
        let signed = self.terms_of(id).all(|term| term.signed_at.is_some());
        let contract = self.contract_mut(id).ok_or(ActivationRefusal::NoSuchContract)?;
        if contract.standing != Standing::PreContract {
            return Err(ActivationRefusal::NotPreContract);
        }
        contract.standing = Standing::Active;
        contract.activated_on = Some(today);
        if signed {
            contract.base_access = Access::Active;
        }
        for login in self.logins.iter_mut().filter(|login| login.contract == id) {
            login.enabled = true;
        }
        self.wrote(WriteKind::Activation, Some(id));
        Ok(())
    }
}
