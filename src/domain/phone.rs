//! Brazilian phone numbers: one canonical form, both WhatsApp forms, masked when shown.

use std::fmt;

/// The 67 area codes (DDD) in use, from Anatel's national numbering plan.
const AREA_CODES: [u8; 67] = [
    11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 24, 27, 28, 31, 32, 33, 34, 35, 37, 38, 41, 42, 43, 44, 45, 46, 47, 48,
    49, 51, 53, 54, 55, 61, 62, 63, 64, 65, 66, 67, 68, 69, 71, 73, 74, 75, 77, 79, 81, 82, 83, 84, 85, 86, 87, 88, 89,
    91, 92, 93, 94, 95, 96, 97, 98, 99,
];

/// The digit that mobiles got in front between 2012 and 2016, as a value of a nine-digit number.
const LEADING_NINE: u32 = 900_000_000;
/// Brazil's country code.
const COUNTRY: &str = "55";

/// A Brazilian landline or mobile with its area code; the leading 9 of a mobile is always there.
///
/// It is personal data: `Debug` prints the masked form, and there is no `Display` and no `Serialize`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Phone {
    ddd: u8,
    /// Nine digits of a mobile (first 9) or eight of a landline (first 2 to 5).
    subscriber: u32,
}

/// Why a text is not a Brazilian phone number. No variant carries the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PhoneError {
    /// Nothing but blanks and punctuation.
    #[error("the phone number is empty")]
    Empty,
    /// Eight or nine digits: a number, but of which area?
    #[error("the phone number has no area code")]
    NoAreaCode,
    /// The first two digits are no area code.
    #[error("{ddd:02} is not a Brazilian area code")]
    UnknownAreaCode {
        /// What stands where the area code belongs.
        ddd: u8,
    },
    /// Too few or too many digits.
    #[error("a phone number has an area code and 8 or 9 digits, found {found} digits")]
    Length {
        /// Digits found, country code and leading zeros included.
        found: usize,
    },
    /// Neither a mobile (first digit 9, or 6 to 9 in the old form) nor a landline (first digit 2 to 5).
    #[error("the number after the area code is neither a mobile nor a landline")]
    Subscriber,
    /// Another country's number.
    #[error("the phone number is not Brazilian")]
    NotBrazilian,
    /// A character that no phone number holds.
    #[error("the character at position {at} does not belong into a phone number")]
    Character {
        /// Its position in the given text, counted in characters from 0.
        at: usize,
    },
}

