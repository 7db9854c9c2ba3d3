//! Rating a closed ticket at the vendor (dossier 4.i; ERP 1.117 or newer). The questions are the provider's own; the one
//! rating is given to each of them. That the vendor's scale ends at 5 is provisional.

use ponte_domain::capability::Capability;
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::reference::TicketRef;
use ponte_domain::ticket::{TicketRating, TicketStatus};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Ask, Method};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::row::number_of;
use crate::call::Call;
use crate::hubsoft::customers::is_number;
use crate::hubsoft::dialect::{Denial, Need, act_below, is_not_found, look_below, send};
use crate::reading::rows::Rows;
use crate::reading::text::Text;

const CAPABILITY: Capability = Capability::TicketRating;
const REQUIRED: Need = Need::Required(CAPABILITY);
/// The paths hold the ticket's number in their middle; these are the names of the operations.
const QUESTIONS: &str = "avaliacao/gerar_questoes_avaliacao";
const RATE: &str = "avaliacao/avaliar";
const TICKET: &str = "atendimento";

/// Rates a ticket of this customer that is closed.
pub(super) async fn rate(call: &Call<'_>, ticket: &TicketRef, rating: &TicketRating) -> Result<(), Failure> {
    let number = number_of(&ticket.id);
    if !is_number(number) {
        return Err(Failure::not_found(Subject::Ticket));
    }
    let found = super::one(call, CAPABILITY, ticket).await?;
    if !matches!(found.status.value, TicketStatus::Closed | TicketStatus::Cancelled) {
        return Err(Failure::refused(Refusal::VendorRule, "Only a closed ticket can be rated in this ERP."));
    }
    let questions = questions(call, number).await?;
    let grades = questions.iter().map(|id| Grade { id_avaliacao: id, avaliacao: rating.stars }).collect();
    let body = Body { questoes: grades, comentario: rating.comment.as_deref() };
    let outcome = send(
        call,
        REQUIRED,
        RATE,
        || under(act_below(RATE, TICKET, Method::Post), number, "avaliar").json(&body),
        |answer| answer.done::<IgnoredAny>(),
    );
    match outcome.await? {
        Ok(_) => Ok(()),
        Err(denial) => Err(denied(&denial)),
    }
}

async fn questions(call: &Call<'_>, number: &str) -> Result<Vec<String>, Failure> {
    let outcome = send(
        call,
        REQUIRED,
        QUESTIONS,
        || under(look_below(QUESTIONS, TICKET), number, "gerar_questoes_avaliacao"),
        |answer| match answer.outcome::<Questions<'_>>()? {
            Ok(body) => {
                let rows = answer.promised(body.questoes)?.0;
                Ok(Ok(rows.iter().filter_map(|row| row.id_avaliacao.key().map(str::to_owned)).collect::<Vec<_>>()))
            }
            Err(denial) => Ok(Err(denial)),
        },
    );
    match outcome.await? {
        Ok(questions) if questions.is_empty() => Err(Failure::new(
            FailureKind::NotSupported(CAPABILITY),
            "The provider has set up no questions by which a ticket could be rated.",
        )),
        Ok(questions) => Ok(questions),
        Err(denial) => Err(denied(&denial)),
    }
}

fn under(ask: Ask, number: &str, what: &str) -> Ask {
    ask.segment(number).segment("avaliacao").segment(what)
}

/// The texts are not documented: one that says "already" is taken for a rating that is there (provisional).
fn denied(denial: &Denial) -> Failure {
    let folded = denial.folded();
    if is_not_found(&folded) {
        denial.failure(FailureKind::NotFound(Subject::Ticket), "The ERP has no such ticket.")
    } else if folded.contains("ja ") && folded.contains("avalia") {
        denial.refused(Refusal::AlreadyRated, "The ticket was rated already.")
    } else {
        denial.refused(Refusal::VendorRule, "The ERP refuses the rating of this ticket.")
    }
}

#[derive(Serialize)]
struct Body<'a> {
    questoes: Vec<Grade<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comentario: Option<&'a str>,
}

#[derive(Serialize)]
struct Grade<'a> {
    id_avaliacao: &'a str,
    avaliacao: u8,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Questions<'a> {
    #[serde(default)]
    questoes: Option<Rows<Question<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Question<'a> {
    id_avaliacao: Text<'a>,
}
