//! A line rate with its unit.

/// `300M`, `102400k`, `1G` in Mbit/s; none where there is no rate or no unit that tells its size.
///
/// Rates in `k` are written both ways: multiples of 1024 mean binary megabits (`102400k` is the plan of 100 Mbit/s),
/// the others decimal ones (`300000k`). A bare number is bits per second, as RADIUS writes it.
pub(crate) fn mbps(text: &str) -> Option<f64> {
    let text = text.trim();
    let unit = text.chars().next_back()?.to_ascii_lowercase();
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c.is_whitespace());
    let value: f64 = number.trim().parse().ok().filter(|value: &f64| value.is_finite() && *value > 0.0)?;
    match unit {
        'g' => Some(value * 1000.0),
        'm' => Some(value),
        'k' if value % 1024.0 == 0.0 => Some(value / 1024.0),
        'k' => Some(value / 1000.0),
        '0'..='9' if value >= 64_000.0 => Some(value / 1_000_000.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::mbps;

    #[test]
    fn a_rate_is_read_with_its_unit() {
        for (text, expected) in [
            ("300M", Some(300.0)),
            ("150 m", Some(150.0)),
            ("102400k", Some(100.0)),
            ("300000K", Some(300.0)),
            ("1G", Some(1000.0)),
            ("2.5M", Some(2.5)),
            ("50000000", Some(50.0)),
            ("300", None),
            ("0M", None),
            ("", None),
            ("M", None),
            ("fast", None),
        ] {
            assert_eq!(mbps(text), expected, "{text:?}");
        }
    }
}
