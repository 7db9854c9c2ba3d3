//! What a verb says: its result on standard output, everything else beside it on standard error.

use std::io::{ErrorKind, Write as _};

use anyhow::Result;

/// Writes a result and sees that it is out, so that a reader of a pipe has it at once.
///
/// # Errors
/// Standard output is closed or full.
pub(super) fn result(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

/// Writes a line beside the result. Where standard error is closed nobody listens, which is no fault.
pub(super) fn beside(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Whether the reader of the output has gone (`ponte openapi | head`), which ends a verb without being a fault.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let closed = |error: &std::io::Error| error.kind() == ErrorKind::BrokenPipe;
    error.downcast_ref::<std::io::Error>().is_some_and(closed)
}

/// Lines up columns: each as wide as its widest cell, two blanks between, the last as long as it is.
pub(super) fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |one: &str, two: &str| [one.to_owned(), two.to_owned()];
        assert_eq!(columns(&[row("a", "b"), row("ção", "")]), "a    b\nção\n");
    }
}
