//! The central bank's sample, every way a code can be wrong, and both directions of composing.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

/// The central bank's own sample (Manual do BR Code), static.
const STATIC: &str = "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D";
const KEY: &str = "123e4567-e12b-12d1-a456-426655440000";
/// brazil-rules.md, dynamic.
const DYNAMIC: &str = "00020101021226830014br.gov.bcb.pix2561pix.example.com.br/qr/v2/7f3c9a52-2f7e-4a8b-9d0e-1c2b3a4d5e6f520400005303986540599.905802BR5921PROVEDOR EXEMPLO LTDA6012PORTO ALEGRE62070503***6304D03F";
const LOCATION: &str = "pix.example.com.br/qr/v2/7f3c9a52-2f7e-4a8b-9d0e-1c2b3a4d5e6f";

/// Everything behind the account, without the amount.
const REST: &str = "5204000053039865802BR5901N6001C";
const ACCOUNT: &str = "26250014br.gov.bcb.pix0103abc";

/// A code closed with its right checksum.
fn sealed(body: &str) -> String {
    let open = format!("{body}6304");
    format!("{open}{:04X}", checksum(&open))
}

#[test]
fn the_static_sample_is_read() {
    let code = PixCode::parse(STATIC).unwrap();
    assert_eq!(code.as_str(), STATIC);
    assert_eq!(code.kind(), PixKind::Static);
    assert!(code.key_present());
    assert_eq!((code.amount(), code.location(), code.txid()), (None, None, None));
    assert_eq!((code.merchant_name(), code.merchant_city()), ("Fulano de Tal", "BRASILIA"));
}

#[test]
fn the_dynamic_sample_is_read() {
    let code = PixCode::parse(DYNAMIC).unwrap();
    assert_eq!(code.kind(), PixKind::Dynamic);
    assert!(!code.key_present());
    assert_eq!(code.amount(), Some(Cents::new(9990)));
    assert_eq!((code.location(), code.txid()), (Some(LOCATION), None));
    assert_eq!((code.merchant_name(), code.merchant_city()), ("PROVEDOR EXEMPLO LTDA", "PORTO ALEGRE"));
}

#[test]
fn both_samples_are_composed_letter_by_letter() {
    let amount = Some(Cents::new(9990));
    let code = PixCode::compose_static(KEY, "Fulano de Tal", "BRASILIA", None, None).unwrap();
    assert_eq!(code.as_str(), STATIC);
    let code = PixCode::compose_dynamic(LOCATION, "PROVEDOR EXEMPLO LTDA", "PORTO ALEGRE", amount, None).unwrap();
    assert_eq!(code.as_str(), DYNAMIC);
}

#[test]
fn the_checksum_is_ccitt_false() {
    assert_eq!(checksum("123456789"), 0x29B1);
}

#[test]
fn blanks_around_a_code_and_the_case_of_arrangement_and_checksum_do_not_matter() {
    assert_eq!(PixCode::parse(&format!("\n {STATIC}\t")).unwrap().as_str(), STATIC);
    let lower_checksum = STATIC.replace("1D3D", "1d3d");
    assert!(PixCode::parse(&lower_checksum).is_ok());
    let upper = sealed(&format!("000201{}{REST}", ACCOUNT.replace("br.gov.bcb.pix", "BR.GOV.BCB.PIX")));
    assert!(PixCode::parse(&upper).is_ok());
}

#[test]
fn what_is_wrong_is_said_precisely() {
    let too_long = format!("000201{}", "0".repeat(507));
    let cut = &STATIC[..STATIC.len() - 1];
    for (text, error) in [
        ("", PixError::Empty),
        (" \n", PixError::Empty),
        (too_long.as_str(), PixError::TooLong { found: 513 }),
        ("https://pix.example.com/qr", PixError::NotBrCode),
        (VECTOR_OF_A_BOLETO, PixError::NotBrCode),
        ("000201", PixError::NoChecksum),
        (cut, PixError::BrokenTlv { at: STATIC.len() - 8 }),
        ("0002012", PixError::BrokenTlv { at: 6 }),
        ("000201x602ab", PixError::BrokenTlv { at: 6 }),
        ("00020126+2ab", PixError::BrokenTlv { at: 6 }),
    ] {
        assert_eq!(PixCode::parse(text), Err(error), "{text}");
    }
    let wrong = STATIC.replace("1D3D", "1D3E");
    assert_eq!(PixCode::parse(&wrong), Err(PixError::Crc { found: 0x1D3E, expected: 0x1D3D }));
    assert_eq!(PixCode::parse(&STATIC.replace("1D3D", "1D3G")), Err(PixError::NoChecksum));
}

