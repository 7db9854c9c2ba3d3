//! The newest session of a login, where the login itself does not say whether it is online (dossier 4.h).
//!
//! A grid of cells by position: id, login, MAC, address, concentrator, interface, start, stop or nothing.

use ponte_domain::Failure;
use ponte_domain::contract::Online;
use ponte_domain::known::Known;
use serde::Deserialize;

use super::CAPABILITY;
use crate::call::Call;
use crate::ixc::dialect::{Answer, Need, Order, Query, rows};
use crate::reading::date;
use crate::reading::rows::Rows;
use crate::reading::text::Text;

const LOGIN: usize = 1;
const START: usize = 6;
const STOP: usize = 7;

/// Whether the newest session is open; none where there is no list, no session or no answer.
pub(super) async fn online(call: &Call<'_>, login: &str) -> Option<Known<Online>> {
    let query = Query::equals("radacct", "username", login).sorted("radacctid", Order::Descending).at_most(1);
    let found = rows(call, Need::Optional(CAPABILITY), query, |answer| read(answer, login)).await;
    found.ok()?.into_iter().flatten().next()
}

fn read(answer: &Answer<'_>, login: &str) -> Result<crate::ixc::dialect::Page<Option<Known<Online>>>, Failure> {
    answer.page::<Session<'_>>()?.read(|session| Ok(session.online(login)))
}

#[derive(Deserialize)]
struct Session<'a> {
    #[serde(default, borrow)]
    cell: Rows<Text<'a>>,
}

impl Session<'_> {
    fn online(&self, login: &str) -> Option<Known<Online>> {
        let cells = &self.cell.0;
        if cells.get(LOGIN)?.as_str() != login || date::br_datetime(cells.get(START)?).is_none() {
            return None;
        }
        let value = match cells.get(STOP)?.filled() {
            None => Online::Online,
            Some(_) => Online::Offline,
        };
        Some(Known::without_word(value))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::capability::Capability;
    use ponte_domain::contract::Online;
    use ponte_transport::Reply;

    use super::read;
    use crate::ixc::dialect::Answer;

    fn online(cells: &str) -> Option<Online> {
        let reply = Reply::new(
            200,
            None,
            format!(r#"{{"page":"1","rows":[{{"id":"1","cell":[{cells}]}}],"total":1,"tot":[]}}"#),
        );
        let answer = Answer::of(&reply, Capability::Diagnostics).unwrap();
        read(&answer, "ana").unwrap().rows.remove(0).map(|known| known.value)
    }

    #[test]
    fn a_session_without_an_end_is_open() {
        assert_eq!(
            online(r#""1","ana","AA","100.64.1.1","192.0.2.6","PPPoE_1","19/03/2026 08:11:02","","504002""#),
            Some(Online::Online)
        );
        assert_eq!(
            online(r#""1","ana","","","","","19/03/2026 08:11:02","19/03/2026 09:00:00""#),
            Some(Online::Offline)
        );
        assert_eq!(online(r#""1","ana","","","","","19/03/2026 08:11:02",null"#), Some(Online::Online));
        assert_eq!(online(r#""1","bruno","","","","","19/03/2026 08:11:02","""#), None, "another login's session");
        assert_eq!(online(r#""1","ana","","","","","not a date","""#), None);
        assert_eq!(online(r#""1","ana""#), None);
    }
}
