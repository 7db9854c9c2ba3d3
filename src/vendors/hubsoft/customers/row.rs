//! One row of `clientes[]`.

use ponte_domain::Failure;
use ponte_domain::customer::Customer;
use ponte_domain::dates::Zone;
use ponte_domain::document::Document;
use ponte_domain::reference::CustomerRef;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::hubsoft::contracts::{Facts, row as service};
use crate::hubsoft::words;
use crate::reading::flag::yes_no;
use crate::reading::people;
use crate::reading::prose::cleaned;
use crate::reading::rows::Rows;
use crate::reading::text::Text;

/// A customer with the services. No `Debug`: it is personal data through and through.
pub(in crate::hubsoft) struct Person {
    /// The customer.
    pub(in crate::hubsoft) customer: Customer,
    /// The id that only the fiscal route takes (dossier 4.0).
    pub(in crate::hubsoft) internal_id: Option<String>,
    /// The document as the row has it.
    pub(in crate::hubsoft) document: String,
    /// Whether a customer still; none where this version does not say.
    pub(in crate::hubsoft) active: Option<bool>,
    /// Outages and notices that the ERP has matched to this customer.
    pub(in crate::hubsoft) alert: Alert,
    /// The services, which are the contracts.
    pub(in crate::hubsoft) services: Vec<Facts>,
}

/// `alerta` and `alerta_mensagens` (dossier 4.h).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::hubsoft) struct Alert {
    /// Whether there is one; none where this version does not say.
    pub(in crate::hubsoft) raised: Option<bool>,
    /// Its texts, made to be read to the customer.
    pub(in crate::hubsoft) messages: Vec<String>,
}

impl Person {
    /// The number that people see, by which customers are known here.
    pub(in crate::hubsoft) fn code(&self) -> &str {
        self.customer.reference.id.as_str()
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Body<'a> {
    #[serde(default)]
    pub(super) clientes: Option<Rows<Row<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(in crate::hubsoft) struct Row<'a> {
    id_cliente: Text<'a>,
    codigo_cliente: Text<'a>,
    ativo: Text<'a>,
    nome_razaosocial: Text<'a>,
    nome_fantasia: Text<'a>,
    cpf_cnpj: Text<'a>,
    telefone_primario: Text<'a>,
    telefone_secundario: Text<'a>,
    telefone_terciario: Text<'a>,
    email_principal: Text<'a>,
    email_secundario: Text<'a>,
    alerta: Text<'a>,
    alerta_mensagens: Rows<Text<'a>>,
    grupos: Rows<Group<'a>>,
    servicos: Rows<service::Row<'a>>,
}

/// The shape of a group is not recorded; its name is taken to be under the vendor's usual key.
#[derive(Deserialize)]
#[serde(untagged, bound(deserialize = "'de: 'a"))]
enum Group<'a> {
    Named { descricao: Text<'a> },
    Other(#[allow(dead_code)] IgnoredAny),
}

impl Row<'_> {
    /// The row in domain words.
    ///
    /// # Errors
    /// A row without its code is of no use; what a service does not bear.
    pub(in crate::hubsoft) fn read(self, zone: &Zone) -> Result<Person, Failure> {
        let code =
            self.codigo_cliente.key().ok_or_else(|| Failure::broken("The ERP sent a customer without a code."))?;
        let reference = CustomerRef::new(code);
        let active = yes_no(self.ativo.as_str());
        let services =
            self.servicos.0.into_iter().map(|row| row.read(&reference, zone)).collect::<Result<Vec<_>, _>>()?;
        Ok(Person {
            internal_id: self.id_cliente.key().map(str::to_owned),
            document: self.cpf_cnpj.word(),
            active,
            alert: Alert {
                raised: yes_no(self.alerta.as_str()),
                messages: self.alerta_mensagens.0.iter().filter_map(|text| cleaned(text.as_str())).collect(),
            },
            services,
            customer: Customer {
                reference,
                name: cleaned(self.nome_razaosocial.as_str())
                    .or_else(|| cleaned(self.nome_fantasia.as_str()))
                    .unwrap_or_default(),
                document: Document::parse(self.cpf_cnpj.as_str()).ok(),
                status: words::customer_status(active),
                phones: people::phones([
                    self.telefone_primario.as_str(),
                    self.telefone_secundario.as_str(),
                    self.telefone_terciario.as_str(),
                ]),
                emails: people::emails([self.email_principal.as_str(), self.email_secundario.as_str()]),
                // The vendor keeps branches with the legal documents, not with people.
                branch: None,
                person_group: self.grupos.0.iter().find_map(|group| match group {
                    Group::Named { descricao } => cleaned(descricao.as_str()),
                    Group::Other(_) => None,
                }),
            },
        })
    }
}