const VECTOR_OF_A_BOLETO: &str = "34190906461010000123845678901237116560000009990";

#[test]
fn a_right_checksum_does_not_excuse_wrong_content() {
    for (body, error) in [
        (format!("000201{REST}"), PixError::NoPixAccount),
        (format!("00020126160013br.com.outro{REST}"), PixError::BrokenTlv { at: 10 }),
        (format!("00020126160012br.com.outro{REST}"), PixError::NoPixAccount),
        (format!("00020126180014br.gov.bcb.pix{REST}"), PixError::NoPixAccount),
        (format!("00020152180014br.gov.bcb.pix{REST}"), PixError::Twice { tag: 52 }),
        (format!("000201{ACCOUNT}{ACCOUNT}{REST}"), PixError::Twice { tag: 26 }),
        (format!("000201{ACCOUNT}{}", REST.replace("52040000", "")), PixError::Missing { tag: 52 }),
        (format!("000201{ACCOUNT}{}", REST.replace("5303986", "")), PixError::Missing { tag: 53 }),
        (format!("000201{ACCOUNT}{}", REST.replace("5303986", "5303840")), PixError::Currency),
        (format!("000201{ACCOUNT}{}", REST.replace("5802BR", "")), PixError::Missing { tag: 58 }),
        (format!("000201{ACCOUNT}{}", REST.replace("5802BR", "5802US")), PixError::Country),
        (format!("000201{ACCOUNT}{}", REST.replace("5901N", "")), PixError::Missing { tag: 59 }),
        (format!("000201{ACCOUNT}{}", REST.replace("6001C", "")), PixError::Missing { tag: 60 }),
        (format!("000201{ACCOUNT}{REST}62040503"), PixError::BrokenTlv { at: 70 }),
    ] {
        assert_eq!(PixCode::parse(&sealed(&body)), Err(error), "{body}");
    }
}

#[test]
fn the_checksum_closes_the_code() {
    let open = format!("000201{ACCOUNT}{REST}");
    let behind = format!("{}0702xx", sealed(&open));
    assert_eq!(PixCode::parse(&behind), Err(PixError::NoChecksum));
    assert_eq!(PixCode::parse(&open), Err(PixError::NoChecksum));
    assert_eq!(PixCode::parse(&format!("{open}6303ABC")), Err(PixError::NoChecksum));
}

#[test]
fn the_amount_is_a_bare_number() {
    for (written, expected) in [
        ("540599.90", Ok(Some(9990))),
        ("540299", Ok(Some(9900))),
        ("540399.", Err(PixError::Amount)),
        ("54040.00", Ok(None)),
        ("54010", Ok(None)),
        ("540599,90", Err(PixError::Amount)),
        ("5403-10", Err(PixError::Amount)),
        ("5403 10", Err(PixError::Amount)),
        ("54051.001", Err(PixError::Amount)),
        ("5400", Err(PixError::Amount)),
    ] {
        let text = sealed(&format!("000201{ACCOUNT}{REST}{written}"));
        let read = PixCode::parse(&text).map(|code| code.amount().map(Cents::get));
        assert_eq!(read, expected, "{written}");
    }
}

#[test]
fn the_pix_account_is_found_among_other_arrangements() {
    for account in ["26160012br.com.outro", "2603???"] {
        let text = sealed(&format!("000201{account}{}{REST}", ACCOUNT.replacen("26", "51", 1)));
        assert_eq!(PixCode::parse(&text).unwrap().kind(), PixKind::Static, "{account}");
    }
}

