//! An address in one line. City and state are keys of other tables (dossier 2.6).

use ponte_domain::capability::Capability;

use crate::call::Call;
use crate::ixc::catalogue;
use crate::reading::prose::{clean, cleaned};
use crate::reading::text::Text;

/// The parts of an address, as `cliente` and `cliente_contrato` both have them.
#[derive(Clone, Default, PartialEq, Eq)]
pub(in crate::ixc) struct Place {
    /// Street.
    pub(in crate::ixc) street: String,
    /// House number.
    pub(in crate::ixc) number: String,
    /// Flat, block and the like.
    pub(in crate::ixc) complement: String,
    /// District (bairro).
    pub(in crate::ixc) district: String,
    /// Key of the city.
    pub(in crate::ixc) city: Option<String>,
    /// Key of the state; often none although the city is set.
    pub(in crate::ixc) state: Option<String>,
    /// Postal code (CEP).
    pub(in crate::ixc) zip: String,
    /// Latitude and longitude, as written.
    pub(in crate::ixc) point: Option<(String, String)>,
}

impl Place {
    /// Both coordinates, or none.
    pub(in crate::ixc) fn point(latitude: &Text<'_>, longitude: &Text<'_>) -> Option<(String, String)> {
        Some((latitude.key()?.to_owned(), longitude.key()?.to_owned()))
    }

    /// Complement, block and flat.
    pub(in crate::ixc) fn complement(complement: &Text<'_>, block: &Text<'_>, flat: &Text<'_>) -> String {
        let block = block.key().map(|block| format!("Bloco {block}"));
        let flat = flat.key().map(|flat| format!("Apto {flat}"));
        let parts: Vec<String> = [cleaned(complement.as_str()), block, flat].into_iter().flatten().collect();
        parts.join(", ")
    }

    /// Whether there is an address at all.
    pub(super) fn is_empty(&self) -> bool {
        self.street.is_empty() && self.city.is_none()
    }

    /// The address in one line, with the names of city and state as far as their tables can be read.
    pub(super) async fn line(&self, call: &Call<'_>, capability: Capability) -> Option<String> {
        let city = match &self.city {
            Some(id) => catalogue::city(call, capability, id).await,
            None => None,
        };
        let city = city.as_deref().and_then(Option::as_ref);
        // The row's own state is often "0"; the city knows better (dossier 4.a).
        let state = match self.state.as_deref().or_else(|| city?.state.as_deref()) {
            Some(id) => catalogue::state(call, capability, id).await,
            None => None,
        };
        self.written(city.map(|city| city.name.as_str()), state.as_deref())
    }

    fn written(&self, city: Option<&str>, state: Option<&str>) -> Option<String> {
        let place = match (city, state) {
            (Some(city), Some(state)) => format!("{city} - {state}"),
            (Some(name), None) | (None, Some(name)) => name.to_owned(),
            (None, None) => String::new(),
        };
        let parts = [&self.street, &self.number, &self.complement, &self.district, &place, &self.zip];
        let line: Vec<String> = parts.into_iter().map(|part| clean(part)).filter(|part| !part.is_empty()).collect();
        if line.is_empty() { None } else { Some(line.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn an_address_is_one_line_of_what_is_there() {
        let place = Place {
            street: "Rua das Ac&aacute;cias".to_owned(),
            number: "25".to_owned(),
            complement: Place::complement(&"".into(), &"B".into(), &"0".into()),
            district: "Centro".to_owned(),
            zip: "89801-000".to_owned(),
            ..Place::default()
        };
        assert_eq!(
            place.written(Some("Chapecó"), Some("SC")).as_deref(),
            Some("Rua das Acácias, 25, Bloco B, Centro, Chapecó - SC, 89801-000")
        );
        assert_eq!(place.written(None, None).as_deref(), Some("Rua das Acácias, 25, Bloco B, Centro, 89801-000"));
        assert_eq!(Place::default().written(None, None), None);
    }

    #[test]
    fn a_point_has_both_coordinates() {
        assert_eq!(Place::point(&"-27.1".into(), &"-52.6".into()), Some(("-27.1".to_owned(), "-52.6".to_owned())));
        assert_eq!(Place::point(&"-27.1".into(), &"".into()), None);
        assert_eq!(Place::point(&"0".into(), &"0".into()), None);
    }
}
