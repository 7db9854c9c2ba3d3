//! The vectors of both layouts, and both directions of every conversion.
#![allow(clippy::unwrap_used)]

use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;

/// Bank, due date, cents, bar code, line.
type Vector = (&'static str, Option<Date>, i64, &'static str, &'static str);

/// brazil-rules.md; the free field of all is `0906410100001234567890123`.
const VECTORS: [Vector; 4] = [
    (
        "341",
        Some(date(2026, 12, 10)),
        9990,
        "34191165600000099900906410100001234567890123",
        "34190906461010000123845678901237116560000009990",
    ),
    (
        "001",
        Some(date(2025, 2, 21)),
        12345,
        "00192999900000123450906410100001234567890123",
        "00190906461010000123845678901237299990000012345",
    ),
    (
        "001",
        Some(date(2025, 2, 22)),
        12345,
        "00198100000000123450906410100001234567890123",
        "00190906461010000123845678901237810000000012345",
    ),
    ("756", None, 0, "75696000000000000000906410100001234567890123", "75690906451010000123845678901237600000000000000"),
];
const FREE_FIELD: &str = "0906410100001234567890123";

/// Collection slips that public validators are tested with: line, bar code, cents. The first two are checked by mod 10,
/// the last by mod 11.
const COLLECTIONS: [(&str, &str, Option<i64>); 3] = [
    (
        "846700000017 435900240209 024050002435 842210108119",
        "84670000001435900240200240500024384221010811",
        Some(14_359),
    ),
    (
        "836200000005 667800481000 180975657313 001589636081",
        "83620000000667800481001809756573100158963608",
        Some(6_678),
    ),
    (
        "858900004609 524601791605 607593050865 831483000010",
        "85890000460524601791606075930508683148300001",
        Some(4_605_246),
    ),
];

#[test]
fn every_vector_is_composed_and_rearranged_both_ways() {
    for (bank, due, cents, code, line) in VECTORS {
        let bar_code = BarCode::compose(bank, due, Cents::new(cents), FREE_FIELD).unwrap();
        assert_eq!(bar_code.as_str(), code);
        assert_eq!(bar_code.line().as_str(), line);
        assert_eq!(BarCode::parse(code), Ok(bar_code.clone()));
        let parsed = DigitableLine::parse(line).unwrap();
        assert_eq!(parsed, bar_code.line());
        assert_eq!(parsed.bar_code(), bar_code);
    }
}

#[test]
fn every_vector_says_what_it_was_made_of() {
    for (bank, due, cents, code, _) in VECTORS {
        let bar_code = BarCode::parse(code).unwrap();
        assert_eq!(bar_code.kind(), BoletoKind::Bank);
        assert_eq!(bar_code.bank(), Some(bank));
        assert_eq!(bar_code.due_date(due.unwrap_or(date(2026, 1, 1))), due);
        assert_eq!(bar_code.amount(), (cents > 0).then_some(Cents::new(cents)));
        assert_eq!(bar_code.free_field(), Some(FREE_FIELD));
    }
}

#[test]
fn a_factor_after_the_restart_is_read_by_the_invoices_own_date() {
    let bar_code = BarCode::parse("00198100000000123450906410100001234567890123").unwrap();
    for (near, due) in [
        (date(2025, 3, 1), date(2025, 2, 22)),
        (date(2000, 8, 1), date(2000, 7, 3)),
        (date(2049, 12, 31), date(2049, 10, 14)),
    ] {
        assert_eq!(bar_code.due_date(near), Some(due), "{near}");
    }
}

#[test]
fn lines_are_read_as_printed_and_printed_as_read() {
    let printed = "34190.90646 10100.001238 45678.901237 1 16560000009990";
    let line = DigitableLine::parse(printed).unwrap();
    assert_eq!(line.as_str(), VECTORS[0].4);
    assert_eq!(line.formatted(), printed);
    assert_eq!(DigitableLine::parse("\n34190.90646-10100.001238-45678.901237-1-16560000009990 "), Ok(line));
    assert_eq!(BarCode::parse("3419 1.1656 0000009990-0906410100001234567890123").unwrap().as_str(), VECTORS[0].3);
}

#[test]
fn collection_slips_are_rearranged_both_ways() {
    for (line, code, cents) in COLLECTIONS {
        let parsed = DigitableLine::parse(line).unwrap();
        assert_eq!(parsed.kind(), BoletoKind::Collection);
        assert_eq!(parsed.bar_code().as_str(), code);
        assert_eq!(parsed.as_str(), line.replace(' ', ""));
        let bar_code = BarCode::parse(code).unwrap();
        assert_eq!(bar_code.line(), parsed);
        assert_eq!(bar_code.amount().map(Cents::get), cents, "{line}");
    }
}

#[test]
fn a_collection_slip_has_no_bank_and_no_due_date() {
    let bar_code = BarCode::parse(COLLECTIONS[0].1).unwrap();
    assert_eq!(bar_code.kind(), BoletoKind::Collection);
    assert_eq!(bar_code.bank(), None);
    assert_eq!(bar_code.due_date(date(2026, 1, 1)), None);
    assert_eq!(bar_code.free_field(), None);
    assert_eq!(bar_code.line().formatted(), "84670000001-7 43590024020-9 02405000243-5 84221010811-9");
}

#[test]
fn a_quantity_of_an_index_is_no_amount() {
    for (rule, has_amount) in [("6", true), ("7", false), ("8", true), ("9", false)] {
        let bar_code = BarCode::parse(&collection("4", rule, "00000014359", "00240200240500024384221010811")).unwrap();
        assert_eq!(bar_code.amount().is_some(), has_amount, "{rule}");
    }
}

#[test]
fn what_is_wrong_with_a_bar_code_is_said_precisely() {
    for (text, error) in [
        ("", BoletoError::Empty),
        (" .- ", BoletoError::Empty),
        ("3419116560000009990090641010000123456789012", BoletoError::Length { found: 43 }),
        (VECTORS[0].4, BoletoError::Length { found: 47 }),
        ("341911656000000999009064101000012345678901234567890", BoletoError::Length { found: 51 }),
        ("3419116560000009990O906410100001234567890123", BoletoError::Character { at: 19 }),
        ("３4191165600000099900906410100001234567890123", BoletoError::Character { at: 0 }),
        ("34181165600000099900906410100001234567890123", BoletoError::Currency),
        ("34192165600000099900906410100001234567890123", BoletoError::GeneralCheckDigit),
        ("00192999900000123460906410100001234567890123", BoletoError::GeneralCheckDigit),
        ("84570000001435900240200240500024384221010811", BoletoError::CheckRule),
        ("84680000001435900240200240500024384221010811", BoletoError::GeneralCheckDigit),
    ] {
        assert_eq!(BarCode::parse(text), Err(error), "{text}");
    }
}

#[test]
fn what_is_wrong_with_a_line_is_said_precisely() {
    for (text, error) in [
        ("", BoletoError::Empty),
        (VECTORS[0].3, BoletoError::Length { found: 44 }),
        ("341909064610100001238456789012371165600000099900", BoletoError::Length { found: 48 }),
        ("84670000001743590024020902405000243584221010811", BoletoError::Length { found: 47 }),
        ("34190.90646 10100.001238 45678.901237 1 1656000000999O", BoletoError::Character { at: 53 }),
        ("34190906471010000123845678901237116560000009990", BoletoError::FieldCheckDigit { field: 1 }),
        ("34190906461010000123945678901237116560000009990", BoletoError::FieldCheckDigit { field: 2 }),
        ("34190906461010000123845678901238116560000009990", BoletoError::FieldCheckDigit { field: 3 }),
        ("34190906461010000123845678901237216560000009990", BoletoError::GeneralCheckDigit),
        ("00190906461010000123845678901237299990000012346", BoletoError::GeneralCheckDigit),
        ("846700000018435900240209024050002435842210108119", BoletoError::FieldCheckDigit { field: 1 }),
        ("846700000017435900240209024050002435842210108118", BoletoError::FieldCheckDigit { field: 4 }),
        ("845700000017435900240209024050002435842210108119", BoletoError::CheckRule),
    ] {
        assert_eq!(DigitableLine::parse(text), Err(error), "{text}");
    }
}

#[test]
fn what_cannot_be_composed_is_named() {
    let due = Some(date(2026, 12, 10));
    let amount = Cents::new(9990);
    for (bank, due, amount, free_field, error) in [
        ("34", due, amount, FREE_FIELD, BoletoError::Bank),
        ("34A", due, amount, FREE_FIELD, BoletoError::Bank),
        ("841", due, amount, FREE_FIELD, BoletoError::Bank),
        ("341", Some(date(2000, 7, 2)), amount, FREE_FIELD, BoletoError::DueDate),
        ("341", due, Cents::new(-1), FREE_FIELD, BoletoError::Amount),
        ("341", due, Cents::new(MOST_CENTS + 1), FREE_FIELD, BoletoError::Amount),
        ("341", due, amount, "123", BoletoError::FreeField),
        ("341", due, amount, "é90641010000123456789012", BoletoError::FreeField),
    ] {
        assert_eq!(BarCode::compose(bank, due, amount, free_field), Err(error));
    }
}

#[test]
fn debug_shows_neither_code_nor_amount() {
    let bar_code = BarCode::parse(VECTORS[0].3).unwrap();
    assert_eq!(format!("{bar_code:?}"), "BarCode(Bank, bank Some(\"341\"))");
    assert_eq!(format!("{:?}", bar_code.line()), "DigitableLine(Bank, bank Some(\"341\"))");
}

#[test]
fn the_published_words_of_the_kinds_are_snake_case() {
    for (kind, word) in [(BoletoKind::Bank, "\"bank\""), (BoletoKind::Collection, "\"collection\"")] {
        assert_eq!(serde_json::to_string(&kind).unwrap(), word);
        assert_eq!(serde_json::from_str::<BoletoKind>(word).unwrap(), kind);
    }
}

#[test]
fn the_usual_banks_have_their_names() {
    for (code, name) in [("001", "Banco do Brasil"), ("341", "Itaú"), ("748", "Sicredi"), ("756", "Sicoob")] {
        assert_eq!(bank_name(code), Some(name));
    }
    for code in ["", "999", "1", "0341"] {
        assert_eq!(bank_name(code), None, "{code:?}");
    }
}

/// A collection slip with the general digit that its rule asks for.
fn collection(segment: &str, rule: &str, amount: &str, free_field: &str) -> String {
    let front = format!("8{segment}{rule}");
    let back = format!("{amount}{free_field}");
    let check = digits::CollectionRule::of(rule).unwrap().check_digit(&format!("{front}{back}"));
    format!("{front}{check}{back}")
}

fn any_bank_code() -> impl Strategy<Value = BarCode> {
    ("[0-79][0-9]{2}", any_due(), 0..=MOST_CENTS, "[0-9]{25}")
        .prop_map(|(bank, due, cents, free)| BarCode::compose(&bank, due, Cents::new(cents), &free).unwrap())
}

fn any_due() -> impl Strategy<Value = Option<Date>> {
    prop::option::of((0..40_000_i64).prop_map(|days| date(2000, 7, 3).checked_add(days.days()).unwrap()))
}

fn any_collection(rules: &'static str) -> impl Strategy<Value = BarCode> {
    ("[1-79]", rules, "[0-9]{11}", "[0-9]{29}")
        .prop_map(|(segment, rule, amount, free)| collection(&segment, &rule, &amount, &free))
        .prop_map(|code| BarCode::parse(&code).unwrap())
}

/// The text with one digit replaced by one that is `step` further on, 9 being followed by 0.
fn with_digit_moved(text: &str, at: usize, step: u8) -> String {
    let moved = |byte: u8| (byte - b'0' + step) % 10 + b'0';
    let digits = text.bytes().enumerate();
    digits.map(|(index, byte)| char::from(if index == at { moved(byte) } else { byte })).collect()
}

proptest! {
    #[test]
    fn a_composed_code_says_what_it_was_made_of(
        bank in "[0-79][0-9]{2}",
        due in any_due(),
        cents in 0..=MOST_CENTS,
        free in "[0-9]{25}",
        off in -4499..4499_i64,
    ) {
        let bar_code = BarCode::compose(&bank, due, Cents::new(cents), &free).unwrap();
        let near = due.unwrap_or(date(2026, 1, 1)).checked_add(off.days()).unwrap();
        prop_assert_eq!(bar_code.bank(), Some(bank.as_str()));
        prop_assert_eq!(bar_code.due_date(near), due);
        prop_assert_eq!(bar_code.amount(), (cents > 0).then_some(Cents::new(cents)));
        prop_assert_eq!(bar_code.free_field(), Some(free.as_str()));
        prop_assert_eq!(BarCode::parse(bar_code.as_str()), Ok(bar_code));
    }

    #[test]
    fn code_and_line_undo_each_other(bar_code in prop_oneof![any_bank_code(), any_collection("[6-9]")]) {
        let line = bar_code.line();
        prop_assert_eq!(&line.bar_code(), &bar_code);
        prop_assert_eq!(&DigitableLine::parse(line.as_str()), &Ok(line.clone()));
        prop_assert_eq!(&DigitableLine::parse(&line.formatted()), &Ok(line.clone()));
        prop_assert_eq!(line.kind(), bar_code.kind());
    }

    // Mod 11 turns three remainders into the digit 1, so only another general digit is sure to show every change. A
    // first digit that becomes 8 makes a collection slip of the code, which follows another rule.
    #[test]
    fn one_changed_digit_of_a_bank_code_is_seen(bar_code in any_bank_code(), at in 0..44_usize, step in 1..10_u8) {
        let changed = with_digit_moved(bar_code.as_str(), at, step);
        let sure = !changed.starts_with('8') && (at == 3 || at == 4 || !bar_code.as_str()[4..].starts_with('1'));
        prop_assert!(!sure || BarCode::parse(&changed).is_err());
    }

    #[test]
    fn one_changed_digit_of_a_bank_line_is_seen(bar_code in any_bank_code(), at in 0..47_usize, step in 1..10_u8) {
        let line = bar_code.line();
        let sure = at <= 32 || !line.as_str()[32..].starts_with('1');
        prop_assert!(!sure || DigitableLine::parse(&with_digit_moved(line.as_str(), at, step)).is_err());
    }

    // The third digit is left alone: changed, it names another rule.
    #[test]
    fn one_changed_digit_of_a_mod_10_collection_is_seen(
        bar_code in any_collection("[67]"), at in 3..48_usize, step in 1..10_u8,
    ) {
        let line = bar_code.line();
        prop_assert!(DigitableLine::parse(&with_digit_moved(line.as_str(), at, step)).is_err());
        if at < 44 {
            prop_assert!(BarCode::parse(&with_digit_moved(bar_code.as_str(), at, step)).is_err());
        }
    }

    #[test]
    fn any_text_is_read_without_panic(
        text: String,
        near in "[0-9 .\\-]{40,52}",
        slip in "8[0-9]{2}[0-9]{41}([0-9]{3,4})?",
        bank in "\\PC{0,4}",
        free in "\\PC{0,26}",
        cents: i64,
    ) {
        for text in [&text, &near, &slip] {
            if let Ok(bar_code) = BarCode::parse(text) {
                prop_assert_eq!(bar_code.as_str().len(), BAR_CODE_LENGTH);
                prop_assert_eq!(bar_code.line().bar_code(), bar_code);
            }
            if let Ok(line) = DigitableLine::parse(text) {
                prop_assert_eq!(line.bar_code().line(), line);
            }
            let _ = bank_name(text);
        }
        let _ = BarCode::compose(&bank, None, Cents::new(cents), &free);
    }
}
