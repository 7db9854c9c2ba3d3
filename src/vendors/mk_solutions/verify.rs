//! Checks of a tenant: does the address answer as MK Solutions, are the credentials good, which rules are there. Reads
//! only, about nobody: the ids asked for are 0.
//!
//! What acts cannot be tried. That the paid module is there is told by its rules that only read; where all of those are
//! absent, the acting ones are taken to be.

use std::pin::Pin;

use ponte_domain::capability::Capability;
use ponte_domain::dates::format_br_date;
use ponte_domain::{Failure, FailureKind};

use super::dialect::{Need, Params, Rule, log_in, look, together};
use super::{acceptance, billing, contracts, customers, diagnostics, settings, tickets};
use crate::call::Call;
use crate::erp::Check;

/// A CPF that passes its check digits and is nobody's.
const NOBODY: &str = "00000000191";

/// One check on its way.
type Checking<'c> = Pin<Box<dyn Future<Output = Check> + Send + 'c>>;

/// The session first, since everything else would fail for the same reason; then the rules. What was remembered as
/// missing is forgotten before: verifying anew is what an operator does after buying a module.
pub(super) async fn verify(call: &Call<'_>) -> Vec<Check> {
    call.memory.forget_missing();
    let credentials = log_in(call).await.map_err(not_this_erp);
    let good = credentials.is_ok();
    let mut checks = vec![Check { name: "credentials", capability: None, outcome: credentials }];
    if good {
        checks.extend(together(free_rules(call)).await);
        if settings::core_api(call.tenant) {
            checks.push(rule(call, "core_api", OPTIONAL, diagnostics::OUTAGES, &[("status", "A")]).await);
        }
        let special = together(special_rules(call)).await;
        checks.extend(acting_rules(&special));
        checks.extend(special);
    }
    checks
}

const OPTIONAL: Need = Need::Optional(Capability::Diagnostics);

/// An answer that is none of this vendor's is most likely a wrong address, and is said to be.
fn not_this_erp(failure: Failure) -> Failure {
    if failure.kind() != FailureKind::BrokenAnswer {
        return failure;
    }
    let wrong = Failure::broken(
        "The address does not answer as MK Solutions' webservices: check the base URL. MK-AUTH is another product.",
    )
    .in_field("base_url");
    match failure.upstream() {
        Some(upstream) => wrong.at(upstream.clone()),
        None => wrong,
    }
}

/// One check a rule, each on its own. A rule that a capability can do without names none, so that its absence is not
/// taken for the capability's.
fn free_rules<'c>(call: &'c Call<'c>) -> Vec<Checking<'c>> {
    use Capability::{Billing, Contracts, CustomerLookup, TicketOpening};
    let (required, optional) = (Need::Required, Need::Optional);
    const PERSON: Params<'static> = &[("cd_cliente", "0")];
    vec![
        rule(call, "customers", required(CustomerLookup), customers::BY_DOCUMENT, &[("doc", NOBODY)]),
        rule(call, "customer_by_id", required(CustomerLookup), customers::BY_ID, PERSON),
        rule(call, "contracts", required(Contracts), contracts::ACTIVE, PERSON),
        rule(call, "contracts_in_every_state", optional(Contracts), contracts::ALL, PERSON),
        rule(call, "connections", required(Contracts), contracts::CONNECTIONS, PERSON),
        rule(call, "invoices", required(Billing), billing::PENDING, PERSON),
        rule(call, "boleto", optional(Billing), billing::COPY, &[("cd_fatura", "0")]),
        rule(call, "sessions", OPTIONAL, diagnostics::SESSION, &[("codconexao", "0")]),
        rule(call, "ticket_processes", required(TicketOpening), tickets::PROCESSES, &[]),
        rule(call, "ticket_classifications", required(TicketOpening), tickets::CLASSIFICATIONS, &[]),
        Box::pin(ticket_routes(call)),
        Box::pin(ticket_list(call)),
    ]
}

/// Rules of the paid module that only read. None where the tenant says that the module is not there.
fn special_rules<'c>(call: &'c Call<'c>) -> Vec<Checking<'c>> {
    if !settings::special_module(call.tenant) {
        return Vec::new();
    }
    const PAID: Params<'static> = &[("codigo_cliente", "0"), ("liquidado", "S"), ("quantidade_meses", "1")];
    let billing = Need::Optional(Capability::Billing);
    let mut rules: Vec<Checking<'c>> = vec![rule(call, "paid_invoices", billing, billing::HISTORY, PAID)];
    if settings::pix(call.tenant) {
        rules.push(rule(call, "pix", billing, billing::PIX, &[("CodigoFatura", "0")]));
    }
    rules.push(Box::pin(pending_terms(call)));
    rules
}

fn rule<'c>(call: &'c Call<'c>, name: &'static str, need: Need, rule: Rule, params: Params<'c>) -> Checking<'c> {
    Box::pin(async move { check(name, need, asked(call, need, rule, params).await) })
}

fn check(name: &'static str, need: Need, outcome: Result<(), Failure>) -> Check {
    let capability = match need {
        Need::Required(capability) => Some(capability),
        Need::Optional(_) => None,
    };
    Check { name, capability, outcome }
}

/// Asks for nobody's: whatever the rule answers, it is there.
async fn asked(call: &Call<'_>, need: Need, rule: Rule, params: Params<'_>) -> Result<(), Failure> {
    look(call, need, rule, params, |_| Ok(())).await
}

async fn pending_terms(call: &Call<'_>) -> Check {
    let today = format_br_date(call.today);
    let params = [("data_adesao", today.as_str()), ("cd_pessoa", "0"), ("cd_contrato", "0")];
    let need = Need::Required(Capability::Acceptance);
    check("pending_terms", need, asked(call, need, acceptance::RULE, &params).await)
}

/// Today's tickets: the list is of all customers, so no more of it is asked for.
async fn ticket_list(call: &Call<'_>) -> Check {
    let today = call.today.to_string();
    let params = [("data_inicio", today.as_str()), ("data_termino", today.as_str())];
    let need = Need::Optional(Capability::TicketList);
    let outcome = asked(call, need, tickets::LISTED, &params).await;
    Check { name: "tickets", capability: Some(Capability::TicketList), outcome }
}

/// Whether the routes of the ticket settings lead somewhere; a classification that closes tickets opens none.
async fn ticket_routes(call: &Call<'_>) -> Check {
    Check {
        name: "ticket_routes",
        capability: Some(Capability::TicketOpening),
        outcome: tickets::check_routes(call).await,
    }
}

/// Unlock and release by the rules beside them: where no special rule is there, the module is not.
fn acting_rules(special: &[Check]) -> Vec<Check> {
    let absent = |check: &Check| {
        check.outcome.as_ref().is_err_and(|failure| matches!(failure.kind(), FailureKind::NotSupported(_)))
    };
    let missing = special.iter().find(|check| absent(check)).filter(|_| special.iter().all(absent));
    [("trust_unlock", Capability::TrustUnlock), ("speed_release", Capability::SpeedRelease)]
        .into_iter()
        .filter(|_| !special.is_empty())
        .map(|(name, capability)| {
            let reason = missing.and_then(|check| check.outcome.as_ref().err()).map(Failure::detail);
            let outcome =
                reason.map_or(Ok(()), |reason| Err(Failure::new(FailureKind::NotSupported(capability), reason)));
            Check { name, capability: Some(capability), outcome }
        })
        .collect()
}
