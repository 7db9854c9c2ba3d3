//! Departments and subjects that a customer may choose from.
//!
//! The vendor ties a subject to a department only through its process. A subject without a process, or with one of no
//! department, may go to any of them.

use std::sync::Arc;

use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::reference::VendorId;
use ponte_domain::ticket::{TicketSector, TicketSubject};

use crate::call::Call;
use crate::ixc::catalogue::{self, Department, Process, Subject};
use crate::ixc::dialect::Need;
use crate::reading::prose::fold;

const CAPABILITY: Capability = Capability::TicketOpening;
const REQUIRED: Need = Need::Required(CAPABILITY);

/// The tables that topics are made of.
pub(super) struct Topics {
    departments: Arc<Vec<Department>>,
    subjects: Arc<Vec<Subject>>,
    processes: Arc<Vec<Process>>,
}

/// Sectors with their subjects.
pub(super) async fn offered(call: &Call<'_>) -> Result<Vec<TicketSector>, Failure> {
    let topics = Topics::load(call).await?;
    let sectors = topics.departments.iter().filter(|department| department.offered).map(|department| TicketSector {
        id: VendorId::from(department.id.as_str()),
        name: department.name.clone(),
        subjects: topics.subjects_of(department).map(published).collect(),
    });
    Ok(sectors.collect())
}

fn published(subject: &Subject) -> TicketSubject {
    TicketSubject {
        id: VendorId::from(subject.id.as_str()),
        name: subject.name.clone(),
        contract_required: subject.contract_required,
    }
}

impl Topics {
    /// The tables, processes only where a subject has one.
    pub(super) async fn load(call: &Call<'_>) -> Result<Self, Failure> {
        let (departments, subjects) =
            tokio::try_join!(catalogue::departments(call, REQUIRED), catalogue::subjects(call, REQUIRED))?;
        let processes = if subjects.iter().any(|subject| subject.offered && subject.process.is_some()) {
            catalogue::processes(call, CAPABILITY).await
        } else {
            Arc::default()
        };
        Ok(Self { departments, subjects, processes })
    }

    /// A department by its id or name, accents and case aside.
    pub(super) fn department(&self, wanted: &str) -> Option<&Department> {
        let offered = || self.departments.iter().filter(|department| department.offered);
        offered()
            .find(|department| department.id == wanted)
            .or_else(|| offered().find(|department| fold(&department.name) == fold(wanted)))
    }

    /// A subject of a department by its id or name.
    pub(super) fn subject(&self, department: &Department, wanted: &str) -> Option<&Subject> {
        let by_id = self.subjects_of(department).find(|subject| subject.id == wanted);
        by_id.or_else(|| self.subjects_of(department).find(|subject| fold(&subject.name) == fold(wanted)))
    }

    /// A subject by its id, whether offered or not: the tenant's settings may name one that customers do not see.
    pub(super) fn subject_of_settings(&self, id: &str) -> Option<&Subject> {
        self.subjects.iter().find(|subject| subject.id == id)
    }

    /// The only subject of a department, where there is one.
    pub(super) fn only_subject(&self, department: &Department) -> Option<&Subject> {
        let mut subjects = self.subjects_of(department);
        subjects.next().filter(|_| subjects.next().is_none())
    }

    fn subjects_of(&self, department: &Department) -> impl Iterator<Item = &Subject> {
        self.subjects.iter().filter(|subject| subject.offered).filter(|subject| {
            let process =
                subject.process.as_deref().and_then(|id| self.processes.iter().find(|process| process.id == id));
            process.and_then(|process| process.department.as_deref()).is_none_or(|id| id == department.id)
        })
    }

    /// Tables of this content.
    #[cfg(test)]
    pub(super) fn of(departments: Vec<Department>, subjects: Vec<Subject>, processes: Vec<Process>) -> Self {
        Self { departments: Arc::new(departments), subjects: Arc::new(subjects), processes: Arc::new(processes) }
    }
}
