//! Fiscal invoices: NFCom (model 62), then notas of the older models 21 and 22 (dossier 4.d).
//!
//! Both lists are a contract's and name no owner, so the contract is checked beside them. What a list of NFCom looks
//! like was never captured: it is read by likeness with the other one, bare or wrapped. NFS-e are not read: of their
//! list nothing at all is known, so nothing in it could be told from anything else.

use std::cmp::Reverse;

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Subject;
use ponte_domain::invoice::{FiscalInvoice, FiscalInvoiceStatus, Pdf};
use ponte_domain::reference::{ContractRef, FiscalInvoiceRef};
use ponte_domain::{Failure, FailureKind};
use serde::Deserialize;

use super::Sgp;
use super::dialect::{Need, Request, linked, look, print};
use super::found;
use super::values::{cents, day, first, given, is_id};
use super::words;
use crate::call::Call;
use crate::erp::FiscalInvoices;
use crate::reading::text::Text;

const CAPABILITY: Capability = Capability::FiscalInvoices;
/// `ambiente` of notas that count; 2 is that of tests (dossier 4.d).
const PRODUCTION: &str = "1";
const OPTIONAL: Need = Need::Optional(CAPABILITY);

#[async_trait]
impl FiscalInvoices for Sgp {
    async fn of_contract(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Vec<FiscalInvoice>, Failure> {
        let (owned, newer, older) = tokio::join!(
            found::contract(call, Need::Required(CAPABILITY), contract),
            list(call, Family::Nfcom, contract),
            list(call, Family::Older, contract),
        );
        owned?;
        let mut notas = either(call, newer, older)?;
        notas.sort_by_key(|nota| Reverse(nota.document.issued_on));
        Ok(notas.into_iter().map(|nota| nota.document).collect())
    }

    async fn pdf(&self, call: &Call<'_>, invoice: &FiscalInvoiceRef) -> Result<Pdf, Failure> {
        let missing = || Failure::not_found(Subject::FiscalInvoice);
        let name = Name::read(invoice.id.as_str()).ok_or_else(missing)?;
        let contract = invoice.customer.contract(name.contract);
        let (owned, listed) = tokio::join!(
            found::contract(call, Need::Required(CAPABILITY), &contract),
            list(call, name.family, &contract),
        );
        match owned {
            Err(failure) if matches!(failure.kind(), FailureKind::NotFound(_)) => return Err(missing()),
            owned => owned?,
        };
        let nota = listed?.into_iter().find(|nota| nota.document.reference == *invoice).ok_or_else(missing)?;
        if !nota.is_printable() {
            return Err(Failure::not_found(Subject::Document));
        }
        document(call, &name, &nota).await?.ok_or_else(|| Failure::not_found(Subject::Document))
    }
}

/// The link where the row has one, else the print, which only NFCom has.
async fn document(call: &Call<'_>, name: &Name<'_>, nota: &Nota) -> Result<Option<Pdf>, Failure> {
    if let Some(link) = &nota.link {
        return linked(call, CAPABILITY, "notafiscal", link).await;
    }
    if name.family == Family::Older || !is_id(&nota.document.number) {
        return Ok(None);
    }
    let request = Request::form("nfcom.print", "/api/central/nfcom/print")
        .at(&nota.document.number)
        .with("contrato", name.contract)
        .with("formato", "pdf");
    print(call, OPTIONAL, request).await
}

/// Both lists, or the one that this installation has. Without either it does not have the capability.
fn either(
    call: &Call<'_>,
    newer: Result<Vec<Nota>, Failure>,
    older: Result<Vec<Nota>, Failure>,
) -> Result<Vec<Nota>, Failure> {
    let is_missing = |failure: &Failure| matches!(failure.kind(), FailureKind::NotSupported(_));
    match (newer, older) {
        (Ok(mut newer), Ok(older)) => {
            newer.extend(older);
            Ok(newer)
        }
        (Ok(only), Err(failure)) | (Err(failure), Ok(only)) if is_missing(&failure) => Ok(only),
        (Err(newer), Err(older)) if is_missing(&newer) && is_missing(&older) => {
            call.memory.remember_missing(CAPABILITY, older.detail(), call.now);
            Err(older)
        }
        // Part of a list is never passed off as the whole.
        (Err(failure), other) if is_missing(&failure) => other,
        (Err(failure), _) | (_, Err(failure)) => Err(failure),
    }
}

/// Which list a nota is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// Model 62.
    Nfcom,
    /// Models 21 and 22.
    Older,
}

