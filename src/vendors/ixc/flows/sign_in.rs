//! A sign-in, from the look-up to the compare.

use ponte_domain::FailureKind;
use ponte_domain::failure::Refusal;
use ponte_domain::wifi::SignInForm;
use secrecy::SecretString;

use crate::erp::{SignIn as _, SignedIn};
use crate::ixc::Ixc;
use crate::ixc::testing::{Bench, page};

const NOBODY: &str = r#"{"page":"1","total":"0"}"#;

fn row(id: &str, columns: &str) -> String {
    format!(r#"{{"id":"{id}","razao":"Ana","cnpj_cpf":"529.982.247-25","hotsite_email":"Ana.Souza",{columns}}}"#)
}

async fn sign_in(bench: &Bench, login: &str, password: &str) -> Result<SignedIn, FailureKind> {
    let form = SignInForm { login: login.to_owned(), password: SecretString::from(password) };
    Ixc.sign_in(&bench.call(), &form).await.map_err(|failure| failure.kind())
}

const REFUSED: FailureKind = FailureKind::Refused(Refusal::SignInFailed);

#[tokio::test]
async fn the_row_whose_password_matches_is_the_one_and_the_password_stays_here() {
    let bench = Bench::start().await;
    let rows = [
        row("1", r#""ativo":"S","senha":"other","senha_hotsite_md5":"N""#),
        row("2", r#""ativo":"S","senha":"Senha#2026","senha_hotsite_md5":"N","alterar_senha_primeiro_acesso":"S""#),
    ];
    bench.lists("cliente", &page(&rows.join(","))).await;
    let signed_in = sign_in(&bench, " ana.souza ", "Senha#2026").await.unwrap();
    assert_eq!((signed_in.customer.reference.id.as_str(), signed_in.must_change_password), ("2", true));
    for request in bench.requests("cliente").await {
        let sent = String::from_utf8_lossy(&request.body).to_lowercase();
        assert!(!sent.contains("senha"), "{sent}");
    }
}

#[tokio::test]
async fn whatever_is_wrong_the_refusal_is_the_same() {
    for (columns, login, password) in [
        (r#""ativo":"S","senha":"Senha#2026","senha_hotsite_md5":"N""#, "ana.souza", "senha#2026"),
        (r#""ativo":"N","senha":"Senha#2026","senha_hotsite_md5":"N""#, "ana.souza", "Senha#2026"),
        (r#""ativo":"S","senha":"","senha_hotsite_md5":"N""#, "ana.souza", "Senha#2026"),
        (r#""ativo":"S","senha":"","senha_hotsite_md5":"N""#, "ana.souza", ""),
        (r#""ativo":"S","senha":"Senha#2026","senha_hotsite_md5":"N""#, "ana", "Senha#2026"),
        (r#""ativo":"S","senha":"Senha#2026","senha_hotsite_md5":"N""#, "", "Senha#2026"),
    ] {
        let bench = Bench::start().await;
        bench.lists("cliente", &page(&row("2", columns))).await;
        assert_eq!(sign_in(&bench, login, password).await.err(), Some(REFUSED), "{columns} {login} {password}");
    }
}

#[tokio::test]
async fn a_login_that_is_a_document_is_found_by_it_masked_or_bare() {
    let bench = Bench::start().await;
    bench
        .lists_by("cliente", "cliente.cnpj_cpf", "52998224725", &page(&row("2", r#""ativo":"S","senha":"Senha#2026""#)))
        .await;
    bench.lists("cliente", NOBODY).await;
    let signed_in = sign_in(&bench, "529.982.247-25", "Senha#2026").await.unwrap();
    assert!(!signed_in.must_change_password);
    assert_eq!(bench.requests("cliente").await.len(), 3);
}
