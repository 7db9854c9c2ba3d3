//! Tests of the house rules (`src/README.md`): what a reader of one file may rely on about all others.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Room, folder, and the rooms that it may import.
const ROOMS: [(&str, &str, &[&str]); 9] = [
    ("ponte-domain", "src/domain", &[]),
    ("ponte-api", "src/api", &["ponte-domain"]),
    ("ponte-transport", "src/transport", &["ponte-domain"]),
    ("ponte-store", "src/store", &["ponte-domain"]),
    ("ponte-vendors", "src/vendors", &["ponte-domain", "ponte-transport"]),
    ("ponte-operations", "src/operations", &["ponte-domain", "ponte-vendors", "ponte-transport", "ponte-store"]),
    ("ponte-gateway", "src/gateway", &["ponte-domain", "ponte-api", "ponte-operations"]),
    ("ponte-sandbox", "src/sandbox", &["ponte-domain"]),
    ("ponte-contract-tests", "contract-tests", &["ponte-gateway", "ponte-api", "ponte-sandbox"]),
];

/// Libraries that only some rooms may name in `[dependencies]`.
const RESERVED: [(&str, &[&str]); 4] = [
    ("reqwest", &["ponte-transport", "ponte-contract-tests"]),
    ("actix-web", &["ponte-gateway", "ponte-sandbox"]),
    ("wiremock", &["ponte-contract-tests"]),
    ("rusqlite", &["ponte-store"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if name != "target" && name != "node_modules" && !name.to_string_lossy().starts_with('.') {
                walk(&path, found);
            }
        } else {
            found.push(path);
        }
    }
}

fn files(ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(&root(), &mut found);
    let mut files: Vec<_> = found
        .into_iter()
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no file ends with {ending}");
    files
}

fn rust_files() -> Vec<(String, String)> {
    files(".rs").into_iter().filter(|(name, _)| name != "src/house_rules.rs").collect()
}

/// The code before the file's unit tests.
fn code(text: &str) -> &str {
    text.find("\n#[cfg(test)]\nmod ").map_or(text, |at| &text[..at])
}

fn is_test_file(name: &str) -> bool {
    name.contains("/tests/") || name.ends_with("/tests.rs") || name.contains("_tests.rs")
}

fn no_faults(faults: &[String], rule: &str) {
    assert!(faults.is_empty(), "{rule}:\n  {}", faults.join("\n  "));
}

fn dependencies(folder: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    manifest["dependencies"].as_table().unwrap().keys().cloned().collect()
}

#[test]
fn rooms_import_only_downward() {
    let mut faults = Vec::new();
    for (room, folder, allowed) in ROOMS {
        for dependency in dependencies(folder).iter().filter(|name| name.starts_with("ponte-")) {
            if !allowed.contains(&dependency.as_str()) {
                faults.push(format!("{room} imports {dependency}"));
            }
        }
    }
    no_faults(&faults, "a room imports only the rooms that the house map lists");
}

#[test]
fn reserved_libraries_stay_in_their_rooms() {
    let mut faults = Vec::new();
    for (room, folder, _) in ROOMS {
        let named = dependencies(folder);
        for (library, allowed) in RESERVED {
            if named.contains(library) && !allowed.contains(&room) {
                faults.push(format!("{room} names {library}"));
            }
        }
    }
    no_faults(&faults, "one door per outside thing");
}

#[test]
fn every_room_opens_with_what_is_never_in_it() {
    let mut faults = Vec::new();
    for (room, folder, _) in ROOMS {
        let page = if folder == "contract-tests" { "harness/lib.rs" } else { "lib.rs" };
        let text = fs::read_to_string(root().join(folder).join(page)).unwrap();
        if !text.starts_with("//!") || !text.contains("Never here") {
            faults.push(format!("{room}: {page} does not say what comes in, what goes out and what is never here"));
        }
    }
    no_faults(&faults, "a room's first page states its invariants");
}

#[test]
fn every_file_opens_with_its_job_and_is_read_in_one_sitting() {
    let mut faults = Vec::new();
    for (name, text) in rust_files() {
        if !text.starts_with("//!") {
            faults.push(format!("{name} does not open with a line on its job"));
        }
        let lines = code(&text).lines().count();
        if lines > 600 {
            faults.push(format!("{name} has {lines} lines without its tests"));
        }
    }
    no_faults(&faults, "files open with `//!` and have at most 600 lines");
}

#[test]
fn code_has_no_unfinished_or_hidden_parts() {
    let banned = [
        "todo!(",
        "unimplemented!(",
        "macro_rules!",
        "#[ignore",
        "should_panic",
        "FIXME",
        "XXX",
        "fn get_",
        "::prelude::*",
    ];
    let mut faults = Vec::new();
    for (name, text) in rust_files() {
        for (number, line) in text.lines().enumerate() {
            for word in banned.into_iter().filter(|word| line.contains(word)) {
                // proptest's own documentation imports its prelude by a glob; tests may do so too.
                if word == "::prelude::*" && line.contains("proptest") {
                    continue;
                }
                faults.push(format!("{name}:{}: {word}", number + 1));
            }
        }
    }
    no_faults(&faults, "not done in this house");
    let scripts: Vec<_> = files(".rs").into_iter().filter(|(name, _)| name.ends_with("build.rs")).collect();
    assert!(scripts.is_empty(), "no build scripts");
}

