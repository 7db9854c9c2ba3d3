//! Tables as CSV for spreadsheets (RFC 4180, UTF-8).

use bytes::Bytes;
use ponte_domain::Failure;

/// A table being written.
pub(crate) struct Table(csv::Writer<Vec<u8>>);

impl Table {
    /// A table with these columns.
    pub(crate) fn new(columns: &[&str]) -> Result<Self, Failure> {
        let mut table = Self(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new()));
        table.0.write_record(columns).map_err(broken)?;
        Ok(table)
    }

    /// One row.
    pub(crate) fn row(&mut self, cells: &[&str]) -> Result<(), Failure> {
        self.0.write_record(cells.iter().map(|cell| inert(cell))).map_err(broken)
    }

    /// The whole.
    pub(crate) fn finish(self) -> Result<Bytes, Failure> {
        self.0.into_inner().map(Bytes::from).map_err(|e| broken(e.into_error()))
    }
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::internal("A table cannot be written.").because(error)
}

/// A cell that a spreadsheet does not take for a formula (OWASP, "CSV injection"): what a customer typed is in there.
fn inert(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Table;

    #[test]
    fn cells_are_quoted_and_formulas_made_inert() {
        let mut table = Table::new(&["name", "comment"]).unwrap();
        table.row(&["Souza, Ana", "disse \"sim\""]).unwrap();
        table.row(&["=cmd()", "+1"]).unwrap();
        let text = String::from_utf8(table.finish().unwrap().to_vec()).unwrap();
        assert_eq!(text, "name,comment\r\n\"Souza, Ana\",\"disse \"\"sim\"\"\"\r\n'=cmd(),'+1\r\n");
    }
}
