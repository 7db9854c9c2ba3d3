//! How many contract cases prove each capability: counted by the harness, carried by every build, also by those
//! without the cases.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use ponte_domain::capability::Capability;
use ponte_gateway::CaseCounts;

/// By vendor and capability; the harness compares it with the cases.
const PROVEN: &str = include_str!("../../contract-tests/proven.json");

/// The counts for the gateway.
///
/// # Errors
/// They are not JSON.
pub(super) fn carried() -> Result<CaseCounts> {
    let counts: BTreeMap<String, BTreeMap<String, u32>> =
        serde_json::from_str(PROVEN).context("contract-tests/proven.json")?;
    let capability = |word: &str| Capability::ALL.into_iter().find(|capability| capability.word() == word);
    let of_vendor = |(vendor, counts): (String, BTreeMap<String, u32>)| {
        let known = counts.into_iter().filter_map(move |(word, count)| Some((capability(&word)?, count)));
        known.map(move |(capability, count)| ((vendor.clone(), capability), count)).collect::<Vec<_>>()
    };
    Ok(CaseCounts::new(counts.into_iter().flat_map(of_vendor)))
}
