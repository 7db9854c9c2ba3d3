//! Subscriber sign-in: the portal's ("SAC") own check of user and password (dossier 4.j).

use async_trait::async_trait;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::document::Document;
use ponte_domain::failure::Refusal;
use ponte_domain::wifi::SignInForm;
use serde::Deserialize;

use super::dialect::{Answer, Need, Rule, look_with_secret};
use super::{MkSolutions, customers, values};
use crate::call::Call;
use crate::erp::{SignIn, SignedIn};
use crate::reading::text::Text;

const RULE: Rule = Rule::free("WSMKUserSenhaSAC");
const REQUIRED: Need = Need::Required(Capability::SignIn);

#[async_trait]
impl SignIn for MkSolutions {
    async fn sign_in(&self, call: &Call<'_>, form: &SignInForm) -> Result<SignedIn, Failure> {
        let typed = form.login.trim();
        if typed.is_empty() {
            return Err(refused());
        }
        // The user name is often the holder's CPF, and then without its points.
        let document = Document::parse(typed).ok();
        let login = document.as_ref().map_or(typed, Document::as_str);
        let fields = [("user_sac", login)];
        let person = look_with_secret(call, REQUIRED, RULE, &fields, ("pass_sac", &form.password), read).await?;
        let person = person.ok_or_else(refused)?;
        let customer = customers::by_id(call, REQUIRED, &person).await?;
        let customer =
            customer.ok_or_else(|| Failure::broken("The ERP let somebody sign in whom it does not know otherwise."))?;
        Ok(SignedIn { customer, must_change_password: false })
    }
}

fn refused() -> Failure {
    Failure::refused(Refusal::SignInFailed, "Login or password is wrong, or sign-in is not allowed for this customer.")
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Access<'a> {
    status: Text<'a>,
    acessosac: Text<'a>,
    codigopessoa: Text<'a>,
}

/// Who may come in. How a wrong password is answered was not captured: only a yes with a person's id is a yes, and any
/// other answer that can be read is a no.
fn read(answer: &Answer<'_>) -> Result<Option<String>, Failure> {
    match answer.denial() {
        Some(denial) if denial.is_fault() => return Err(denial.unexpected()),
        Some(_) => return Ok(None),
        None => {}
    }
    let access: Access<'_> = answer.object()?;
    let yes = access.status.as_str().eq_ignore_ascii_case("OK") && values::yes_no(&access.acessosac) == Some(true);
    Ok(access.codigopessoa.key().filter(|_| yes).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use ponte_domain::FailureKind;
    use ponte_domain::capability::Capability;
    use ponte_transport::Reply;

    use super::{RULE, read};
    use crate::mk_solutions::dialect::Answer;

    #[test]
    fn only_a_clear_yes_is_one() {
        for (body, expected) in [
            (r#"{"AcessoSAC":"Sim","CodigoPessoa":17645,"Nome":"MARIA","status":"OK"}"#, Ok(Some("17645"))),
            (r#"{"AcessoSAC":"sim","CodigoPessoa":"17645","status":"OK"}"#, Ok(Some("17645"))),
            (r#"{"AcessoSAC":"Não","CodigoPessoa":17645,"status":"OK"}"#, Ok(None)),
            (r#"{"AcessoSAC":"Sim","status":"OK"}"#, Ok(None)),
            (r#"{"AcessoSAC":"Sim","CodigoPessoa":17645}"#, Ok(None)),
            (r#"{"AcessoSAC":"Não","status":"ERRO"}"#, Ok(None)),
            (r#"{"Mensagem":"Documento inválido.","Num. ERRO":"002","status":"ERRO"}"#, Ok(None)),
            (r#"{"Mensagem":"Dados não localizados.","Num. ERRO":"003","status":"ERRO"}"#, Ok(None)),
            (r#"{"Mensagem":"Token inválido.","Num. ERRO":"001","status":"ERRO"}"#, Err(FailureKind::LoginExpired)),
            (r#"{"mensagem":"Erro ao processar a solicitação.","status":"ERRO"}"#, Err(FailureKind::VendorFault)),
            ("<html></html>", Err(FailureKind::BrokenAnswer)),
        ] {
            let reply = Reply::new(200, None, body);
            let said = Answer::of(&reply, RULE, Capability::SignIn).and_then(|answer| read(&answer));
            let said = said.as_ref().map(Option::as_deref).map_err(|failure| failure.kind());
            assert_eq!(said, expected, "{body}");
        }
    }
}
