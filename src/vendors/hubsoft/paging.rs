//! Lists that have a limit and nothing else: no total, no offset, and what is beyond the limit is cut in silence
//! (dossier 2.4). A list that is as long as its limit is asked for again from the last row's date on.

use std::collections::HashSet;

use jiff::civil::{Date, date};
use ponte_domain::Failure;

/// The most rows that these routes give.
pub(super) const MOST_ROWS: usize = 50;
/// An end that no invoice and no ticket lies behind; a range needs both ends.
pub(super) const FAR: Date = date(2099, 12, 31);
/// A beginning that none lies before.
pub(super) const LONG_AGO: Date = date(2000, 1, 1);
/// Questions after which a list is given up: a thousand rows of one customer are a vendor that ignores the range.
const MOST_PAGES: usize = 20;

/// The whole list, each row once. `page` asks from a day on (or up to it, for a list that is sorted the other way);
/// rows that are not the customer's come as `None` and count for the limit only.
///
/// # Errors
/// What `page` says; a list that does not move on, since a part must not pass for the whole.
pub(super) async fn whole<T, F>(
    page: impl Fn(Option<Date>) -> F,
    id: impl Fn(&T) -> &str,
    day: impl Fn(&T) -> Option<Date>,
) -> Result<Vec<T>, Failure>
where
    F: Future<Output = Result<Vec<Option<T>>, Failure>>,
{
    let mut seen: HashSet<String> = HashSet::new();
    let mut all: Vec<T> = Vec::new();
    let mut from = None;
    for _ in 0..MOST_PAGES {
        let rows = page(from).await?;
        let complete = rows.len() < MOST_ROWS;
        let days: Vec<Date> = rows.iter().flatten().filter_map(&day).collect();
        let next = days.last().copied();
        let before = all.len();
        all.extend(rows.into_iter().flatten().filter(|row| seen.insert(id(row).to_owned())));
        if complete {
            return Ok(all);
        }
        // Rows out of order have others between them that the next question would not reach.
        let sorted = days.is_sorted() || days.is_sorted_by(|one, other| one >= other);
        // No new row, or the same day again, would go on for ever.
        if !sorted || all.len() == before || next.is_none() || next == from {
            break;
        }
        from = next;
    }
    Err(Failure::broken("The ERP's list is cut at its limit and cannot be read to its end."))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::{Date, date};
    use ponte_domain::{Failure, FailureKind};

    use super::{MOST_ROWS, whole};

    fn row(number: usize) -> (String, Date) {
        // Two rows a day.
        (number.to_string(), date(2026, 1, 1).checked_add(jiff::Span::new().days(number as i64 / 2)).unwrap())
    }

    async fn read(rows: usize, honest: bool) -> Result<Vec<(String, Date)>, Failure> {
        whole(
            |from: Option<Date>| async move {
                let from = from.filter(|_| honest);
                let fits = (0..rows).map(row).filter(|(_, day)| from.is_none_or(|from| *day >= from));
                Ok(fits.take(MOST_ROWS).map(Some).collect())
            },
            |row: &(String, Date)| &row.0,
            |row| Some(row.1),
        )
        .await
    }

    #[tokio::test]
    async fn a_full_page_is_asked_on_until_the_list_is_whole() {
        for rows in [0, 49, 50, 51, 173] {
            assert_eq!(read(rows, true).await.unwrap().len(), rows, "{rows}");
        }
    }

    #[tokio::test]
    async fn a_full_page_out_of_order_is_no_list() {
        let read = whole(
            |_| async { Ok((0..MOST_ROWS).map(|number| Some(row(number * 7 % MOST_ROWS))).collect()) },
            |row: &(String, Date)| &row.0,
            |row| Some(row.1),
        );
        assert_eq!(read.await.unwrap_err().kind(), FailureKind::BrokenAnswer);
    }

    #[tokio::test]
    async fn a_list_that_does_not_move_on_is_no_list() {
        assert_eq!(read(120, false).await.unwrap_err().kind(), FailureKind::BrokenAnswer);
        assert_eq!(read(49, false).await.unwrap().len(), 49);
    }
}
