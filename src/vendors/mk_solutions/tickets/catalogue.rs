//! Processes and classifications, and the sectors that the API does not have (dossier 4.i).
//!
//! A sector is the first word of a process's name, by convention (`TECNICO-SEM-CONEXAO`). A subject is a process of a
//! sector. What the tenant's ticket settings say goes before both.

use std::sync::Arc;

use ponte_domain::Failure;
use ponte_domain::reference::VendorId;
use ponte_domain::tenant::{Tenant, TicketRoute};
use ponte_domain::ticket::{TicketSector, TicketSubject};
use serde::Deserialize;

use super::OPENING;
use crate::call::Call;
use crate::memory::Key;
use crate::mk_solutions::dialect::{Answer, Need, Rule, look};
use crate::mk_solutions::settings::misrouted;
use crate::mk_solutions::values;
use crate::reading::prose::{clean, fold};
use crate::reading::text::Text;

pub(in crate::mk_solutions) const PROCESSES: Rule = Rule::free("WSMKListaProcessos");
pub(in crate::mk_solutions) const CLASSIFICATIONS: Rule = Rule::free("WSMKListaClassificacoesAte");

/// The sectors of the convention, in the order in which they are offered.
const SECTORS: [&str; 3] = ["Comercial", "Financeiro", "Técnico"];

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) id: String,
    name: String,
}

impl Process {
    /// Whether its name begins with the sector's.
    pub(super) fn is_of(&self, sector: &str) -> bool {
        fold(self.parts().0) == fold(sector)
    }

    /// The first word of the name, and what it is about.
    fn parts(&self) -> (&str, &str) {
        let name = self.name.as_str();
        name.split_once(['-', '_', ' ']).map_or((name, ""), |(sector, rest)| (sector.trim(), rest.trim()))
    }

    /// What it is about, folded and with blanks between the words.
    pub(super) fn topic(&self) -> String {
        let words = self.parts().1.replace(['-', '_'], " ");
        fold(&words).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// A classification of tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Classification {
    pub(super) id: String,
    name: String,
    /// It closes tickets, and cannot open one.
    pub(super) closes: bool,
}

/// Both catalogues.
pub(super) struct Catalogue {
    pub(super) processes: Arc<Vec<Process>>,
    pub(super) classifications: Arc<Vec<Classification>>,
}

impl Catalogue {
    /// Loads both, as kept.
    pub(super) async fn load(call: &Call<'_>, need: Need) -> Result<Self, Failure> {
        let (processes, classifications) = tokio::try_join!(processes(call, need), classifications(call, need))?;
        Ok(Self { processes, classifications })
    }

    /// A process of a sector by its id or by what it is about.
    pub(super) fn subject(&self, sector: &str, wanted: &str) -> Option<&Process> {
        let of_it = || self.processes.iter().filter(|process| process.is_of(sector));
        of_it()
            .find(|process| process.id == wanted)
            .or_else(|| of_it().find(|process| process.topic() == plain(wanted)))
    }

    /// The only process of a sector, where there is one.
    pub(super) fn only_subject(&self, sector: &str) -> Option<&Process> {
        let mut of_it = self.processes.iter().filter(|process| process.is_of(sector));
        of_it.next().filter(|_| of_it.next().is_none())
    }

    /// The classification that opens tickets of a process where nobody has said which: the one of the same name, else
    /// the only one there is.
    pub(super) fn opening(&self, process: &str) -> Option<&Classification> {
        let opening = || self.classifications.iter().filter(|one| !one.closes);
        let topic = self.processes.iter().find(|one| one.id == process).map(Process::topic)?;
        let mut all = opening();
        opening().find(|one| plain(&one.name) == topic).or_else(|| all.next().filter(|_| all.next().is_none()))
    }

    /// What a process is called: as the classification of the same name writes it, which has its accents.
    pub(super) fn name(&self, process: &Process) -> String {
        let topic = process.topic();
        let same = self.classifications.iter().find(|one| !one.closes && plain(&one.name) == topic);
        sentence(same.map_or(topic.as_str(), |one| &one.name))
    }