#[test]
fn a_code_with_a_location_is_dynamic_even_with_a_key_beside_it() {
    let text = sealed(&format!("00020126330014br.gov.bcb.pix0103abc2504a.bc{REST}"));
    let code = PixCode::parse(&text).unwrap();
    assert_eq!((code.kind(), code.location(), code.key_present()), (PixKind::Dynamic, Some("a.bc"), true));
}

#[test]
fn accents_are_read_whether_lengths_count_characters_or_bytes() {
    for name in ["5903PÃO", "5904PÃO"] {
        let text = sealed(&format!("000201{ACCOUNT}{}", REST.replace("5901N", name)));
        assert_eq!(PixCode::parse(&text).unwrap().merchant_name(), "PÃO", "{name}");
    }
    let broken = sealed(&format!("000201{ACCOUNT}{}", REST.replace("5901N", "5905PÃO")));
    assert!(PixCode::parse(&broken).is_err());
}

#[test]
fn a_txid_is_read_and_its_placeholder_is_none() {
    for (additional, txid) in
        [("62070503***", None), ("62040500", None), ("62070503A1b", Some("A1b")), ("62080804nada", None), ("", None)]
    {
        let text = sealed(&format!("000201{ACCOUNT}{REST}{additional}"));
        assert_eq!(PixCode::parse(&text).unwrap().txid(), txid, "{additional}");
    }
}

