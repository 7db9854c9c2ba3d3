//! The portal's credentials (section 4.j). What a failure looks like is not documented: a refusal
//! with status 200.

use serde_json::json;

use crate::http::Response;
use crate::town::Town;

use super::ask::{Ask, Route};
use super::dialect::{Refusal, done_with};
use super::numbers::{customer_code, customer_id};
use super::wording::phones;

pub(super) const ROUTES: &[Route] = &[Route::post("cliente/autenticacao", sign_in)];

fn sign_in(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    ask.requires(&["usuario", "senha"])?;
    let (login, password) = (ask.text("usuario"), ask.text("senha"));
    let customer = town
        .customers
        .iter()
        .find(|one| one.portal.as_ref().is_some_and(|portal| portal.login == login && portal.password == password));
    let customer = customer.ok_or_else(|| Refusal::new("Usuário ou senha inválidos"))?;
    let [first, second, third] =
        phones(customer).map(|phone| if phone.is_empty() { json!(null) } else { json!(phone) });
    let row = json!({
        "id_cliente": customer_id(customer),
        "codigo_cliente": customer_code(customer),
        "nome_razaosocial": customer.name,
        "nome_fantasia": null,
        "cpf_cnpj": customer.document_in_digits().as_str(),
        "data_nascimento": customer.born_on.map(|day| day.to_string()),
        "telefone_primario": first,
        "telefone_secundario": second,
        "telefone_terciario": third,
        "email_principal": customer.email,
        "email_secundario": null,
    });
    Ok(done_with("Usuário autenticado com sucesso", [("cliente", row)]))
}