    /// Checks ids of a route, in the order in which they would be refused.
    pub(super) fn check(&self, process: &str, classification: &str) -> Result<(), Failure> {
        if self.processes.iter().all(|one| one.id != process) {
            return Err(misrouted(format!("The ERP has no process {process} for tickets.")));
        }
        match self.classifications.iter().find(|one| one.id == classification) {
            None => Err(misrouted(format!("The ERP has no classification {classification} for tickets."))),
            Some(one) if one.closes => {
                Err(misrouted(format!("Classification {classification} closes tickets and cannot open one.")))
            }
            Some(_) => Ok(()),
        }
    }
}

/// Sectors that have a process, and those of the tenant's settings.
pub(super) async fn topics(call: &Call<'_>) -> Result<Vec<TicketSector>, Failure> {
    let catalogue = Catalogue::load(call, Need::Required(OPENING)).await?;
    let mut sectors: Vec<TicketSector> = Vec::new();
    let configured = call.tenant.settings.tickets.sectors.keys().map(String::as_str);
    for name in SECTORS.into_iter().chain(configured) {
        if sectors.iter().any(|known| fold(&known.name) == fold(name)) {
            continue;
        }
        let of_it = catalogue.processes.iter().filter(|process| process.is_of(name));
        let subjects: Vec<TicketSubject> = of_it
            .map(|process| TicketSubject {
                id: VendorId::from(process.id.as_str()),
                name: catalogue.name(process),
                contract_required: false,
            })
            .collect();
        if !subjects.is_empty() || sector_route(call.tenant, name).is_some() {
            sectors.push(TicketSector { id: VendorId::from(fold(name)), name: name.to_owned(), subjects });
        }
    }
    Ok(sectors)
}

/// The settings' route of a sector, accents and case aside.
pub(super) fn sector_route<'t>(tenant: &'t Tenant, sector: &str) -> Option<&'t TicketRoute> {
    let sectors = &tenant.settings.tickets.sectors;
    sectors.iter().find(|(name, _)| fold(name) == fold(sector)).map(|(_, route)| route)
}

/// Whether every route of the tenant's settings leads to a process that is there and a classification that opens.
///
/// # Errors
/// `TenantMisconfigured` naming what is wrong; what the ERP says.
pub(in crate::mk_solutions) async fn check_routes(call: &Call<'_>) -> Result<(), Failure> {
    let catalogue = Catalogue::load(call, Need::Required(OPENING)).await?;
    let rules = &call.tenant.settings.tickets;
    for route in rules.sectors.values().chain(rules.person_groups.values()) {
        if let (Some(process), Some(classification)) = (&route.process, &route.classification) {
            catalogue.check(process, classification)?;
        }
    }
    Ok(())
}

async fn processes(call: &Call<'_>, need: Need) -> Result<Arc<Vec<Process>>, Failure> {
    // On the heap: it is held together with the other catalogue's.
    let load = Box::pin(look(call, need, PROCESSES, &[], read_processes));
    call.memory.load_once(Key::whole("processes"), call.memory.catalogue_for(), call.now, load).await
}

async fn classifications(call: &Call<'_>, need: Need) -> Result<Arc<Vec<Classification>>, Failure> {
    let load = Box::pin(look(call, need, CLASSIFICATIONS, &[], read_classifications));
    call.memory.load_once(Key::whole("classifications"), call.memory.catalogue_for(), call.now, load).await
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct ProcessRow<'a> {
    codprocesso: Text<'a>,
    nome_processo: Text<'a>,
}

fn read_processes(answer: &Answer<'_>) -> Result<Vec<Process>, Failure> {
    let rows: Vec<ProcessRow<'_>> = answer.rows(&["processos"])?;
    let read = |row: ProcessRow<'_>| {
        Some(Process { id: row.codprocesso.key()?.to_owned(), name: clean(row.nome_processo.as_str()) })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct ClassificationRow<'a> {
    codigo: Text<'a>,
    descricao: Text<'a>,
    encerramento: Text<'a>,
}

