//! What happened to a ticket: `getsolicitationhistory`, in four shapes (dossier 2.3, 4.i).

use jiff::Timestamp;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::dates::Zone;
use ponte_transport::{Looks, Method, Reply};
use serde::Deserialize;

use crate::call::Call;
use crate::mark::unmarked;
use crate::reading::flag::yes_no;
use crate::reading::prose::cleaned;
use crate::reading::text::Text;
use crate::synsuite::dialect::{Answer, Need, Route, send};
use crate::synsuite::values::instant;

/// What a history tells.
#[derive(Default)]
pub(super) struct Story {
    /// What the customer reported: the first entry that is not the provider's own.
    pub(super) complaint: Option<String>,
    /// When the last entry was made: of a closed ticket, its closing.
    pub(super) last_at: Option<Timestamp>,
    /// Marks of Ponte's, wherever they stand.
    pub(super) marks: Vec<String>,
}

/// The history of a ticket. Whose it is must be known before: ids are global.
pub(super) async fn of(call: &Call<'_>, capability: Capability, assignment: &str) -> Result<Story, Failure> {
    let route = Route::of(Method::Get, "getsolicitationhistory", Need::Optional(capability));
    let zone = &call.tenant.settings.zone;
    send(call, route, |route| route.read().query("assignmentId", assignment), |reply| read(reply, zone)).await
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct Entry<'a> {
    id: Text<'a>,
    description: Text<'a>,
    beginning_date: Text<'a>,
    final_date: Text<'a>,
    private: Text<'a>,
}

/// A bare array, `{response:[]}`, `{response:{data:[]}}` or `{data:[]}`.
fn read(reply: &Reply, zone: &Zone) -> Result<Story, Failure> {
    let bare = reply.looks_like() == Looks::Json && reply.text().trim_start().starts_with('[');
    let entries: Vec<Entry<'_>> = if bare { reply.json()? } else { Answer::of(reply)?.listing()? };
    tell(entries, zone)
}

fn tell(entries: Vec<Entry<'_>>, zone: &Zone) -> Result<Story, Failure> {
    let mut dated = Vec::with_capacity(entries.len());
    for entry in entries {
        let begun = instant(&entry.beginning_date, "beginningDate", zone)?;
        let ended = instant(&entry.final_date, "finalDate", zone)?;
        let id: u64 = entry.id.as_str().parse().unwrap_or(0);
        dated.push((begun.or(ended), id, ended.max(begun), entry));
    }
    dated.sort_by_key(|(begun, id, _, _)| (*begun, *id));
    let mut story = Story::default();
    for (_, _, at, entry) in &dated {
        let (text, mark) = unmarked(entry.description.as_str());
        story.marks.extend(mark.map(str::to_owned));
        story.last_at = story.last_at.max(*at);
        if story.complaint.is_none() && yes_no(entry.private.as_str()) != Some(true) {
            story.complaint = cleaned(&text);
        }
    }
    Ok(story)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::dates::Zone;
    use ponte_transport::Reply;

    use super::{Story, read};

    fn story(body: &str) -> Story {
        read(&Reply::new(200, None, body.to_owned()), &Zone::default()).unwrap()
    }

    const ENTRIES: &str = r#"[
        {"id":12,"description":"Técnico a caminho","beginningDate":"2026-11-18T10:00:00","private":false},
        {"id":11,"description":"cliente nervoso","beginningDate":"2026-11-17T08:00:00","private":true},
        {"id":10,"description":"Sem conexão\n\n[Ponte AB12CD34EF]","beginningDate":"2026-11-17T08:30:00","finalDate":"2026-11-17T08:30:00","private":false}]"#;

    #[test]
    fn four_shapes_tell_the_same() {
        for body in [
            ENTRIES.to_owned(),
            format!(r#"{{"success":true,"messages":null,"response":{ENTRIES}}}"#),
            format!(r#"{{"success":true,"messages":null,"response":{{"data":{ENTRIES}}}}}"#),
            format!(r#"{{"data":{ENTRIES}}}"#),
        ] {
            let story = story(&body);
            assert_eq!(story.complaint.as_deref(), Some("Sem conexão"), "private entries are hidden: {body}");
            assert_eq!(story.last_at.unwrap().to_string(), "2026-11-18T13:00:00Z");
            assert_eq!(story.marks, ["AB12CD34EF"]);
        }
    }

    #[test]
    fn an_empty_history_tells_nothing() {
        for body in [
            "[]",
            r#"{"response":[]}"#,
            r#"{"data":[]}"#,
            r#"{"success":true,"messages":"Registro não encontrado.","response":null}"#,
        ] {
            let story = story(body);
            assert!(story.complaint.is_none() && story.last_at.is_none() && story.marks.is_empty(), "{body}");
        }
    }

    #[test]
    fn anything_else_is_broken() {
        for body in ["", "<html>", "[1]", r#"{"response":"x"}"#, r#"[{"beginningDate":"ontem"}]"#] {
            assert!(read(&Reply::new(200, None, body.to_owned()), &Zone::default()).is_err(), "{body}");
        }
    }
}