#[test]
fn types_are_nouns_of_the_product() {
    let endings = ["Manager", "Helper", "Util", "Utils", "Common", "Base", "Impl", "Data", "Info"];
    let mut faults = Vec::new();
    for (name, text) in rust_files() {
        for line in code(&text).lines() {
            let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
            for pair in words.windows(2) {
                if ["struct", "enum", "trait", "type"].contains(&pair[0])
                    && endings.iter().any(|ending| pair[1].ends_with(ending))
                    // The scope `personal_data` is the product's own word.
                    && pair[1] != "PersonalData"
                {
                    faults.push(format!("{name}: {}", pair[1]));
                }
            }
        }
    }
    no_faults(&faults, "names say what a thing is");
}

#[test]
fn only_vendor_rooms_know_a_vendors_name() {
    let vendors = vendors();
    let mut faults = Vec::new();
    for (name, text) in rust_files() {
        let neutral =
            ["src/domain", "src/api", "src/transport", "src/store", "src/operations", "src/gateway", "src/cli"];
        if !neutral.iter().any(|room| name.starts_with(room)) || is_test_file(&name) || name.contains("/examples") {
            continue;
        }
        for (number, line) in code(&text).lines().enumerate() {
            let statement = line.split("//").next().unwrap();
            for vendor in &vendors {
                if statement.contains(&format!("\"{vendor}\"")) && !statement.contains("example") {
                    faults.push(format!("{name}:{}: \"{vendor}\"", number + 1));
                }
            }
        }
    }
    no_faults(&faults, "a vendor is a row of files, not a branch in a room");
}

fn vendors() -> BTreeSet<String> {
    fs::read_dir(root().join("src/vendors"))
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().join("dialect.rs").exists())
        .map(|entry| entry.file_name().to_string_lossy().replace('_', "-"))
        .collect()
}

#[test]
fn a_vendor_is_complete() {
    let registry = fs::read_to_string(root().join("src/vendors/registry.rs")).unwrap();
    let roster = fs::read_to_string(root().join("src/sandbox/roster.rs")).unwrap();
    let mut faults = Vec::new();
    let vendors = vendors();
    assert!(vendors.contains("ixc"), "{vendors:?}");
    for vendor in vendors {
        let module = vendor.replace('-', "_");
        let here = |path: String| root().join(path).exists();
        if !here(format!("erp-specs/{vendor}.yaml")) {
            faults.push(format!("{vendor}: no erp-specs/{vendor}.yaml"));
        }
        if !here(format!("contract-tests/{vendor}")) {
            faults.push(format!("{vendor}: no contract-tests/{vendor}"));
        }
        if !here(format!("src/sandbox/{module}")) && !here(format!("src/sandbox/{module}.rs")) {
            faults.push(format!("{vendor}: no sandbox skin"));
        }
        if !registry.contains(&format!("{module}::")) {
            faults.push(format!("{vendor}: not in the registry"));
        }
        if !roster.contains(&format!("{module}::")) {
            faults.push(format!("{vendor}: not in the sandbox's roster"));
        }
    }
    no_faults(&faults, "adding a vendor touches five places");
}

#[test]
fn handlers_are_at_most_15_lines() {
    let mut faults = Vec::new();
    for (name, text) in rust_files().into_iter().filter(|(name, _)| name.starts_with("src/gateway/routes/")) {
        let mut open: Option<(String, usize)> = None;
        for (number, line) in code(&text).lines().enumerate() {
            if line.starts_with("pub(crate) async fn ")
                || line.starts_with("async fn ")
                || line.starts_with("pub async fn ")
            {
                open = Some((line.to_owned(), number));
            }
            if line == "}"
                && let Some((head, start)) = open.take()
                && number - start > 22
            {
                faults.push(format!("{name}:{}: {} lines: {head}", start + 1, number - start));
            }
        }
    }
    no_faults(&faults, "a handler is at most 15 lines behind its signature");
}

#[test]
fn one_integration_test_binary_per_room() {
    let mut binaries: BTreeMap<String, usize> = BTreeMap::new();
    for (name, _) in rust_files() {
        if let Some((room, rest)) = name.split_once("/tests/")
            && (!rest.contains('/') || rest.ends_with("/main.rs"))
        {
            *binaries.entry(room.to_owned()).or_default() += 1;
        }
    }
    let faults: Vec<_> =
        binaries.into_iter().filter(|(_, n)| *n > 1).map(|(room, n)| format!("{room}: {n} binaries")).collect();
    no_faults(&faults, "tests/it/main.rs is a room's one test binary");
}

#[test]
fn every_published_problem_type_has_its_page() {
    let document = fs::read_to_string(root().join("openapi/ponte.json")).unwrap();
    let mut faults = Vec::new();
    for part in document.split("/problems/").skip(1) {
        let kind: String =
            part.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-' || c.is_ascii_digit()).collect();
        if !kind.is_empty() && !root().join(format!("openapi/problems/{kind}.md")).exists() {
            faults.push(kind);
        }
    }
    faults.sort();
    faults.dedup();
    no_faults(&faults, "openapi/problems/<kind>.md explains every type");
}
