//! The token, in the three shapes in which administrators paste it.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use ponte_domain::tenant::Tenant;
use ponte_domain::{Failure, FailureKind};
use secrecy::{ExposeSecret as _, SecretString};

/// Base64 with or without its padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The token as `<user id>:<64 hex>`, which is the user and password of HTTP Basic (dossier 2.2). Given raw, in
/// base64, or with the word `Basic` in front.
///
/// # Errors
/// `TenantMisconfigured` naming the field, when it is absent or has no known shape.
pub(in crate::ixc) fn token(tenant: &Tenant) -> Result<SecretString, Failure> {
    let wrong = |detail: &str| Failure::new(FailureKind::TenantMisconfigured, detail).in_field("credentials.token");
    let given = tenant.credentials.field("token").ok_or_else(|| wrong("The tenant has no IXC token."))?;
    canonical(given.expose_secret())
        .map(SecretString::from)
        .ok_or_else(|| wrong("The IXC token must be a number, a colon and 64 hexadecimal digits, or that in base64."))
}

fn canonical(given: &str) -> Option<String> {
    let given = given.trim();
    let bare = match given.split_at_checked(6) {
        Some((word, rest)) if word.eq_ignore_ascii_case("basic ") => rest.trim(),
        _ => given,
    };
    if is_token(bare) {
        return Some(bare.to_owned());
    }
    let decoded = String::from_utf8(LENIENT.decode(bare).ok()?).ok()?;
    is_token(decoded.trim()).then(|| decoded.trim().to_owned())
}

fn is_token(text: &str) -> bool {
    text.split_once(':').is_some_and(|(user, secret)| {
        !user.is_empty()
            && user.bytes().all(|byte| byte.is_ascii_digit())
            && secret.len() == 64
            && secret.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;

    use super::canonical;

    #[test]
    fn a_token_is_taken_raw_in_base64_and_with_the_word_basic() {
        let raw = format!("11:{}", "6a41c09f".repeat(8));
        let encoded = BASE64_STANDARD.encode(&raw);
        let bare = encoded.trim_end_matches('=');
        for shape in [
            raw.clone(),
            format!(" {raw}\n"),
            encoded.clone(),
            bare.to_owned(),
            format!("Basic {encoded}"),
            format!("basic {raw}"),
        ] {
            assert_eq!(canonical(&shape).as_deref(), Some(raw.as_str()), "{shape}");
        }
    }

    #[test]
    fn anything_else_is_no_token() {
        let hex = "6a41c09f".repeat(8);
        for wrong in [
            "",
            "11",
            "11:",
            &hex,
            &format!("a:{hex}"),
            &format!("11:{hex}0"),
            &format!("Bearer 11:{hex}"),
            "Basic",
            "çççççç",
        ] {
            assert_eq!(canonical(wrong), None, "{wrong}");
        }
    }
}
