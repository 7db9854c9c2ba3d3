//! Subscriber sign-in: the portal's credentials are columns of `cliente`, compared here (dossier 4.j).
//!
//! The typed password never leaves: a filter on `senha` would put it into a query, compare it without regard to case,
//! and match an empty one. Stored passwords are wrapped while they are parsed and dropped with the row.

use async_trait::async_trait;
use md5::{Digest as _, Md5};
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::document::Document;
use ponte_domain::failure::Refusal;
use ponte_domain::wifi::SignInForm;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use subtle::{Choice, ConstantTimeEq as _};

use super::Ixc;
use super::customers::{self, Person};
use super::dialect::{Need, Query, rows};
use crate::call::Call;
use crate::erp::{SignIn, SignedIn};
use crate::reading::flag::yes_no;
use crate::reading::text::{SecretText, Text};

const REQUIRED: Need = Need::Required(Capability::SignIn);
/// Rows that one login may have.
const MOST_ROWS: u16 = 20;

#[async_trait]
impl SignIn for Ixc {
    async fn sign_in(&self, call: &Call<'_>, form: &SignInForm) -> Result<SignedIn, Failure> {
        let login = form.login.trim();
        if login.is_empty() || form.password.expose_secret().is_empty() {
            return Err(refused());
        }
        let candidates = candidates(call, login).await?;
        // All are compared, so that the time does not tell which of several it was.
        let mut found = None;
        for candidate in candidates {
            let matches = candidate.key.matches(&form.password);
            if bool::from(matches) && candidate.active && found.is_none() {
                found = Some(candidate);
            }
        }
        let found = found.ok_or_else(refused)?;
        Ok(SignedIn {
            must_change_password: found.must_change,
            customer: customers::with_branch(call, found.person).await,
        })
    }
}

/// One refusal for everything that may be wrong: who asks learns nothing about whom it knows.
fn refused() -> Failure {
    Failure::refused(Refusal::SignInFailed, "The login or the password is wrong, or signing in is not allowed.")
}

/// A row that may be the one, with its password.
struct Candidate {
    person: Person,
    key: Key,
    active: bool,
    must_change: bool,
}

/// By the portal's login; where that is a document, by the document, masked and bare.
async fn candidates(call: &Call<'_>, login: &str) -> Result<Vec<Candidate>, Failure> {
    let mut found =
        list(call, "hotsite_email", login, |row| row.hotsite_email.as_str().eq_ignore_ascii_case(login)).await?;
    if !found.is_empty() {
        return Ok(found);
    }
    let Ok(document) = Document::parse(login) else { return Ok(found) };
    for form in [document.formatted(), document.as_str().to_owned()] {
        found = list(call, "cnpj_cpf", &form, |row| document.same_as(row.cnpj_cpf.as_str())).await?;
        if !found.is_empty() {
            break;
        }
    }
    Ok(found)
}

/// The rows are read twice out of one answer: the person as everywhere, and the password beside it.
async fn list(
    call: &Call<'_>,
    column: &'static str,
    value: &str,
    wanted: impl Fn(&Row<'_>) -> bool,
) -> Result<Vec<Candidate>, Failure> {
    let query = Query::equals("cliente", column, value).at_most(MOST_ROWS);
    let found = rows(call, REQUIRED, query, |answer| {
        let mut keys = answer.page::<Row<'_>>()?.rows.into_iter();
        answer.page::<customers::Row<'_>>()?.read(|person| {
            let Some(row) = keys.next().filter(|row| wanted(row)) else { return Ok(None) };
            Ok(Some(Candidate {
                person: person.read()?,
                active: yes_no(row.ativo.as_str()) == Some(true),
                must_change: yes_no(row.alterar_senha_primeiro_acesso.as_str()) == Some(true),
                key: Key { stored: row.senha.0.clone(), md5: yes_no(row.senha_hotsite_md5.as_str()) },
            }))
        })
    });
    Ok(found.await?.into_iter().flatten().collect())
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    ativo: Text<'a>,
    cnpj_cpf: Text<'a>,
    hotsite_email: Text<'a>,
    senha: SecretText,
    senha_hotsite_md5: Text<'a>,
    alterar_senha_primeiro_acesso: Text<'a>,
}

/// A stored password and how it is stored.
struct Key {
    stored: SecretString,
    /// `S` MD5, `N` in clear, else not said.
    md5: Option<bool>,
}

impl Key {
    /// Whether the typed password is the stored one, in a time that does not tell where they differ. An empty stored
    /// password matches nothing. Where the row does not say and it looks like an MD5, both are tried.
    fn matches(&self, typed: &SecretString) -> Choice {
        let (stored, typed) = (self.stored.expose_secret(), typed.expose_secret());
        let set = Choice::from(u8::from(!stored.is_empty()));
        let looks_hashed = stored.len() == 32 && stored.bytes().all(|byte| byte.is_ascii_hexdigit());
        let hashed = match self.md5 {
            Some(hashed) => hashed,
            None => looks_hashed,
        };
        let clear = self.md5 != Some(true);
        let by_hash =
            same(stored.to_ascii_lowercase().as_bytes(), hex(typed).as_bytes()) & Choice::from(u8::from(hashed));
        let in_clear = same(stored.as_bytes(), typed.as_bytes()) & Choice::from(u8::from(clear));
        set & (by_hash | in_clear)
    }
}

/// Equal, in a time that depends on neither's content: the digests of both are compared, then the lengths.
fn same(left: &[u8], right: &[u8]) -> Choice {
    Md5::digest(left).as_slice().ct_eq(Md5::digest(right).as_slice()) & left.len().ct_eq(&right.len())
}

fn hex(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::Key;

    fn matches(stored: &str, md5: Option<bool>, typed: &str) -> bool {
        Key { stored: SecretString::from(stored), md5 }.matches(&SecretString::from(typed)).into()
    }

    #[test]
    fn a_password_is_compared_in_clear_or_by_its_md5() {
        const MD5: &str = "e7d80ffeefa212b7c5c55700e4f7193e";
        for (stored, md5, typed, expected) in [
            ("senha123", Some(false), "senha123", true),
            ("senha123", Some(false), "SENHA123", false),
            ("senha123", Some(false), "senha124", false),
            ("senha123", Some(false), "senha12", false),
            ("senha123", None, "senha123", true),
            (MD5, Some(true), "senha123", true),
            ("E7D80FFEEFA212B7C5C55700E4F7193E", Some(true), "senha123", true),
            (MD5, Some(true), "senha124", false),
            // The hash itself is no password.
            (MD5, Some(true), MD5, false),
            (MD5, None, "senha123", true),
            (MD5, None, MD5, true),
            (MD5, Some(false), "senha123", false),
            ("", Some(false), "", false),
            ("", Some(true), "", false),
            ("", None, "", false),
        ] {
            assert_eq!(matches(stored, md5, typed), expected, "{stored} {md5:?} {typed}");
        }
    }
}
