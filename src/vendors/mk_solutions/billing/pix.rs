//! The Pix text of one invoice, a rule of the paid module (dossier 4.c).
//!
//! Asked by document or customer the rule chooses an invoice itself and does not tell which, so it is asked by the
//! invoice's code alone.

use ponte_domain::Failure;
use ponte_domain::invoice::{NoPix, Pix};
use ponte_domain::pix::PixCode;
use ponte_domain::reference::InvoiceRef;
use serde::Deserialize;

use super::{CAPABILITY, leaves_the_rest};
use crate::call::Call;
use crate::mk_solutions::contracts::is_out_of_reach;
use crate::mk_solutions::dialect::{Answer, Need, Rule, look};
use crate::mk_solutions::{settings, values};
use crate::reading::text::Text;

pub(in crate::mk_solutions) const RULE: Rule = Rule::special("WSMKRetornarCopieColaPix");

/// The charge, or why there is none. Never an error of the bill as a whole.
pub(super) async fn charge(call: &Call<'_>, invoice: &InvoiceRef) -> Result<Result<Pix, NoPix>, Failure> {
    if !settings::pix(call.tenant) {
        return Ok(Err(NoPix::VendorWithoutPix));
    }
    let params = [("CodigoFatura", invoice.id.as_str())];
    match look(call, Need::Optional(CAPABILITY), RULE, &params, |answer| read(answer, invoice)).await {
        Err(failure) if is_out_of_reach(failure.kind()) => Ok(Err(NoPix::VendorWithoutPix)),
        Err(failure) if leaves_the_rest(failure.kind()) => Ok(Err(NoPix::TemporarilyUnavailable)),
        other => other,
    }
}

/// The answer has no `status` key when it is good.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Charge<'a> {
    codpessoa: Text<'a>,
    texto_qrcode: Text<'a>,
    status_contrato: Text<'a>,
    conexao_reduzida: Text<'a>,
}

fn read(answer: &Answer<'_>, invoice: &InvoiceRef) -> Result<Result<Pix, NoPix>, Failure> {
    match answer.denial() {
        // The payment profile has no Pix: code 004, seen in production.
        Some(denial) if denial.code.as_deref() == Some("004") => return Ok(Err(NoPix::BankWithoutPix)),
        Some(denial) if denial.nothing_there() => return Ok(Err(NoPix::InvoiceNotRegistered)),
        Some(denial) => return Err(denial.unexpected()),
        None => {}
    }
    let charge: Charge<'_> = answer.object()?;
    if charge.codpessoa.key().is_some_and(|person| person != invoice.customer.id.as_str()) {
        return Err(answer.broken("The ERP sent the Pix text of another customer."));
    }
    if charge.is_of_cancelled_contract() == Some(true) {
        tracing::info!(
            vendor = "mk-solutions",
            slow_or_blocked = charge.is_slow_or_blocked() == Some(true),
            "a Pix text of an invoice whose contract is cancelled"
        );
    }
    let Some(text) = charge.texto_qrcode.filled() else {
        let told = charge.codpessoa.filled().or(charge.status_contrato.filled());
        let none = Err(NoPix::InvoiceNotRegistered);
        return told
            .map(|_| none)
            .ok_or_else(|| answer.broken("The ERP's answer is not the Pix text that was asked for."));
    };
    Ok(match PixCode::parse(text) {
        Ok(code) => Ok(Pix { code, expires_at: None }),
        Err(error) => {
            tracing::warn!(vendor = "mk-solutions", %error, "a Pix text is not payable and was not passed on");
            Err(NoPix::InvalidCode)
        }
    })
}

impl Charge<'_> {
    /// `status_contrato` is inverted: "Não" is a contract in force, "Sim" one that is cancelled.
    fn is_of_cancelled_contract(&self) -> Option<bool> {
        values::yes_no(&self.status_contrato)
    }

    /// `conexão_reduzida` says yes of a blocked connection too.
    fn is_slow_or_blocked(&self) -> Option<bool> {
        values::yes_no(&self.conexao_reduzida)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::capability::Capability;
    use ponte_domain::invoice::NoPix;
    use ponte_domain::reference::CustomerRef;
    use ponte_transport::Reply;

    use super::{Charge, RULE, read};
    use crate::mk_solutions::dialect::Answer;

    const TEXT: &str = "00020101021226830014br.gov.bcb.pix2561pix.example.com.br/qr/v2/7f3c9a52-2f7e-4a8b-9d0e-1c2b3a4d5e6f520400005303986540599.905802BR5921PROVEDOR EXEMPLO LTDA6012PORTO ALEGRE62070503***6304D03F";

    fn said(body: &str) -> Result<Result<(), NoPix>, FailureKind> {
        let reply = Reply::new(200, None, body.to_owned());
        let answer = Answer::of(&reply, RULE, Capability::Billing).map_err(|failure| failure.kind())?;
        let read = read(&answer, &CustomerRef::new("17645").invoice("391901"));
        read.map(|pix| pix.map(|_| ())).map_err(|failure| failure.kind())
    }

    #[test]
    fn an_answer_is_a_charge_or_the_reason_why_there_is_none() {
        for (body, expected) in [
            (format!(r#"{{"codpessoa":17645,"status_contrato":"Não","texto_qrcode":"{TEXT}"}}"#), Ok(Ok(()))),
            (format!(r#"{{"status_contrato":"Sim","conexão_reduzida":"Sim","texto_qrcode":"{TEXT}"}}"#), Ok(Ok(()))),
            (format!(r#"{{"codpessoa":1,"texto_qrcode":"{TEXT}"}}"#), Err(FailureKind::BrokenAnswer)),
            (format!(r#"{{"texto_qrcode":"{}E"}}"#, TEXT.trim_end_matches('F')), Ok(Err(NoPix::InvalidCode))),
            (r#"{"codpessoa":17645,"texto_qrcode":""}"#.to_owned(), Ok(Err(NoPix::InvoiceNotRegistered))),
            (r#"{"status_contrato":"Não","texto_qrcode":null}"#.to_owned(), Ok(Err(NoPix::InvoiceNotRegistered))),
            ("{}".to_owned(), Err(FailureKind::BrokenAnswer)),
            (
                r#"{"codigo_erro":"004","mensagem":"A configuração do perfil não permite esta operação.","status":"ERRO"}"#
                    .to_owned(),
                Ok(Err(NoPix::BankWithoutPix)),
            ),
            (
                r#"{"CODIGO_ERRO":"003","Mensagem":"Dados não localizados.","status":"ERRO"}"#.to_owned(),
                Ok(Err(NoPix::InvoiceNotRegistered)),
            ),
            (r#"{"codigo_erro":"009","mensagem":"x","status":"ERRO"}"#.to_owned(), Err(FailureKind::VendorFault)),
        ] {
            assert_eq!(said(&body), expected, "{body}");
        }
    }

    #[test]
    fn the_flags_are_read_in_their_own_sense() {
        for (json, cancelled, slow) in [
            (r#"{"status_contrato":"Não","conexao_reduzida":"Não"}"#, Some(false), Some(false)),
            (r#"{"status_contrato":"Sim","conexao_reduzida":"Sim"}"#, Some(true), Some(true)),
            ("{}", None, None),
        ] {
            let charge: Charge<'_> = serde_json::from_str(json).unwrap();
            assert_eq!((charge.is_of_cancelled_contract(), charge.is_slow_or_blocked()), (cancelled, slow), "{json}");
        }
    }
}
