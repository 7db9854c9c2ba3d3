//! Credentials on their way in: named on the command line, read from somewhere else.

use std::io::Read as _;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context as _, Result, bail};
use ponte_domain::tenant::Credentials;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use crate::config;

/// `token=@file`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credential {
    name: String,
    source: Source,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    File(PathBuf),
    StandardInput,
    Environment(String),
}

impl FromStr for Credential {
    type Err = String;

    /// What is wrong is said without repeating the text: it may hold a secret.
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, source) = text.split_once('=').ok_or("expected NAME=@FILE, NAME=- or NAME=env:VARIABLE")?;
        let source = if source == "-" {
            Source::StandardInput
        } else if let Some(path) = source.strip_prefix('@') {
            Source::File(path.into())
        } else if let Some(variable) = source.strip_prefix("env:") {
            Source::Environment(variable.to_owned())
        } else {
            return Err("a secret on the command line is seen by other users of the machine: \
                        give NAME=@FILE, NAME=- (standard input) or NAME=env:VARIABLE"
                .to_owned());
        };
        Ok(Self { name: name.to_owned(), source })
    }
}

/// Reads the secrets from where they are.
///
/// # Errors
/// A source that cannot be read or is empty; a name, or standard input, given twice.
pub(super) fn read(list: Vec<Credential>) -> Result<Credentials> {
    for (at, Credential { name, source }) in list.iter().enumerate() {
        let earlier = list.iter().take(at);
        if earlier.clone().any(|other| other.name == *name) {
            bail!("the credential {name} is given twice");
        }
        if *source == Source::StandardInput && earlier.clone().any(|other| other.source == Source::StandardInput) {
            bail!("only one credential can come from standard input");
        }
    }
    let read = |Credential { name, source }| {
        let secret = source.read().with_context(|| format!("the credential {name}"))?;
        Ok((name, secret))
    };
    Ok(Credentials::new(list.into_iter().map(read).collect::<Result<Vec<_>>>()?))
}

impl Source {
    fn read(&self) -> Result<SecretString> {
        let text = match self {
            Self::Environment(variable) => return config::secret_from_environment(variable),
            Self::File(path) => std::fs::read_to_string(path)
                .map(Zeroizing::new)
                .with_context(|| format!("{} cannot be read", path.display()))?,
            Self::StandardInput => {
                let mut text = Zeroizing::new(String::new());
                std::io::stdin().lock().read_to_string(&mut text).context("standard input cannot be read")?;
                text
            }
        };
        // Editors and `echo` end a file with a line end that is no part of the secret.
        match text.trim_end_matches(['\r', '\n']) {
            "" => bail!("there is nothing in it"),
            secret => Ok(SecretString::from(secret)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use secrecy::ExposeSecret as _;

    use super::{Credential, read};

    #[test]
    fn a_secret_itself_is_refused_without_repeating_it() {
        let error = "token=11:abcdef".parse::<Credential>().unwrap_err();
        assert!(error.contains("@FILE") && !error.contains("abcdef"), "{error}");
        assert!("token".parse::<Credential>().is_err());
    }

    #[test]
    fn a_file_is_read_without_its_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "11:abc def\r\n").unwrap();
        let given: Credential = format!("token=@{}", path.display()).parse().unwrap();
        let read_back = read(vec![given.clone()]).unwrap();
        assert_eq!(read_back.field("token").unwrap().expose_secret(), "11:abc def");
        assert!(read(vec![given.clone(), given]).unwrap_err().to_string().contains("twice"));
        std::fs::write(&path, "\n").unwrap();
        let empty: Credential = format!("token=@{}", path.display()).parse().unwrap();
        assert!(format!("{:#}", read(vec![empty]).unwrap_err()).contains("nothing in it"));
    }

    #[test]
    fn standard_input_is_read_once_and_names_of_settings_are_no_secrets() {
        let given = |text: &str| text.parse::<Credential>().unwrap();
        let error = read(vec![given("user=-"), given("password=-")]).unwrap_err();
        assert!(error.to_string().contains("standard input"), "{error}");
        let error = format!("{:#}", read(vec![given("token=env:PONTE_TOKEN")]).unwrap_err());
        assert!(error.contains("kept for settings"), "{error}");
    }
}
