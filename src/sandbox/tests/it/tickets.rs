//! Section 4.i: `su_ticket` and what belongs to it.

use ponte_sandbox::WriteKind;
use serde_json::{Value, json};

use crate::raw::{call, ixc, row, rows};

fn new_ticket() -> Value {
    json!({
        "tipo": "C", "id_cliente": "104", "id_login": "4704", "id_contrato": "3104", "id_filial": "2",
        "id_assunto": "15", "titulo": "Sem conexão", "id_ticket_setor": "3", "id_wfl_processo": "",
        "id_responsavel_tecnico": "", "prioridade": "A", "origem_endereco": "C", "id_ticket_origem": "I",
        "menssagem": "Aberto pelo chat", "interacao_pendente": "I", "su_status": "N", "protocolo": "202611000593",
    })
}

#[test]
fn davi_has_two_open_tickets_and_a_closed_one() {
    let erp = ixc();
    let shown: Vec<_> = rows(&erp, "su_ticket", "su_ticket.id_cliente", "104")
        .iter()
        .map(|one| {
            (
                one["id"].as_str().unwrap().to_owned(),
                one["su_status"].as_str().unwrap().to_owned(),
                one["id_su_diagnostico"].clone(),
            )
        })
        .collect();
    let expected = [("590", "S", "22"), ("591", "EP", "21"), ("592", "N", "0")];
    let expected = expected.map(|(id, status, defect)| (id.to_owned(), status.to_owned(), json!(defect)));
    assert_eq!(shown, expected);
    let defect = row(&erp, "su_diagnostico", "su_diagnostico.id", "21");
    assert_eq!(defect["descricao"], "Conector danificado na caixa de atendimento");
    let visit = row(&erp, "su_oss_chamado", "su_oss_chamado.id_ticket", "591");
    assert_eq!((&visit["status"], &visit["data_agenda"]), (&json!("AG"), &json!("2026-11-21 14:00:00")));
}

#[test]
fn a_protocol_is_drawn_apart_and_kept_by_the_insert() {
    let erp = ixc();
    let drawn = call(&erp, "POST", "gerar_protocolo_atendimento", false, &json!({}));
    assert_eq!(drawn.text(), "202611000593");
    let inserted = call(&erp, "POST", "su_ticket", false, &new_ticket()).json();
    assert_eq!(inserted, json!({ "type": "success", "message": "Registro inserido com sucesso!", "id": "593" }));
    let kept = row(&erp, "su_ticket", "su_ticket.id", "593");
    for (column, value) in [
        ("protocolo", "202611000593"),
        ("menssagem", "Aberto pelo chat"),
        ("prioridade", "A"),
        ("su_status", "N"),
        ("id_login", "4704"),
        ("data_criacao", "2026-11-20 12:00:00"),
    ] {
        assert_eq!(kept[column], value, "{column}");
    }
    assert_eq!(erp.writes().count_of("D1", WriteKind::TicketOpened), 1);
    assert_eq!(erp.writes().count(WriteKind::ProtocolIssued), 1);
}

#[test]
fn each_required_field_is_named() {
    let erp = ixc();
    for (field, label) in [
        ("tipo", "Tipo"),
        ("id_cliente", "Cliente"),
        ("id_assunto", "Assunto"),
        ("titulo", "Título"),
        ("id_ticket_setor", "Departamento"),
        ("prioridade", "Prioridade"),
        ("menssagem", "Mensagem"),
        ("su_status", "Status"),
        ("id_contrato", "Contrato"),
    ] {
        let mut body = new_ticket();
        body.as_object_mut().unwrap().remove(field);
        let answer = call(&erp, "POST", "su_ticket", false, &body).json();
        assert_eq!(answer, json!({ "type": "error", "message": format!("Preencha {label}") }));
    }
    assert_eq!(erp.writes().count(WriteKind::TicketOpened), 0);
}

#[test]
fn subjects_show_what_a_chat_must_not_offer() {
    let erp = ixc();
    let all = call(&erp, "POST", "su_oss_assunto", true, &json!({ "rp": "100" })).json();
    let all = all["registros"].as_array().unwrap().clone();
    let offered: Vec<_> = all
        .iter()
        .filter(|one| one["ativo"] == "S" && one["finalidade"] != "OS")
        .map(|one| one["assunto"].as_str().unwrap())
        .collect();
    assert_eq!(
        offered,
        [
            "Mudança de plano",
            "Mudança de endereço",
            "Segunda via de boleto",
            "Contestação de cobrança",
            "Sem conexão",
            "Lentidão"
        ]
    );
    assert_eq!(all.len(), 8);
    let departments = call(&erp, "POST", "su_ticket_setor", true, &json!({})).json();
    let names: Vec<_> = departments["registros"].as_array().unwrap().iter().map(|one| one["setor"].clone()).collect();
    assert_eq!(names, ["Comercial", "Financeiro", "Técnico"]);
}

#[test]
fn a_ticket_is_closed_and_written_on() {
    let erp = ixc();
    let mut whole = row(&erp, "su_ticket", "su_ticket.id", "592");
    whole.as_object_mut().unwrap().remove("id");
    whole["su_status"] = json!("S");
    assert_eq!(call(&erp, "PUT", "su_ticket/592", false, &whole).json()["type"], "success");
    assert_eq!(row(&erp, "su_ticket", "su_ticket.id", "592")["su_status"], "S");
    assert!(erp.town().tickets[2].closed_at.is_some());
    let note = json!({
        "id_cliente": "104", "id_ticket": "592", "mensagem_ticket": "", "mensagem": "Avaliação: 5/5",
        "visibilidade_mensagens": "PR", "su_status": "S", "existe_pendencia_externa": "N",
    });
    assert_eq!(call(&erp, "POST", "su_mensagens", false, &note).json()["type"], "success");
    let kept = row(&erp, "su_mensagens", "su_mensagens.id_ticket", "592");
    assert_eq!((&kept["mensagem"], &kept["visibilidade_mensagens"]), (&json!("Avaliação: 5/5"), &json!("PR")));
    assert_eq!(erp.writes().count(WriteKind::TicketChanged), 1);
    assert_eq!(erp.writes().count(WriteKind::TicketMessage), 1);
}

#[test]
fn a_work_order_is_inserted_with_its_required_fields() {
    let erp = ixc();
    let mut body = json!({
        "tipo": "C", "id_assunto": "15", "id_cliente": "104", "id_filial": "2", "origem_endereco": "C",
        "prioridade": "N", "setor": "1", "status": "A", "mensagem": "Visita",
    });
    let id = call(&erp, "POST", "su_oss_chamado", false, &body).json()["id"].as_str().unwrap().to_owned();
    let kept = row(&erp, "su_oss_chamado", "su_oss_chamado.id", &id);
    assert_eq!((&kept["mensagem"], &kept["status"]), (&json!("Visita"), &json!("A")));
    body.as_object_mut().unwrap().remove("setor");
    assert_eq!(call(&erp, "POST", "su_oss_chamado", false, &body).json()["message"], "Preencha Setor");
}
