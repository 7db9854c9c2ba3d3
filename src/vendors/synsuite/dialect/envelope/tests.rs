//! The envelope in every shape that was seen.

#![allow(clippy::unwrap_used)]

use ponte_domain::FailureKind;
use ponte_transport::Reply;

use super::{Absence, Answer, Said};

fn reply(body: &str) -> Reply {
    Reply::new(200, Some("application/json"), body.to_owned())
}

fn said(body: &str) -> Result<Said<Vec<u32>>, FailureKind> {
    let reply = reply(body);
    let said = Answer::of(&reply).and_then(|answer| answer.said());
    said.map_err(|failure| failure.kind())
}

#[test]
fn messages_come_in_four_shapes() {
    for messages in [
        "null",
        r#""""#,
        r#""Tudo certo.""#,
        "[]",
        r#"[{"message":"Tudo certo.","code":null,"type":"Success"}]"#,
        r#"["Tudo certo."]"#,
        r#"[null]"#,
        r#"{"message":"Tudo certo."}"#,
    ] {
        let body = format!(r#"{{"success":true,"messages":{messages},"response":[1],"elapsedTime":1.5}}"#);
        assert!(matches!(said(&body), Ok(Said::Is(rows)) if rows == [1]), "{messages}");
    }
    assert!(matches!(said(r#"{"success":true,"response":[1]}"#), Ok(Said::Is(_))));
    assert!(matches!(said(r#"{"Success":true,"data":[1]}"#), Ok(Said::Is(_))));
}

#[test]
fn words_of_absence_count_with_success_either_way() {
    for (words, expected) in [
        ("Registro não encontrado.", Absence::NotFound),
        ("REGISTRO NAO ENCONTRADO", Absence::NotFound),
        ("Cliente não possui títulos em aberto.", Absence::NothingOpen),
    ] {
        for success in ["true", "false"] {
            for response in ["null", "[]", "{}", r#""""#] {
                for messages in
                    [format!(r#""{words}""#), format!(r#"[{{"message":"{words}","code":null,"type":"Error"}}]"#)]
                {
                    let body = format!(r#"{{"success":{success},"messages":{messages},"response":{response}}}"#);
                    assert!(matches!(said(&body), Ok(Said::Nothing(absence)) if absence == expected), "{body}");
                }
            }
        }
    }
    assert!(matches!(said(r#"{"success":true,"messages":null,"response":null}"#), Ok(Said::Nothing(Absence::Empty))));
}

#[test]
fn a_success_with_content_is_content_whatever_its_words() {
    let body = r#"{"success":true,"messages":"Registro não encontrado.","response":[7]}"#;
    assert!(matches!(said(body), Ok(Said::Is(rows)) if rows == [7]));
}

#[test]
fn a_no_is_a_no_and_its_words_stay_out_of_the_failure() {
    let body = r#"{"success":false,"messages":[{"message":"O cliente Ana Souza não pode."}],"response":null}"#;
    let Ok(Said::Denied(denial)) = said(body) else { unreachable!() };
    assert!(denial.folded().contains("ana souza"));
    let failure = denial.unexpected();
    assert_eq!(failure.kind(), FailureKind::VendorFault);
    assert!(!format!("{failure:?} {failure}").contains("Ana"), "{failure:?}");
}

#[test]
fn words_that_nobody_knows_are_no_empty_answer() {
    let list = |messages: &str, response: &str| {
        let reply = reply(&format!(r#"{{"success":true,"messages":{messages},"response":{response}}}"#));
        Answer::of(&reply).and_then(|answer| answer.list::<u32>()).map_err(|failure| failure.kind())
    };
    let message = |kind: &str| format!(r#"[{{"message":"Não foi possível consultar.","code":null,"type":"{kind}"}}]"#);
    for (messages, response) in [
        (message("Error"), "null"),
        (message("Error"), "[]"),
        (message("Warn"), "null"),
        (r#""Não foi possível consultar.""#.to_owned(), "null"),
    ] {
        assert_eq!(list(&messages, response), Err(FailureKind::VendorFault), "{messages} {response}");
    }
    for (messages, response) in [
        (message("Success"), "null"),
        (message("Warn"), "[]"),
        (r#""Consulta realizada com sucesso.""#.to_owned(), "null"),
        ("null".to_owned(), "null"),
    ] {
        assert_eq!(list(&messages, response), Ok(Vec::new()), "{messages} {response}");
    }
}

#[test]
fn a_part_of_a_list_is_not_the_list() {
    let rows = |response: &str| {
        let reply = reply(&format!(r#"{{"success":true,"messages":null,"response":{response}}}"#));
        Answer::of(&reply).and_then(|answer| answer.all_rows::<u32>()).map_err(|failure| failure.kind())
    };
    for whole in [r#"{"data":[1,2],"totalRecords":2}"#, r#"{"data":[1,2]}"#] {
        assert_eq!(rows(whole), Ok(vec![1, 2]), "{whole}");
    }
    for none in [r#"{"data":[],"totalRecords":0}"#, r#"{"totalRecords":0}"#, "null"] {
        assert_eq!(rows(none), Ok(Vec::new()), "{none}");
    }
    for part in [r#"{"data":[1],"totalRecords":2}"#, r#"{"totalRecords":2}"#, r#"{"page":1}"#] {
        assert_eq!(rows(part), Err(FailureKind::BrokenAnswer), "{part}");
    }
}

#[test]
fn what_is_no_envelope_is_broken() {
    for body in ["", "{}", "<html>", "[]", r#"{"success":true,"response":["x"]}"#, r#"{"success":true"#, "null"] {
        assert!(matches!(said(body), Err(FailureKind::BrokenAnswer)), "{body}");
    }
}

#[test]
fn an_act_was_taken_or_not() {
    let outcome = |body: &str| {
        let reply = reply(body);
        Answer::of(&reply).and_then(|answer| answer.outcome()).map(|outcome| outcome.is_ok())
    };
    assert!(outcome(r#"{"success":true,"messages":[{"message":"Feito.","type":"Success"}],"response":null}"#).unwrap());
    assert!(outcome(r#"{"success":true,"messages":null,"response":true}"#).unwrap());
    assert!(!outcome(r#"{"success":true,"messages":"Registro não encontrado.","response":null}"#).unwrap());
    assert!(!outcome(r#"{"success":false,"messages":null,"response":null}"#).unwrap());
    for neither in [
        r#"{"response":true}"#,
        r#"{"success":true,"messages":[{"message":"Quantidade atingida.","type":"Error"}],"response":null}"#,
    ] {
        assert_eq!(outcome(neither).unwrap_err().kind(), FailureKind::BrokenAnswer, "{neither}");
    }
}

#[test]
fn a_bare_404_of_one_thing_is_not_found() {
    for body in ["", "<html>"] {
        let reply = Reply::new(404, None, body);
        let said = Answer::of(&reply).unwrap().said::<Vec<u32>>().unwrap();
        assert!(matches!(said, Said::Nothing(Absence::NotFound)), "{body}");
    }
}
