//! QR codes drawn by us from the Pix text, so that no picture of the vendor is trusted.

use bytes::Bytes;
use ponte_domain::Failure;
use qrcode::{Color, EcLevel, QrCode};

/// Blank modules around the code (ISO/IEC 18004 asks for four).
const QUIET: usize = 4;
/// Pixels of a module in the PNG: a usual Pix code becomes some 500 pixels wide.
const MODULE: usize = 8;

/// The drawn code: `dark(x, y)` with the quiet zone counted in.
struct Drawing {
    code: Vec<Color>,
    width: usize,
}

impl Drawing {
    fn of(text: &str) -> Result<Self, Failure> {
        // Level M: what the central bank's manual of the Pix initiation standards asks for at least.
        let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M)
            .map_err(|error| Failure::internal("The Pix text does not fit into a QR code.").because(error))?;
        Ok(Self { width: code.width(), code: code.into_colors() })
    }

    const fn side(&self) -> usize {
        self.width + 2 * QUIET
    }

    fn dark(&self, x: usize, y: usize) -> bool {
        let at = |value: usize| value.checked_sub(QUIET).filter(|value| *value < self.width);
        match (at(x), at(y)) {
            (Some(x), Some(y)) => self.code.get(y * self.width + x) == Some(&Color::Dark),
            _ => false,
        }
    }
}

/// SVG without any script or outside reference, one unit a module.
///
/// # Errors
/// `Internal` when the text does not fit.
pub(crate) fn svg(text: &str) -> Result<Bytes, Failure> {
    use std::fmt::Write as _;
    let drawing = Drawing::of(text)?;
    let side = drawing.side();
    let mut path = String::with_capacity(side * side * 3);
    for y in 0..side {
        let mut x = 0;
        while x < side {
            let run = (x..side).take_while(|x| drawing.dark(*x, y)).count();
            if run > 0 {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
            }
            x += run.max(1);
        }
    }
    Ok(Bytes::from(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"{pixels}\" height=\"{pixels}\" \
         shape-rendering=\"crispEdges\" role=\"img\"><title>Pix</title><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path fill=\"#000\" d=\"{path}\"/></svg>\n",
        pixels = side * MODULE
    )))
}

/// PNG in black and white.
///
/// # Errors
/// `Internal` when the text does not fit.
pub(crate) fn png(text: &str) -> Result<Bytes, Failure> {
    let drawing = Drawing::of(text)?;
    let pixels = drawing.side() * MODULE;
    let mut rows = Vec::with_capacity(pixels * pixels.div_ceil(8));
    for y in 0..drawing.side() {
        let mut row = vec![0xff_u8; pixels.div_ceil(8)];
        for x in (0..drawing.side()).filter(|x| drawing.dark(*x, y)) {
            // A module is eight pixels wide: exactly one byte of one-bit pixels.
            if let Some(byte) = row.get_mut(x) {
                *byte = 0;
            }
        }
        for _ in 0..MODULE {
            rows.extend_from_slice(&row);
        }
    }
    encode(pixels, &rows).map_err(|error| Failure::internal("The QR code could not be written as PNG.").because(error))
}

fn encode(pixels: usize, rows: &[u8]) -> Result<Bytes, png::EncodingError> {
    let mut file = Vec::new();
    let side = u32::try_from(pixels).unwrap_or(u32::MAX);
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(rows)?;
    writer.finish()?;
    Ok(Bytes::from(file))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::{MODULE, svg};

    /// The sample of the central bank.
    const PIX: &str = "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D";

    /// What a reader that shares nothing with the writer reads.
    fn read(side: usize, dark: impl FnMut(usize, usize) -> bool) -> String {
        let mut dark = dark;
        let grey = |x, y| if dark(x, y) { 0 } else { 255 };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, grey);
        let codes = picture.detect_grids();
        assert_eq!(codes.len(), 1);
        codes[0].decode().unwrap().1
    }

    fn pixels(file: &[u8]) -> (usize, Vec<u8>) {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut grey = vec![0; reader.output_buffer_size().unwrap()];
        let side = reader.next_frame(&mut grey).unwrap().width;
        (side as usize, grey)
    }

    #[test]
    fn the_png_reads_back_as_the_text() {
        let (side, grey) = pixels(&super::png(PIX).unwrap());
        assert_eq!(read(side, |x, y| grey[y * side + x] == 0), PIX);
    }

    #[test]
    fn the_svg_draws_the_same_modules_as_the_png() {
        let svg = String::from_utf8(svg(PIX).unwrap().to_vec()).unwrap();
        let (side, grey) = pixels(&super::png(PIX).unwrap());
        let modules = side / MODULE;
        let mut drawn = vec![false; modules * modules];
        let path = svg.split("fill=\"#000\" d=\"").nth(1).unwrap().split('"').next().unwrap();
        for run in path.split_terminator('z') {
            let (from, rest) = run.strip_prefix('M').unwrap().split_once('h').unwrap();
            let (x, y) = from.split_once(' ').unwrap();
            let (length, back) = rest.split_once("v1h-").unwrap();
            assert_eq!(length, back);
            let start = y.parse::<usize>().unwrap() * modules + x.parse::<usize>().unwrap();
            drawn[start..start + length.parse::<usize>().unwrap()].fill(true);
        }
        for (at, dark) in drawn.iter().enumerate() {
            let (x, y) = (at % modules * MODULE, at / modules * MODULE);
            assert_eq!(*dark, grey[y * side + x] == 0, "module {at}");
        }
        assert!(!svg.contains("script") && !svg.contains("href"));
    }

    #[test]
    fn the_longest_pix_text_fits_and_a_longer_one_is_our_fault() {
        assert!(super::png(&"A".repeat(512)).is_ok());
        assert_eq!(svg(&"A".repeat(5_000)).unwrap_err().kind(), ponte_domain::FailureKind::Internal);
    }
}
