//! The operator's own way in: tenants and keys in the configured store, without a key and without HTTP. A gateway that
//! runs on the same store sees a change within seconds.

use anyhow::{Result, anyhow};
use ponte_domain::Failure;
use ponte_operations::{AdminVisit, Operations};

use super::{log, runtime};
use crate::config::Config;

/// How a message names a failure: the field in front, where one is to blame.
pub(super) fn trouble(failure: &Failure) -> anyhow::Error {
    match failure.field() {
        Some(field) if !field.is_empty() => anyhow!("{field}: {}", failure.detail()),
        _ => anyhow!("{}", failure.detail()),
    }
}

/// Opens the configured store, lets `work` do its part as the machine's operator, and sees that all is on disk.
///
/// # Errors
/// The store does not open, or what `work` says.
pub(super) fn with_operations<T>(
    config: &Config,
    work: impl AsyncFnOnce(&Operations, &AdminVisit) -> Result<T>,
) -> Result<T> {
    log::of_verb("warn")?;
    let settings = config.operations()?;
    runtime()?.block_on(async {
        let operations = Operations::open(settings).await?;
        let visit = AdminVisit::local(format!("cli-{:016x}", rand::random::<u64>()));
        let outcome = work(&operations, &visit).await;
        operations.close(std::time::Duration::ZERO).await.map_err(|failure| trouble(&failure))?;
        outcome
    })
}
