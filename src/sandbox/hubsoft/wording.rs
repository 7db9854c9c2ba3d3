//! Texts and dates in the forms that the vendor mixes (section 2.3).

use jiff::civil::{Date, DateTime};
use serde_json::{Value, json};

use crate::town::Town;
use crate::town::people::{Address, Customer};

/// `20/11/2026`.
pub(super) fn br_date(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

/// `20/11/2026 12:00:00`.
pub(super) fn br_moment(at: DateTime) -> String {
    at.strftime("%d/%m/%Y %H:%M:%S").to_string()
}

/// `2026-11-20 12:00:00`, local and without zone.
pub(super) fn moment(at: DateTime) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `2026-11-20 00:00:00`.
pub(super) fn midnight(date: Date) -> String {
    moment(date.at(0, 0, 0, 0))
}

/// `2026-11-20 12:00:00-03`: the hours of the offset alone, as PostgreSQL writes it.
pub(super) fn moment_with_offset(town: &Town, at: DateTime) -> Option<String> {
    let zoned = town.zone.zoned(town.zone.at(at)?);
    let hours = zoned.offset().seconds() / 3600;
    Some(format!("{}{}{:02}", moment(at), if hours < 0 { '-' } else { '+' }, hours.abs()))
}

/// An address: the names of the two columns of the state are swapped.
pub(super) fn address(town: &Town, address: &Address) -> Value {
    let city = town.city(address.city);
    let (name, state) = city.map_or(("", None), |city| (city.name, Some(city.state)));
    let code = state.map_or("", |state| state.code);
    let (kind, street) = address.street.split_once(' ').unwrap_or(("", address.street));
    let complete = format!("{}, {} - {}, {name}/{code}", address.street, address.number, address.district);
    json!({
        "completo": complete,
        "logradouro": kind,
        "endereco": street,
        "numero": address.number,
        "complemento": address.complement,
        "bairro": address.district,
        "cep": address.postal_code,
        "estado": code,
        "uf": state.map_or(String::new(), |state| state.name.to_uppercase()),
        "cidade": name,
        "coordenadas": {
            "latitude": address.latitude.parse::<f64>().ok(),
            "longitude": address.longitude.parse::<f64>().ok(),
        },
    })
}

/// Digits without country code, the three columns of a customer; those not used are `""`.
pub(super) fn phones(customer: &Customer) -> [String; 3] {
    let digits = |at: usize| {
        customer.phones.get(at).map_or(String::new(), |phone| {
            let digits = phone.digits();
            digits.strip_prefix("55").unwrap_or(&digits).to_owned()
        })
    };
    [digits(0), digits(1), digits(2)]
}

/// The person beside an invoice, a ticket, a session.
pub(super) fn person(customer: &Customer) -> Value {
    json!({
        "codigo_cliente": super::numbers::customer_code(customer),
        "nome_razaosocial": customer.name,
        "cpf_cnpj": customer.document_in_digits().as_str(),
    })
}