fn read_classifications(answer: &Answer<'_>) -> Result<Vec<Classification>, Failure> {
    let rows: Vec<ClassificationRow<'_>> = answer.rows(&["classificacoesatendimento"])?;
    let read = |row: ClassificationRow<'_>| {
        Some(Classification {
            id: row.codigo.key()?.to_owned(),
            name: clean(row.descricao.as_str()),
            // Opening needs a clear no.
            closes: values::yes_no(&row.encerramento) != Some(false),
        })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

fn plain(text: &str) -> String {
    fold(text).replace(['-', '_'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name in capitals as a sentence; any other as it is.
fn sentence(name: &str) -> String {
    let shouted = !name.chars().any(char::is_lowercase);
    let mut letters = name.chars();
    match letters.next() {
        Some(first) if shouted => first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect(),
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
impl Catalogue {
    /// Catalogues of this content.
    pub(super) fn of(processes: &[(&str, &str)], classifications: &[(&str, &str, bool)]) -> Self {
        let processes = processes.iter().map(|(id, name)| Process { id: (*id).into(), name: (*name).into() });
        let classifications = classifications.iter().map(|(id, name, closes)| Classification {
            id: (*id).into(),
            name: (*name).into(),
            closes: *closes,
        });
        Self { processes: Arc::new(processes.collect()), classifications: Arc::new(classifications.collect()) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::capability::Capability;
    use ponte_transport::Reply;

    use super::{CLASSIFICATIONS, Catalogue, read_classifications, sentence};
    use crate::mk_solutions::dialect::Answer;

    fn catalogue() -> Catalogue {
        Catalogue::of(
            &[("12", "TECNICO-SEM-CONEXAO"), ("13", "TÉCNICO - Lentidão"), ("20", "FINANCEIRO-DESBLOQUEIO-CONFIANCA")],
            &[("3", "SEM CONEXÃO", false), ("4", "OUTROS", false), ("7", "RESOLVIDO", true)],
        )
    }

    #[test]
    fn a_sector_is_the_first_word_of_a_process() {
        let catalogue = catalogue();
        let names = |sector: &str| {
            let of_it = catalogue.processes.iter().filter(|process| process.is_of(sector));
            of_it.map(|process| catalogue.name(process)).collect::<Vec<_>>()
        };
        assert_eq!(names("Técnico"), ["Sem conexão", "Lentidao"]);
        assert_eq!(names("tecnico"), ["Sem conexão", "Lentidao"]);
        assert_eq!(names("Financeiro"), ["Desbloqueio confianca"]);
        assert_eq!(names("Comercial"), Vec::<String>::new());
    }

    #[test]
    fn a_subject_is_found_by_id_or_by_what_it_is_about() {
        let catalogue = catalogue();
        let id = |sector: &str, wanted: &str| catalogue.subject(sector, wanted).map(|process| process.id.as_str());
        assert_eq!(id("Técnico", "Sem conexão"), Some("12"));
        assert_eq!(id("Técnico", "lentidao"), Some("13"));
        assert_eq!(id("Técnico", "12"), Some("12"));
        assert_eq!(id("Financeiro", "12"), None);
        assert_eq!(catalogue.only_subject("Financeiro").map(|process| process.id.as_str()), Some("20"));
        assert_eq!(catalogue.only_subject("Técnico"), None);
    }

    #[test]
    fn a_classification_that_closes_opens_nothing() {
        let catalogue = catalogue();
        assert!(catalogue.check("12", "3").is_ok());
        for (process, classification) in [("12", "7"), ("12", "99"), ("99", "3")] {
            let failure = catalogue.check(process, classification).unwrap_err();
            assert_eq!(failure.field(), Some("settings.tickets"), "{process} {classification}");
        }
        let id = |process: &str| catalogue.opening(process).map(|one| one.id.as_str());
        assert_eq!((id("12"), id("13"), id("99")), (Some("3"), None, None));
    }

    #[test]
    fn only_a_clear_no_does_not_close() {
        let body = r#"{"ClassificacoesAtendimento":[{"codigo":3,"descricao":"SEM CONEXÃO","encerramento":"Não"},{"codigo":7,"descricao":"RESOLVIDO","encerramento":"Sim"},{"codigo":8,"descricao":"?"}],"status":"OK"}"#;
        let reply = Reply::new(200, None, body);
        let answer = Answer::of(&reply, CLASSIFICATIONS, Capability::TicketOpening).unwrap();
        let closes: Vec<bool> = read_classifications(&answer).unwrap().into_iter().map(|one| one.closes).collect();
        assert_eq!(closes, [false, true, true]);
    }

    #[test]
    fn capitals_become_a_sentence() {
        for (name, expected) in [("SEM CONEXÃO", "Sem conexão"), ("Troca de IP", "Troca de IP"), ("", "")] {
            assert_eq!(sentence(name), expected);
        }
    }
}