#[test]
fn what_cannot_be_composed_is_named() {
    let long = "x".repeat(78);
    for (key, name, city, cents, txid, error) in [
        ("", "N", "C", None, None, PixError::Value { tag: 26 }),
        (long.as_str(), "N", "C", None, None, PixError::Value { tag: 26 }),
        ("k", "", "C", None, None, PixError::Value { tag: 59 }),
        ("k", "Provedor com um nome longo", "C", None, None, PixError::Value { tag: 59 }),
        ("k", "João", "C", None, None, PixError::Value { tag: 59 }),
        ("k", " N", "C", None, None, PixError::Value { tag: 59 }),
        ("k", "N", "Cidade distante!", None, None, PixError::Value { tag: 60 }),
        ("k", "N", "C", Some(0), None, PixError::Amount),
        ("k", "N", "C", Some(-1), None, PixError::Amount),
        ("k", "N", "C", Some(1_000_000_000_000), None, PixError::Amount),
        ("k", "N", "C", None, Some(""), PixError::Value { tag: 62 }),
        ("k", "N", "C", None, Some("a-b"), PixError::Value { tag: 62 }),
        ("k", "N", "C", None, Some("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), PixError::Value { tag: 62 }),
    ] {
        let composed = PixCode::compose_static(key, name, city, cents.map(Cents::new), txid);
        assert_eq!(composed, Err(error));
    }
    let with_scheme = PixCode::compose_dynamic("https://a.bc/d", "N", "C", None, None);
    assert_eq!(with_scheme, Err(PixError::Value { tag: 26 }));
}

#[test]
fn debug_shows_neither_code_nor_key_nor_name() {
    assert_eq!(format!("{:?}", PixCode::parse(STATIC).unwrap()), "PixCode(Static)");
    assert_eq!(format!("{:?}", PixCode::parse(DYNAMIC).unwrap()), "PixCode(Dynamic)");
}

#[test]
fn the_published_words_of_the_kinds_are_snake_case() {
    for (kind, word) in [(PixKind::Static, "\"static\""), (PixKind::Dynamic, "\"dynamic\"")] {
        assert_eq!(serde_json::to_string(&kind).unwrap(), word);
        assert_eq!(serde_json::from_str::<PixKind>(word).unwrap(), kind);
    }
}

/// What a code is composed of: key or location, name, city, cents, txid.
type Parts = (String, String, String, Option<i64>, Option<String>);

fn any_parts() -> impl Strategy<Value = Parts> {
    (
        "[!-~]{1,77}".prop_filter("no scheme", |text| !text.contains("://")),
        "[!-~]([ -~]{0,23}[!-~])?",
        "[!-~]([ -~]{0,13}[!-~])?",
        prop::option::of(1..=999_999_999_999_i64),
        prop::option::of("[0-9A-Za-z]{1,25}"),
    )
}

fn composed((account, name, city, cents, txid): &Parts, kind: PixKind) -> PixCode {
    let compose = match kind {
        PixKind::Static => PixCode::compose_static,
        PixKind::Dynamic => PixCode::compose_dynamic,
    };
    compose(account, name, city, cents.map(Cents::new), txid.as_deref()).unwrap()
}

fn any_kind() -> impl Strategy<Value = PixKind> {
    prop::sample::select(vec![PixKind::Static, PixKind::Dynamic])
}

proptest! {
    #[test]
    fn a_composed_code_says_what_it_was_made_of(parts in any_parts(), kind in any_kind()) {
        let code = composed(&parts, kind);
        let (account, name, city, cents, txid) = &parts;
        prop_assert_eq!(code.kind(), kind);
        prop_assert_eq!(code.key_present(), kind == PixKind::Static);
        prop_assert_eq!(code.location(), (kind == PixKind::Dynamic).then_some(account.as_str()));
        prop_assert_eq!((code.merchant_name(), code.merchant_city()), (name.as_str(), city.as_str()));
        prop_assert_eq!(code.amount(), cents.map(Cents::new));
        prop_assert_eq!(code.txid(), txid.as_deref());
        prop_assert_eq!(PixCode::parse(code.as_str()), Ok(code));
    }

    // A CRC of 16 bits sees every change within 16 neighbouring bits. Only the case of its own digits is no change.
    #[test]
    fn one_changed_character_is_seen(
        parts in any_parts(), kind in any_kind(), at: prop::sample::Index, new in "[ -~é]",
    ) {
        let text = composed(&parts, kind).as_str().to_owned();
        let at = at.index(text.len());
        prop_assume!(!text[at..=at].eq_ignore_ascii_case(&new));
        let changed = [&text[..at], &new, &text[at + 1..]].concat();
        prop_assert!(PixCode::parse(&changed).is_err());
    }

    #[test]
    fn a_code_cut_anywhere_is_seen(parts in any_parts(), kind in any_kind(), at: prop::sample::Index) {
        let text = composed(&parts, kind).as_str().to_owned();
        let at = at.index(text.len());
        prop_assert!(PixCode::parse(&text[..at]).is_err());
        prop_assert!(PixCode::parse(&text[at + 1..]).is_err());
    }

    #[test]
    fn any_text_is_read_without_panic(text: String, near in "(000201)?([0-9]{4}\\PC{0,12}){0,8}(6304[0-9A-F]{4})?") {
        for text in [text, near] {
            if let Ok(code) = PixCode::parse(&text) {
                prop_assert_eq!(code.as_str(), text.trim());
            }
        }
    }

    #[test]
    fn any_fields_under_a_right_checksum_are_read_without_panic(
        fields in prop::collection::vec((0..100_u8, "\\PC{0,20}"), 0..10), count_bytes: bool,
    ) {
        let mut body = String::from("000201");
        for (tag, value) in fields {
            let length = if count_bytes { value.len() } else { value.chars().count() };
            body.push_str(&format!("{tag:02}{length:02}{value}"));
        }
        let text = sealed(&body);
        let read = PixCode::parse(&text);
        prop_assert!(!matches!(read, Err(PixError::Crc { .. } | PixError::Empty)), "{read:?}");
    }

    #[test]
    fn any_parts_are_composed_or_refused_without_panic(
        account: String, name: String, city: String, cents: i64, txid: String,
    ) {
        let amount = Some(Cents::new(cents));
        for compose in [PixCode::compose_static, PixCode::compose_dynamic] {
            if let Ok(code) = compose(&account, &name, &city, amount, Some(&txid)) {
                prop_assert_eq!((code.merchant_name(), code.merchant_city()), (name.as_str(), city.as_str()));
                prop_assert_eq!((code.amount(), code.txid()), (amount, Some(txid.as_str())));
            }
        }
    }
}
