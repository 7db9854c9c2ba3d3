//! The bars of a boleto: interleaved 2 of 5, as the bank federation prescribes.

/// Height of the bars: 13 mm in points.
pub(super) const HEIGHT: f32 = 36.85;
/// A narrow bar; 405 of them for 44 digits come to 103 mm.
const NARROW: f32 = 0.72;
const WIDE: f32 = 3.0 * NARROW;

/// The two wide ones of five, for each digit.
const DIGITS: [[bool; 5]; 10] = [
    [false, false, true, true, false],
    [true, false, false, false, true],
    [false, true, false, false, true],
    [true, true, false, false, false],
    [false, false, true, false, true],
    [true, false, true, false, false],
    [false, true, true, false, false],
    [false, false, false, true, true],
    [true, false, false, true, false],
    [false, true, false, true, false],
];

/// A dark bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bar {
    /// From the left edge of the first one.
    pub(super) left: f32,
    pub(super) width: f32,
}

/// The bars of an even number of digits; none of them for any other text.
pub(super) fn interleaved(code: &str) -> Vec<Bar> {
    let digits: Vec<[bool; 5]> = code
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .filter_map(|digit| DIGITS.get(digit as usize).copied())
        .collect();
    if digits.len() != code.len() || !digits.len().is_multiple_of(2) {
        return Vec::new();
    }
    // Start: four narrow; the pairs: bars of the first digit between spaces of the second;
    // stop: wide, narrow, narrow.
    let mut wides = vec![false; 4];
    for pair in digits.chunks_exact(2) {
        if let [dark, light] = pair {
            wides.extend(dark.iter().zip(light).flat_map(|(dark, light)| [*dark, *light]));
        }
    }
    wides.extend([true, false, false]);
    let mut left = 0.0;
    let mut bars = Vec::new();
    for (at, wide) in wides.into_iter().enumerate() {
        let width = if wide { WIDE } else { NARROW };
        if at % 2 == 0 {
            bars.push(Bar { left, width });
        }
        left += width;
    }
    bars
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn two_digits_interleave() {
        // 1 dark: wide narrow narrow narrow wide; 2 light: narrow wide narrow narrow wide.
        let widths: Vec<bool> = interleaved("12").iter().map(|bar| bar.width > 1.0).collect();
        assert_eq!(widths, [false, false, true, false, false, false, true, true, false]);
        assert!(interleaved("123").is_empty());
        assert!(interleaved("1a").is_empty());
    }

    #[test]
    fn forty_four_digits_are_103_millimetres() {
        let bars = interleaved(&"0".repeat(44));
        let last = bars.last().unwrap();
        let millimetres = (last.left + last.width) / 72.0 * 25.4;
        assert!((102.0..104.0).contains(&millimetres), "{millimetres}");
    }
}
