//! Paid bills: `WSMKFaturas` of the paid module, the only rule that proves a payment (dossier 4.c).

use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::boleto::DigitableLine;
use ponte_domain::dates::Zone;
use ponte_domain::invoice::{Availability, Invoice, InvoiceStatus};
use ponte_domain::reference::{CustomerRef, InvoiceRef};
use serde::Deserialize;

use super::{Bill, CAPABILITY};
use crate::call::Call;
use crate::mk_solutions::dialect::{Answer, Need, Rule, look};
use crate::mk_solutions::{customers, settings, values, words};
use crate::reading::prose::cleaned;
use crate::reading::rows::Rows;
use crate::reading::text::Text;

pub(in crate::mk_solutions) const RULE: Rule = Rule::special("WSMKFaturas");
/// Open bills can be listed and paid without it.
const OPTIONAL: Need = Need::Optional(CAPABILITY);

/// The paid bills of a customer. The vendor's default is one month, silently, so the months are always said.
///
/// The rows name no customer, but the holder's document: where there are several, the filter was ignored, and the
/// customer's own document tells which rows are theirs.
pub(super) async fn paid(call: &Call<'_>, customer: &CustomerRef) -> Result<Vec<Bill>, Failure> {
    let months = settings::paid_months(call.tenant);
    let params = [("codigo_cliente", customer.id.as_str()), ("liquidado", "S"), ("quantidade_meses", months)];
    let (today, zone) = (call.today, &call.tenant.settings.zone);
    let held = look(call, OPTIONAL, RULE, &params, |answer| read(answer, customer, today, zone)).await?;
    let mut holders = held.iter().filter_map(|(holder, _)| holder.as_deref());
    let first = holders.next();
    if holders.all(|other| Some(other) == first) {
        return Ok(held.into_iter().map(|(_, bill)| bill).collect());
    }
    let document = customers::by_id(call, OPTIONAL, customer.id.as_str()).await?.and_then(|holder| holder.document);
    let document = document.ok_or_else(|| {
        Failure::broken("The ERP sent invoices of several customers, and it cannot be told whose are whose.")
    })?;
    let own = |holder: &Option<String>| holder.as_deref().is_some_and(|holder| document.same_as(holder));
    Ok(held.into_iter().filter(|(holder, _)| own(holder)).map(|(_, bill)| bill).collect())
}

/// The digitable line of an open bill as the list has it; none where the slip is not registered yet.
pub(super) async fn line(call: &Call<'_>, invoice: &InvoiceRef) -> Result<Option<Result<DigitableLine, ()>>, Failure> {
    let months = settings::paid_months(call.tenant);
    let params = [
        ("codigo_cliente", invoice.customer.id.as_str()),
        ("liquidado", "N"),
        ("codigo_fatura", invoice.id.as_str()),
        ("quantidade_meses", months),
    ];
    look(call, OPTIONAL, RULE, &params, |answer| {
        let rows: Vec<Row<'_>> = answer.rows(&["faturas", "listafaturas"])?;
        let mine = rows.into_iter().find(|row| row.codfatura.as_str() == invoice.id.as_str());
        Ok(mine.and_then(|row| Some(DigitableLine::parse(row.linha_digitavel_boleto.filled()?).map_err(|_| ()))))
    })
    .await
}

/// A bill with its holder's document.
type Held = (Option<String>, Bill);

fn read(answer: &Answer<'_>, customer: &CustomerRef, today: Date, zone: &Zone) -> Result<Vec<Held>, Failure> {
    let rows: Vec<Row<'_>> = answer.rows(&["faturas", "listafaturas"])?;
    let read = |row: Row<'_>| Ok((row.cpf_cnpj.filled().map(str::to_owned), row.read(customer, today, zone)?));
    rows.into_iter().map(read).collect()
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    codfatura: Text<'a>,
    status: Text<'a>,
    cpf_cnpj: Text<'a>,
    descricao: Text<'a>,
    data_lancamento: Text<'a>,
    data_vencimento: Text<'a>,
    data_liquidacao: Text<'a>,
    valor_total_faturas: Text<'a>,
    valor_pago: Text<'a>,
    linha_digitavel_boleto: Text<'a>,
    contratos: Rows<ContractRow<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct ContractRow<'a> {
    codigo_contrato: Text<'a>,
}

