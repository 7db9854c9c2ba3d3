//! The speed in a service's title (dossier 4.b): the API has no field for it.

use crate::reading::prose::fold;

/// Mbit/s: `Fibra 300 Mega`, `500MB`, `1 GB Full`, `Fibra 1 Giga`; none where no number has such a unit.
pub(super) fn mbps(title: &str) -> Option<f64> {
    let folded = fold(title);
    let words: Vec<&str> =
        folded.split(|c: char| c.is_whitespace() || matches!(c, '/' | '(' | ')' | '-' | '_')).collect();
    words.iter().enumerate().find_map(|(at, word)| {
        let end = word.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(word.len());
        let (number, unit) = word.split_at_checked(end)?;
        let value: f64 = number.replace(',', ".").parse().ok().filter(|value: &f64| *value > 0.0)?;
        let factor =
            if unit.is_empty() { factor(words.get(at + 1)?, Beside::Apart) } else { factor(unit, Beside::Joined) };
        Some(value * factor?)
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Joined,
    Apart,
}

fn factor(unit: &str, beside: Beside) -> Option<f64> {
    match unit.trim_end_matches(['.', ',']) {
        "mega" | "megas" | "mb" | "mbs" | "mbps" | "mbit" | "mbits" | "megabits" => Some(1.0),
        "giga" | "gigas" | "gb" | "gbs" | "gbps" | "gbit" | "gbits" => Some(1000.0),
        "m" if beside == Beside::Joined => Some(1.0),
        "g" if beside == Beside::Joined => Some(1000.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::mbps;

    #[test]
    fn a_number_with_a_unit_is_a_speed() {
        for (title, expected) in [
            ("Fibra 300 Mega", Some(300.0)),
            ("FIBRA 300 MEGA", Some(300.0)),
            ("1 GB Full", Some(1000.0)),
            ("Fibra 1 Giga", Some(1000.0)),
            ("Turbo 500MB + Voz", Some(500.0)),
            ("Plano 700M", Some(700.0)),
            ("Fibra 1,5 Giga", Some(1500.0)),
            ("Combo 2 linhas 100 Mbps", Some(100.0)),
            ("Link Dedicado 200", None),
            ("Plano Ouro", None),
            ("3 m de cabo", None),
            ("0 Mega", None),
            ("", None),
        ] {
            assert_eq!(mbps(title), expected, "{title}");
        }
    }
}
