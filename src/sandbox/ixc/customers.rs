//! `cliente`: people, with the portal's password in every row (sections 4.a and 4.j).

use jiff::civil::{Date, date};

use crate::town::Town;
use crate::town::id::Id;
use crate::town::people::{Customer, Portal};
use crate::town::writes::WriteKind;

use super::row::Row;
use super::table::{Empty, Shape, Table, Total, Update};

/// Customers registered before came from an older ERP, with bare digits where this one formats
/// (section 2.6: masked in most bases, bare in some; both must be tried).
const FORMATTED_SINCE: Date = date(2023, 1, 1);

pub(super) const TABLES: &[Table] = &[Table::of("cliente", rows)
    .shaped(Shape::Records(Empty::Absent), Total::Number)
    .updating(Update { kind: Some(WriteKind::CustomerChanged), apply, contract: |_, _| None })];

fn rows(town: &Town) -> Vec<Row> {
    town.customers.iter().map(|customer| row(town, customer)).collect()
}

fn imported(customer: &Customer) -> bool {
    customer.registered_on < FORMATTED_SINCE
}

fn row(town: &Town, customer: &Customer) -> Row {
    let company = customer.born_on.is_none();
    let address = &customer.address;
    let state = town.city(address.city).map_or(0, |city| city.state.number);
    let (login, password) = match &customer.portal {
        Some(portal) => (portal.login.as_str(), portal.password.as_str()),
        None => ("", ""),
    };
    let (document, other) = documents(customer);
    let row = Row::new(customer.id)
        .put("senha", password)
        .fill("P", &["acesso_automatico_central", "alterar_senha_primeiro_acesso"])
        .put("senha_hotsite_md5", "N")
        .flag("ativo", customer.active)
        .put("razao", customer.name)
        .put("fantasia", if company { "Empresa Exemplo" } else { "" })
        .put("cnpj_cpf", document)
        .also("cnpj_cpf", other)
        .put("ie_identidade", "")
        .put("tipo_pessoa", if company { "J" } else { "F" })
        .date("data_nascimento", customer.born_on)
        .date("data_cadastro", Some(customer.registered_on))
        .put("ultima_atualizacao", "2026-11-12 01:02:08")
        .put("crm", "N")
        .put("status_prospeccao", "V")
        .put("Sexo", "")
        .put("endereco", address.street)
        .put("numero", address.number)
        .put("complemento", address.complement)
        .put("bairro", address.district)
        .id("cidade", address.city)
        // The state may be missing while the city is there (section 4.a).
        .id("uf", if imported(customer) { 0 } else { state })
        .put("cep", address.postal_code)
        .fill("", &["referencia", "bloco"])
        .fill("0", &["apartamento", "id_condominio"])
        .put("latitude", address.latitude)
        .put("longitude", address.longitude);
    phones(row, customer, company)
        .fill("", &["ramal", "contato"])
        .put("email", customer.email)
        .put("hotsite_email", login)
        .put("hotsite_acesso", "2")
        .id("filial_id", customer.branch)
        .put("id_tipo_cliente", if company { "4" } else { "3" })
        .put("tipo_assinante", if company { "1" } else { "3" })
        .fill("S", &["participa_cobranca", "participa_pre_cobranca", "cob_envia_email", "cob_envia_sms"])
        .put("id_conta", "384")
        .fill("", &["alerta", "obs", "grau_satisfacao"])
        .put("tipo_localidade", "U")
        .put("filtra_filial", "S")
}

/// As shown, and the other form. The other one is known for CNPJs with letters only: whether the
/// vendor's field takes them is not known (section 4.a), so neither form must fail to find them.
fn documents(customer: &Customer) -> (String, String) {
    let (formatted, bare) = (customer.document.formatted(), customer.document.as_str().to_owned());
    let shown = if imported(customer) { bare.clone() } else { formatted };
    let other = if customer.document.has_letters() { bare } else { shown.clone() };
    (shown, other)
}

/// Free text in four columns (section 4.a).
fn phones(row: Row, customer: &Customer, company: bool) -> Row {
    let national = customer.mobile().map_or(String::new(), |phone| phone.national());
    let fixed = customer.landline().map_or(String::new(), |phone| phone.national());
    let (fone, office) = if company { (String::new(), fixed) } else { (fixed, String::new()) };
    // The older ERP knew WhatsApp numbers only.
    let (mobile, whatsapp) = if imported(customer) {
        (String::new(), national.chars().filter(char::is_ascii_digit).collect())
    } else {
        (national.clone(), national)
    };
    row.put("fone", fone).put("telefone_comercial", office).put("telefone_celular", mobile).put("whatsapp", whatsapp)
}

fn apply(town: &mut Town, row: &str, column: &str, value: &str) -> bool {
    let id = Id::<Customer>::read(row);
    let Some(customer) = town.customers.iter_mut().find(|one| Some(one.id) == id) else { return false };
    match column {
        "ativo" => customer.active = value == "S",
        "senha" => set_portal(customer, |portal| value.clone_into(&mut portal.password)),
        "hotsite_email" => set_portal(customer, |portal| value.clone_into(&mut portal.login)),
        _ => return false,
    }
    true
}

fn set_portal(customer: &mut Customer, change: impl FnOnce(&mut Portal)) {
    let nothing = || Portal { login: String::new(), password: String::new() };
    change(customer.portal.get_or_insert_with(nothing));
}
