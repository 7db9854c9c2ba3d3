//! Bodies that are no JSON.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// Largest file that is passed on: the transport's cap on documents.
const MOST: usize = 20 * 1024 * 1024;

fn file(media_type: &str, about: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .content_media_type(media_type)
        .max_length(Some(MOST))
        .description(Some(about))
        .into()
}

/// A PDF.
pub(crate) struct PdfFile;

impl PartialSchema for PdfFile {
    fn schema() -> RefOr<Schema> {
        file("application/pdf", "A PDF file.")
    }
}

impl ToSchema for PdfFile {}

/// An SVG picture.
pub(crate) struct SvgFile;

impl PartialSchema for SvgFile {
    fn schema() -> RefOr<Schema> {
        file("image/svg+xml", "An SVG picture without scripts or outside references.")
    }
}

impl ToSchema for SvgFile {}

/// A PNG picture.
pub(crate) struct PngFile;

impl PartialSchema for PngFile {
    fn schema() -> RefOr<Schema> {
        file("image/png", "A PNG picture in black and white.")
    }
}

impl ToSchema for PngFile {}

/// A CSV table.
pub(crate) struct CsvFile;

impl PartialSchema for CsvFile {
    fn schema() -> RefOr<Schema> {
        file("text/csv", "A table, comma-separated, UTF-8, with a line of names.")
    }
}

impl ToSchema for CsvFile {}

/// A page for people.
pub(crate) struct HtmlPage;

impl PartialSchema for HtmlPage {
    fn schema() -> RefOr<Schema> {
        file("text/html", "A page that loads nothing from outside.")
    }
}

impl ToSchema for HtmlPage {}

/// Counters.
pub(crate) struct MetricsText;

impl PartialSchema for MetricsText {
    fn schema() -> RefOr<Schema> {
        file("application/openmetrics-text", "Counters in OpenMetrics' text format.")
    }
}

impl ToSchema for MetricsText {}

/// An OpenAPI document.
pub(crate) struct Description;

impl PartialSchema for Description {
    fn schema() -> RefOr<Schema> {
        let text =
            |about: &str| ObjectBuilder::new().schema_type(Type::String).max_length(Some(40)).description(Some(about));
        ObjectBuilder::new()
            .description(Some("An OpenAPI document."))
            .property("openapi", text("Version of OpenAPI.").pattern(Some(r"^3\.1\.[0-9]+$")))
            .property(
                "paths",
                ObjectBuilder::new()
                    .description(Some("Operations by path."))
                    .max_properties(Some(1_000))
                    .additional_properties(Some(AdditionalProperties::FreeForm(true))),
            )
            .required("openapi")
            .required("paths")
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}

impl ToSchema for Description {}