impl Phone {
    /// Reads a number with or without punctuation, leading zero and country code: `+55 (54) 98123-4567`,
    /// `054981234567`, `555481234567`. A mobile in the old form without its 9 gets the 9 back.
    ///
    /// # Errors
    /// A number without area code is an error, never a guess.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let (international, digits, found) = digits_of(text)?;
        let national = national_part(international, &digits, found)?;
        let (ddd, subscriber) = national.split_at_checked(2).ok_or(PhoneError::NoAreaCode)?;
        let ddd = ddd.parse().map_err(|_| PhoneError::Length { found })?;
        let length = subscriber.len();
        let subscriber = subscriber.parse().map_err(|_| PhoneError::Length { found })?;
        if !AREA_CODES.contains(&ddd) {
            return Err(PhoneError::UnknownAreaCode { ddd });
        }
        let subscriber = canonical(subscriber, length).ok_or(PhoneError::Subscriber)?;
        Ok(Self { ddd, subscriber })
    }

    /// `+5554981234567`.
    pub fn e164(&self) -> String {
        format!("+{}", self.digits())
    }

    /// `5554981234567`: E.164 without the plus, as WhatsApp writes it.
    pub fn digits(&self) -> String {
        format!("{COUNTRY}{:02}{:08}", self.ddd, self.subscriber)
    }

    /// `(54) 98123-4567`, `(41) 3333-0002`.
    pub fn national(&self) -> String {
        format!("({:02}) {:04}-{:04}", self.ddd, self.subscriber / 10_000, self.subscriber % 10_000)
    }

    /// Safe to show: `(54) *****-4567`, `(41) ****-0002`.
    pub fn masked(&self) -> String {
        let hidden = if self.is_mobile() { "*****" } else { "****" };
        format!("({:02}) {hidden}-{:04}", self.ddd, self.subscriber % 10_000)
    }

    /// The ids under which WhatsApp may know this number, the present form first.
    ///
    /// Mobiles registered before their area got the leading 9 keep the old id. Only numbers that began with 6 to 9 were
    /// mobiles then; for the others the shorter form is somebody else's landline, so it is not listed.
    pub fn whatsapp_forms(&self) -> Vec<String> {
        let mut forms = vec![self.digits()];
        let old = self.subscriber.wrapping_sub(LEADING_NINE);
        if self.is_mobile() && is_old_mobile(old) {
            forms.push(format!("{COUNTRY}{:02}{old:08}", self.ddd));
        }
        forms
    }

    /// Whether both numbers reach the same subscriber: equal with area code and restored 9, never by the last digits.
    pub fn same_subscriber(&self, other: &Phone) -> bool {
        self == other
    }

    /// The two-digit area code.
    pub fn ddd(&self) -> u8 {
        self.ddd
    }

    /// Whether it is a mobile, so that it can have WhatsApp or a text message.
    pub fn is_mobile(&self) -> bool {
        self.subscriber >= LEADING_NINE
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

/// Longest text worth keeping: `00`, country code, a trunk zero, area code, nine digits.
const MOST_DIGITS: usize = 16;

/// Whether the text begins with a plus, its digits (no more than are worth reading) and how many there were.
fn digits_of(text: &str) -> Result<(bool, String, usize), PhoneError> {
    let mut international = false;
    let mut digits = String::with_capacity(MOST_DIGITS);
    let mut found = 0;
    for (at, character) in text.chars().enumerate() {
        if character == '+' && found == 0 && !international {
            international = true;
        } else if character.is_ascii_digit() {
            found += 1;
            if found <= MOST_DIGITS {
                digits.push(character);
            }
        } else if !is_separator(character) {
            return Err(PhoneError::Character { at });
        }
    }
    match found {
        0 => Err(PhoneError::Empty),
        1..=MOST_DIGITS => Ok((international, digits, found)),
        _ => Err(PhoneError::Length { found }),
    }
}

/// Area code and number, without country code and leading zeros. Ten or eleven digits without a plus are national even
/// when they begin with 55, which is also an area code (Santa Maria).
fn national_part(international: bool, digits: &str, found: usize) -> Result<&str, PhoneError> {
    let dialled_abroad = digits.strip_prefix("00");
    let national = if international || dialled_abroad.is_some() {
        dialled_abroad.unwrap_or(digits).strip_prefix(COUNTRY).ok_or(PhoneError::NotBrazilian)?
    } else {
        let dialled = without_trunk_zero(digits);
        match dialled.len() {
            12.. => dialled.strip_prefix(COUNTRY).ok_or(foreign_or_long(dialled, found))?,
            _ => dialled,
        }
    };
    let national = without_trunk_zero(national);
    match national.len() {
        10 | 11 => Ok(national),
        8 | 9 => Err(PhoneError::NoAreaCode),
        _ => Err(PhoneError::Length { found }),
    }
}

/// E.164 numbers have at most 15 digits; what is longer is no country's number.
fn foreign_or_long(digits: &str, found: usize) -> PhoneError {
    if digits.len() <= 15 { PhoneError::NotBrazilian } else { PhoneError::Length { found } }
}

fn without_trunk_zero(digits: &str) -> &str {
    digits.strip_prefix('0').unwrap_or(digits)
}

/// The number as dialled today, out of its value and its count of digits; none where it cannot be a subscriber's.
fn canonical(subscriber: u32, length: usize) -> Option<u32> {
    match length {
        9 if subscriber >= LEADING_NINE => Some(subscriber),
        8 if is_old_mobile(subscriber) => Some(LEADING_NINE + subscriber),
        8 if (20_000_000..60_000_000).contains(&subscriber) => Some(subscriber),
        _ => None,
    }
}

fn is_old_mobile(subscriber: u32) -> bool {
    (60_000_000..100_000_000).contains(&subscriber)
}

/// Punctuation, blanks, and the invisible direction marks and hyphens that come along when a contact is copied out of
/// a messenger.
fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '.' | '-' | '/' | '(' | ')')
        || matches!(character, '\u{2010}'..='\u{2015}')
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_usual_spelling_is_the_same_number() {
        for text in [
            "+55 (54) 98123-4567",
            "+5554981234567",
            "5554981234567",
            "55 54 98123 4567",
            "54981234567",
            "(54) 98123-4567",
            "054981234567",
            "0 54 98123.4567",
            "+55 (054) 98123-4567",
            "55054981234567",
            "005554981234567",
            "(54) 8123-4567",
            "5481234567",
            "05481234567",
            "555481234567",
            "+55 54 8123-4567",
            "\u{202a}+55 54 98123\u{2011}4567\u{202c}",
            "\u{a0}54 98123-4567\t",
        ] {
            let phone = Phone::parse(text).unwrap();
            assert_eq!(phone.e164(), "+5554981234567", "{text}");
        }
    }

    #[test]
    fn the_sandbox_people_have_valid_phones() {
        for (text, digits, mobile) in [
            ("(11) 98765-4321", "5511987654321", true),
            ("(54) 98123-4567", "5554981234567", true),
            ("(21) 99876-5432", "5521998765432", true),
            ("(41) 99123-0001", "5541991230001", true),
            ("(41) 3333-0002", "554133330002", false),
            ("(11) 3333-4444", "551133334444", false),
            ("(31) 98888-7777", "5531988887777", true),
            ("(71) 97777-6666", "5571977776666", true),
        ] {
            let phone = Phone::parse(text).unwrap();
            assert_eq!(phone.digits(), digits);
            assert_eq!(phone.national(), text);
            assert_eq!(phone.is_mobile(), mobile, "{text}");
        }
    }

    #[test]
    fn both_whatsapp_forms_are_one_subscriber() {
        let new = Phone::parse("5554981234567").unwrap();
        let old = Phone::parse("555481234567").unwrap();
        assert!(new.same_subscriber(&old));
        assert_eq!(old.whatsapp_forms(), ["5554981234567", "555481234567"]);
        assert_eq!(new.whatsapp_forms(), old.whatsapp_forms());
    }

    #[test]
    fn a_landline_and_a_mobile_that_never_had_eight_digits_have_one_form() {
        assert_eq!(Phone::parse("(41) 3333-0002").unwrap().whatsapp_forms(), ["554133330002"]);
        assert_eq!(Phone::parse("(11) 94123-4567").unwrap().whatsapp_forms(), ["5511941234567"]);
    }

    #[test]
    fn the_same_last_digits_in_another_area_are_somebody_else() {
        let here = Phone::parse("(54) 98123-4567").unwrap();
        for other in ["(51) 98123-4567", "(11) 98123-4567", "(54) 99123-4567"] {
            assert!(!here.same_subscriber(&Phone::parse(other).unwrap()), "{other}");
        }
    }

    #[test]
    fn area_code_55_is_not_taken_for_the_country() {
        for text in ["55981234567", "(55) 98123-4567", "5581234567", "+55 55 98123-4567", "555581234567"] {
            let phone = Phone::parse(text).unwrap();
            assert_eq!((phone.ddd(), phone.digits().as_str()), (55, "5555981234567"), "{text}");
        }
        assert_eq!(Phone::parse("+55 98123-4567"), Err(PhoneError::NoAreaCode));
    }

    #[test]
    fn what_is_wrong_is_said_precisely() {
        for (text, error) in [
            ("", PhoneError::Empty),
            ("+ ()-", PhoneError::Empty),
            ("98123-4567", PhoneError::NoAreaCode),
            ("8123-4567", PhoneError::NoAreaCode),
            ("0 98123-4567", PhoneError::NoAreaCode),
            ("(20) 98123-4567", PhoneError::UnknownAreaCode { ddd: 20 }),
            ("0800 123 4567", PhoneError::UnknownAreaCode { ddd: 80 }),
            ("190", PhoneError::Length { found: 3 }),
            ("+55", PhoneError::Length { found: 2 }),
            ("5554", PhoneError::Length { found: 4 }),
            ("55549812345678", PhoneError::Length { found: 14 }),
            ("12345678901234567890", PhoneError::Length { found: 20 }),
            ("(54) 1123-4567", PhoneError::Subscriber),
            ("(54) 0123-4567", PhoneError::Subscriber),
            ("(54) 88123-4567", PhoneError::Subscriber),
            ("+1 202 555 0123", PhoneError::NotBrazilian),
            ("0054 11 4321 5678", PhoneError::NotBrazilian),
            ("5491143215678", PhoneError::NotBrazilian),
            ("54 98123-4567 ramal 2", PhoneError::Character { at: 14 }),
            ("54+981234567", PhoneError::Character { at: 2 }),
            ("++5554981234567", PhoneError::Character { at: 1 }),
            ("５4 98123-4567", PhoneError::Character { at: 0 }),
        ] {
            assert_eq!(Phone::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn exactly_the_67_area_codes_are_known() {
        let known: Vec<u8> = (10..100).filter(|ddd| Phone::parse(&format!("{ddd:02}98123-4567")).is_ok()).collect();
        assert_eq!(known, AREA_CODES);
        for unused in [10, 20, 23, 25, 26, 29, 30, 36, 39, 40, 50, 52, 56, 60, 70, 72, 76, 78, 80, 90] {
            assert!(!known.contains(&unused), "{unused}");
        }
    }

    #[test]
    fn the_mask_leaves_area_code_and_last_four_digits_in_debug_too() {
        for (text, masked) in [("5554981234567", "(54) *****-4567"), ("4133330002", "(41) ****-0002")] {
            let phone = Phone::parse(text).unwrap();
            assert_eq!(phone.masked(), masked);
            assert_eq!(format!("{phone:?}"), format!("Phone({masked})"));
        }
    }

    fn any_phone() -> impl Strategy<Value = String> {
        let subscriber = prop_oneof!["9[0-9]{8}", "[2-5][0-9]{7}"];
        (prop::sample::select(AREA_CODES.to_vec()), subscriber).prop_map(|(ddd, number)| format!("+55{ddd}{number}"))
    }

    proptest! {
        #[test]
        fn every_form_is_read_back_as_the_same_phone(e164 in any_phone()) {
            let phone = Phone::parse(&e164).unwrap();
            prop_assert_eq!(phone.e164(), e164);
            for form in phone.whatsapp_forms().into_iter().chain([phone.digits(), phone.national()]) {
                prop_assert_eq!(Phone::parse(&form), Ok(phone), "{}", form);
                prop_assert_eq!(Phone::parse(&format!("0{form}")), Ok(phone), "0{}", form);
            }
            prop_assert_eq!(Phone::parse(&phone.masked()).ok(), None);
        }

        #[test]
        fn one_changed_digit_is_another_phone_or_none(e164 in any_phone(), at in 3..12_usize, digit in 0..10_u8) {
            let changed: String = e164
                .chars()
                .enumerate()
                .map(|(index, old)| if index == at { char::from(b'0' + digit) } else { old })
                .collect();
            // A 0 in front of the area code is skipped, as people write it, so that is no changed digit.
            let same = changed == e164 || changed.starts_with("+550");
            let phone = Phone::parse(&e164).unwrap();
            prop_assert!(same || Phone::parse(&changed).map_or(true, |other| !phone.same_subscriber(&other)));
        }

        #[test]
        fn any_text_is_read_without_panic(text: String, near in "\\+?[0-9() .\\-+é]{0,24}") {
            for text in [text, near] {
                if let Ok(phone) = Phone::parse(&text) {
                    prop_assert_eq!(Phone::parse(&phone.e164()), Ok(phone));
                    prop_assert!(AREA_CODES.contains(&phone.ddd()));
                }
            }
        }
    }
}