impl Row<'_> {
    fn read(self, customer: &CustomerRef, today: Date, zone: &Zone) -> Result<Bill, Failure> {
        let missing = || Failure::broken("The ERP sent an invoice without its id or amount.");
        let id = self.codfatura.key().ok_or_else(missing)?;
        let due = values::any_date(&self.data_vencimento, "data_vencimento", zone)?;
        let status = words::invoice_status(self.status.as_str(), due.is_some_and(|due| due < today));
        let paid = status.value == InvoiceStatus::Paid;
        let paid_amount = values::amount(&self.valor_pago, "valor_pago")?.filter(|amount| paid && amount.get() > 0);
        let payable = if paid { Availability::No } else { Availability::Unknown };
        let invoice = Invoice {
            reference: customer.invoice(id),
            contract: None,
            number: Some(id.to_owned()),
            description: cleaned(self.descricao.as_str()),
            amount: values::amount(&self.valor_total_faturas, "valor_total_faturas")?.ok_or_else(missing)?,
            updated_amount: None,
            due_date: due,
            issue_date: values::any_date(&self.data_lancamento, "data_lancamento", zone)?,
            status,
            paid_on: values::any_date(&self.data_liquidacao, "data_liquidacao", zone)?,
            paid_amount,
            boleto: payable,
            pix: payable,
        };
        let contracts = self.contratos.0.iter().filter_map(|row| row.codigo_contrato.key()).map(str::to_owned);
        Ok(Bill::of_contracts(invoice, contracts.collect()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;
    use ponte_domain::Failure;
    use ponte_domain::capability::Capability;
    use ponte_domain::dates::Zone;
    use ponte_domain::invoice::InvoiceStatus;
    use ponte_domain::money::Cents;
    use ponte_domain::reference::CustomerRef;
    use ponte_transport::Reply;

    use super::{Bill, RULE, read};
    use crate::mk_solutions::dialect::Answer;

    fn paid(body: &str) -> Result<Vec<Bill>, Failure> {
        let reply = Reply::new(200, None, body.to_owned());
        let answer = Answer::of(&reply, RULE, Capability::Billing).unwrap();
        let held = read(&answer, &CustomerRef::new("17645"), date(2026, 9, 12), &Zone::default())?;
        Ok(held.into_iter().map(|(_, bill)| bill).collect())
    }

    #[test]
    fn a_payment_is_read_with_dates_in_both_forms() {
        for (due, settled) in [("\"2026-09-10\"", "\"2026-09-09\""), ("1789009200000", "1788922800000")] {
            let body = format!(
                r#"[{{"codfatura":391901,"status":"Pago","cpf_cnpj":"529.982.247-25","data_vencimento":{due},"data_liquidacao":{settled},
                "valor_total_faturas":"99.90","valor_pago":"99,90","contratos":[{{"codigo_contrato":8139}}]}}]"#
            );
            let bill = paid(&body).unwrap().remove(0);
            assert_eq!(bill.invoice.status.value, InvoiceStatus::Paid);
            assert_eq!(bill.invoice.status.vendor_word.as_deref(), Some("Pago"));
            assert_eq!(
                (bill.invoice.due_date, bill.invoice.paid_on),
                (Some(date(2026, 9, 10)), Some(date(2026, 9, 9)))
            );
            assert_eq!(bill.invoice.paid_amount, Some(Cents::new(9990)));
            assert_eq!(bill.contracts, ["8139"]);
        }
    }

    #[test]
    fn an_open_row_has_no_payment() {
        let body = r#"[{"codfatura":"1","status":"Aberta","data_vencimento":"2026-09-10","data_liquidacao":"","valor_total_faturas":"R$ 1.234,56","valor_pago":"0.00"}]"#;
        let bill = paid(body).unwrap().remove(0);
        assert_eq!((bill.invoice.status.value, bill.invoice.paid_on), (InvoiceStatus::Overdue, None));
        assert_eq!((bill.invoice.amount, bill.invoice.paid_amount), (Cents::new(123_456), None));
    }
}
