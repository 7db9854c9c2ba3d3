//! The monthly price: the ready total of a contract's products, else the plan's list price (dossier 4.b).

use std::sync::Arc;

use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::money::Cents;

use super::Facts;
use crate::call::Call;
use crate::ixc::catalogue;
use crate::ixc::dialect::{Answer, Need, Page, Query, rows};
use crate::memory::Key;
use crate::reading::money;

const VIEW: &str = "view_vd_contratos_produtos_gen";

/// The price; none where no table tells it. A contract that has ended has none. Prices change seldom and cost a call
/// for each contract, so they are kept as long as the ERP's small tables.
pub(super) async fn monthly(call: &Call<'_>, capability: Capability, facts: &Facts) -> Option<Cents> {
    if facts.is_over() {
        return None;
    }
    let key = Key::row(VIEW, facts.id().to_owned());
    let load = Box::pin(total(call, capability, facts.id()));
    let total = call.memory.load_once(key, call.memory.catalogue_for(), call.now, load).await;
    if let Some(total) = total.ok().as_deref().copied().flatten() {
        return Some(total);
    }
    let plan: Option<Arc<_>> = match &facts.plan {
        Some(id) => catalogue::sales_plan(call, capability, id).await,
        None => None,
    };
    plan.as_deref().and_then(Option::as_ref).and_then(|plan| plan.price)
}

async fn total(call: &Call<'_>, capability: Capability, contract: &str) -> Result<Option<Cents>, Failure> {
    let query = Query::equals(VIEW, "cliente_contrato_id", contract).unsorted();
    let totals = rows(call, Need::Optional(capability), query, |answer| {
        let total = read(answer)?;
        Ok(Page { rows: vec![total], total: None })
    });
    Ok(totals.await?.into_iter().next().flatten())
}

/// The first of the totals, in Brazilian format. A contract without products of its own has none.
fn read(answer: &Answer<'_>) -> Result<Option<Cents>, Failure> {
    let (page, totals) = answer.grid::<serde::de::IgnoredAny>()?;
    if page.rows.is_empty() {
        return Ok(None);
    }
    let total = totals.first().map_or(Ok(None), |total| money::comma(total, "tot"))?;
    Ok(total.filter(|total| total.get() > 0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::capability::Capability;
    use ponte_domain::money::Cents;
    use ponte_transport::Reply;

    use super::read;
    use crate::ixc::dialect::Answer;

    #[test]
    fn the_total_of_the_grid_is_the_price() {
        for (body, expected) in [
            (
                r#"{"page":"1","total":"2","rows":[{"id":"13","cell":["13"]}],"tot":["99,90",false,false,"99,90"]}"#,
                Some(9990),
            ),
            (r#"{"page":"1","total":"1","rows":[{"id":"13","cell":["13"]}],"tot":["1.250,00"]}"#, Some(125_000)),
            (r#"{"page":"1","total":0,"rows":[],"tot":["0,00"]}"#, None),
            (r#"{"page":"1","total":1,"rows":[{"id":"13"}],"tot":[]}"#, None),
        ] {
            let reply = Reply::new(200, None, body);
            let answer = Answer::of(&reply, Capability::Contracts).unwrap();
            assert_eq!(read(&answer).unwrap(), expected.map(Cents::new), "{body}");
        }
    }
}
