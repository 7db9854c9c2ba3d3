//! The installation address in one line. The vendor swaps the names of two columns: `estado` has the two letters, `uf`
//! the whole name (dossier 2.3).

use serde::Deserialize;

use crate::reading::prose::clean;
use crate::reading::text::Text;

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Address<'a> {
    completo: Text<'a>,
    logradouro: Text<'a>,
    endereco: Text<'a>,
    numero: Text<'a>,
    complemento: Text<'a>,
    bairro: Text<'a>,
    cep: Text<'a>,
    estado: Text<'a>,
    uf: Text<'a>,
    cidade: Text<'a>,
}

impl Address<'_> {
    /// The parts in one line; the vendor's own line where there are none.
    pub(super) fn line(&self) -> Option<String> {
        let street = format!("{} {}", self.logradouro.as_str(), self.endereco.as_str());
        let state = [&self.estado, &self.uf].into_iter().find(|text| is_state(text.as_str()));
        let city = match (self.cidade.filled(), state) {
            (Some(city), Some(state)) => format!("{city} - {}", state.as_str()),
            (Some(city), None) => city.to_owned(),
            (None, state) => state.map(|state| state.as_str().to_owned()).unwrap_or_default(),
        };
        let zip = zip(self.cep.as_str());
        let parts =
            [&street, self.numero.as_str(), self.complemento.as_str(), self.bairro.as_str(), city.as_str(), &zip];
        let line: Vec<String> = parts.into_iter().map(clean).filter(|part| !part.is_empty()).collect();
        match self.endereco.filled() {
            Some(_) => Some(line.join(", ")),
            None => self.completo.filled().map(clean).or_else(|| (!line.is_empty()).then(|| line.join(", "))),
        }
    }
}

fn is_state(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// `35560000` with its hyphen.
fn zip(text: &str) -> String {
    match text.split_at_checked(5) {
        Some((front, back)) if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{front}-{back}")
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Address;

    fn line(json: &str) -> Option<String> {
        serde_json::from_str::<Address<'_>>(json).unwrap().line()
    }

    #[test]
    fn the_state_is_the_column_with_two_letters() {
        for json in [
            r#"{"logradouro":"RUA","endereco":"DAS FLORES","numero":"100","complemento":"","bairro":"CENTRO","cep":"35560000","estado":"MG","uf":"MINAS GERAIS","cidade":"Cidade Exemplo"}"#,
            r#"{"endereco":"RUA DAS FLORES","numero":100,"bairro":"CENTRO","cep":"35560-000","uf":"MG","estado":"Minas Gerais","cidade":"Cidade Exemplo"}"#,
        ] {
            assert_eq!(
                line(json).as_deref(),
                Some("RUA DAS FLORES, 100, CENTRO, Cidade Exemplo - MG, 35560-000"),
                "{json}"
            );
        }
    }

    #[test]
    fn the_whole_line_serves_where_there_are_no_parts() {
        assert_eq!(line(r#"{"completo":"RUA A, 1 - CENTRO, X/MG"}"#).as_deref(), Some("RUA A, 1 - CENTRO, X/MG"));
        assert_eq!(line("{}"), None);
        assert_eq!(line(r#"{"cidade":"X","estado":"MG"}"#).as_deref(), Some("X - MG"));
    }
}
