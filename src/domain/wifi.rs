//! Change of the Wi-Fi password, and subscriber sign-in.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What came of a change of the Wi-Fi password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WifiResult {
    /// The device was told; it applies the change at its next contact.
    Accepted,
    /// Recorded; the device is offline and gets it when it comes back.
    Pending,
}

/// A new Wi-Fi password: 8 to 63 printable ASCII characters.
#[derive(Clone)]
pub struct WifiPassword(SecretString);

/// Why a Wi-Fi password is refused before any call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WifiPasswordError {
    /// Shorter than 8 characters.
    #[error("a Wi-Fi password has at least 8 characters")]
    TooShort,
    /// Longer than 63 characters.
    #[error("a Wi-Fi password has at most 63 characters")]
    TooLong,
    /// A character outside printable ASCII.
    #[error("a Wi-Fi password has printable ASCII characters only")]
    Character,
}

impl WifiPassword {
    /// Checks the rule of WPA passphrases (IEEE 802.11: 8 to 63 printable ASCII characters).
    ///
    /// # Errors
    /// `WifiPasswordError` naming the broken rule.
    pub fn parse(text: String) -> Result<Self, WifiPasswordError> {
        match text.chars().count() {
            0..8 => Err(WifiPasswordError::TooShort),
            64.. => Err(WifiPasswordError::TooLong),
            _ if !text.chars().all(|c| (' '..='~').contains(&c)) => Err(WifiPasswordError::Character),
            _ => Ok(Self(SecretString::from(text))),
        }
    }

    /// The password, for the one line that sends it.
    #[must_use]
    pub const fn secret(&self) -> &SecretString {
        &self.0
    }
}

impl std::fmt::Debug for WifiPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WifiPassword")
    }
}

/// What a subscriber types to sign in.
pub struct SignInForm {
    /// Portal login: an e-mail, a user name or a document.
    pub login: String,
    /// Portal password.
    pub password: SecretString,
}

impl std::fmt::Debug for SignInForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignInForm")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{WifiPassword, WifiPasswordError};

    #[test]
    fn a_password_has_8_to_63_printable_ascii_characters() {
        for (text, expected) in [
            ("1234567", Some(WifiPasswordError::TooShort)),
            ("12345678", None),
            ("senha com espaço", Some(WifiPasswordError::Character)),
            ("tab\tinside", Some(WifiPasswordError::Character)),
        ] {
            assert_eq!(WifiPassword::parse(text.to_owned()).err(), expected, "{text}");
        }
        assert!(WifiPassword::parse("x".repeat(63)).is_ok());
        assert_eq!(WifiPassword::parse("x".repeat(64)).unwrap_err(), WifiPasswordError::TooLong);
    }
}