impl Family {
    const fn word(self) -> &'static str {
        match self {
            Self::Nfcom => "nfcom",
            Self::Older => "nf",
        }
    }
}

/// What a nota is called here: rows have no id that another route takes, so it is its list, contract, model, series and
/// number.
#[derive(Debug, PartialEq, Eq)]
struct Name<'a> {
    family: Family,
    contract: &'a str,
}

impl<'a> Name<'a> {
    fn read(id: &'a str) -> Option<Self> {
        let (family, rest) = id.split_once(':')?;
        let family = [Family::Nfcom, Family::Older].into_iter().find(|one| one.word() == family)?;
        let (contract, _) = rest.split_once(':')?;
        is_id(contract).then_some(Self { family, contract })
    }
}

/// A nota and where its copy is.
struct Nota {
    document: FiscalInvoice,
    link: Option<String>,
}

impl Nota {
    /// Whether there can be a copy: one that was refused or taken back has none.
    const fn is_printable(&self) -> bool {
        matches!(self.document.status.value, FiscalInvoiceStatus::Issued | FiscalInvoiceStatus::Unknown)
    }
}

async fn list(call: &Call<'_>, family: Family, contract: &ContractRef) -> Result<Vec<Nota>, Failure> {
    if !is_id(contract.id.as_str()) {
        return Ok(Vec::new());
    }
    let request = match family {
        // Those of the provider's tests are no notas.
        Family::Nfcom => Request::form("nfcom.list", "/api/central/nfcom/list").with("ambiente", PRODUCTION),
        Family::Older => Request::form("notafiscal.list", "/api/central/notafiscal/list/"),
    };
    let request = request.with("contrato", contract.id.as_str());
    let rows = look(call, OPTIONAL, request, |answer| answer.list(|row: Row<'_>| row.read(family, contract)));
    Ok(rows.await?.into_iter().flatten().collect())
}

/// The issuer's data are in the row too; they are of no use here.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    numero: Text<'a>,
    serie: Text<'a>,
    modelo: Text<'a>,
    data_emissao: Text<'a>,
    data_saida: Text<'a>,
    valortotal: Text<'a>,
    status: Text<'a>,
    link: Text<'a>,
}

impl Row<'_> {
    /// The nota, or none where it has no number yet or, not being issued, no amount.
    ///
    /// # Errors
    /// An issued nota without its amount, and amounts and dates that are none.
    fn read(self, family: Family, contract: &ContractRef) -> Result<Option<Nota>, Failure> {
        let Some(number) = given(&self.numero).filter(|number| number.chars().any(|digit| digit != '0')) else {
            return Ok(None);
        };
        let code = self.status.as_str();
        let status = match family {
            Family::Nfcom => words::nfcom_status(code),
            Family::Older => words::fiscal_status(code),
        };
        let amount = match cents(&self.valortotal, "valortotal")? {
            Some(amount) => amount,
            None if !matches!(status.value, FiscalInvoiceStatus::Issued | FiscalInvoiceStatus::Unknown) => {
                return Ok(None);
            }
            None => return Err(Failure::broken("The ERP sent a fiscal invoice without an amount.")),
        };
        let model = first(&[&self.modelo]).or((family == Family::Nfcom).then_some("62"));
        let series = given(&self.serie);
        let issued = day(&self.data_emissao, "data_emissao")?;
        let parts =
            [family.word(), contract.id.as_str(), model.unwrap_or_default(), series.unwrap_or_default(), number];
        Ok(Some(Nota {
            document: FiscalInvoice {
                reference: contract.customer.fiscal_invoice(parts.join(":")),
                contract: Some(contract.id.clone()),
                number: number.to_owned(),
                series: series.map(str::to_owned),
                model: model.map(str::to_owned),
                issued_on: issued.map_or_else(|| day(&self.data_saida, "data_saida"), |issued| Ok(Some(issued)))?,
                amount,
                status,
            },
            link: given(&self.link).map(str::to_owned),
        }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::invoice::FiscalInvoiceStatus;
    use ponte_domain::reference::CustomerRef;

    use super::{Family, Name, Nota, Row};

    fn read(family: Family, json: &str) -> Result<Option<Nota>, ponte_domain::Failure> {
        serde_json::from_str::<Row<'_>>(json).unwrap().read(family, &CustomerRef::new("16957").contract("17402"))
    }

    #[test]
    fn a_nota_is_read_from_either_list() {
        let nfcom = read(
            Family::Nfcom,
            r#"{"id":9,"numero":123,"serie":1,"status":1,"data_emissao":"2026-11-10T10:00:00","valortotal":99.9}"#,
        );
        let nfcom = nfcom.ok().unwrap().unwrap();
        assert_eq!(nfcom.document.reference.id.as_str(), "nfcom:17402:62:1:123");
        assert_eq!((nfcom.document.status.value, nfcom.document.amount.get()), (FiscalInvoiceStatus::Issued, 9990));
        assert!(nfcom.is_printable() && nfcom.link.is_none());
        let older = read(
            Family::Older,
            r#"{"numero":"000123","serie":"","modelo":21,"status":2,"data_emissao":"","data_saida":"10/11/2026",
            "valortotal":"99.90","link":"https://isp.example/notafiscal/9-A/"}"#,
        );
        let older = older.ok().unwrap().unwrap();
        assert_eq!(older.document.reference.id.as_str(), "nf:17402:21::000123");
        assert_eq!(older.document.issued_on.unwrap().to_string(), "2026-11-10");
        assert_eq!(older.document.status.value, FiscalInvoiceStatus::Unknown, "its numbers have no known meaning");
        assert!(older.is_printable() && older.link.is_some());
    }

    #[test]
    fn numbers_and_amounts_are_never_made_up() {
        for none in [
            r#"{"numero":"","valortotal":1}"#,
            r#"{"numero":0,"valortotal":1}"#,
            r#"{"numero":5,"status":3}"#,
            r#"{"numero":5,"status":8}"#,
        ] {
            assert!(read(Family::Nfcom, none).ok().unwrap().is_none(), "{none}");
        }
        for broken in [
            r#"{"numero":5,"status":1}"#,
            r#"{"numero":5,"status":1,"valortotal":"1,00"}"#,
            r#"{"numero":5,"status":1,"valortotal":1,"data_emissao":"ontem"}"#,
        ] {
            assert_eq!(read(Family::Nfcom, broken).err().unwrap().kind(), FailureKind::BrokenAnswer, "{broken}");
        }
        let cancelled = read(Family::Nfcom, r#"{"numero":5,"status":8,"valortotal":1}"#).ok().unwrap().unwrap();
        assert!(!cancelled.is_printable());
    }

    #[test]
    fn a_name_tells_the_list_and_the_contract() {
        assert_eq!(Name::read("nfcom:17402:62:1:123"), Some(Name { family: Family::Nfcom, contract: "17402" }));
        assert_eq!(Name::read("nf:17402:21::5").map(|name| name.family), Some(Family::Older));
        for other in ["", "nf", "nf:17402", "nfse:17402:1", "nf:../1:2"] {
            assert_eq!(Name::read(other), None, "{other}");
        }
    }
}
