//! Pages for people: the start page, the API's documentation, one page per type of problem. They load nothing from
//! outside, and the policy that they are sent with says so to the browser.

use std::sync::LazyLock;

use actix_web::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH,
    REFERRER_POLICY, VARY,
};
use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use pulldown_cmark::{Parser, html};
use sha2::{Digest as _, Sha256};

use crate::entry::{Answer, Anybody};
use crate::http::{Place, accepts};
use crate::openapi::{files, params, problems};
use crate::problem::{Problem, ProblemKind};

const HTML: &str = "text/html";
const MARKDOWN: &str = "text/markdown";
/// Scripts, styles, pictures and calls of this gateway alone; pictures of answers are blobs of the page's own.
const OWN_ONLY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(Place::at("/").giving(HTML).get(start))
        .service(Place::at("/docs").giving(HTML).get(docs))
        .service(Place::at("/openapi.json").get(description))
        .service(Place::at("/problems").giving(HTML).get(problem_list))
        .service(Place::at("/problems/{type}").giving(HTML).get(problem_page))
        .service(Place::at("/pages/page.css").giving("text/css").get(style))
        .service(Place::at("/pages/docs.js").giving("text/javascript").get(script))
        .service(Place::at("/pages/icon.svg").giving("image/svg+xml").get(icon));
}

/// Something that does not change while the process runs.
struct Still {
    body: Bytes,
    media_type: HeaderValue,
    tag: HeaderValue,
}

impl Still {
    fn new(body: impl Into<Bytes>, media_type: &'static str) -> Self {
        let body = body.into();
        let digest = Sha256::digest(&body);
        let tag: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        let tag = HeaderValue::try_from(format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"0\""));
        Self { body, media_type: HeaderValue::from_static(media_type), tag }
    }

    fn html(title: &str, main: &str) -> Self {
        let page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
             <link rel=\"stylesheet\" href=\"/pages/page.css\">\n\
             <link rel=\"icon\" href=\"/pages/icon.svg\" type=\"image/svg+xml\">\n</head>\n<body class=\"text\">\n\
             <header class=\"bar\"><a class=\"brand\" href=\"/\"><img src=\"/pages/icon.svg\" alt=\"\" width=\"22\" \
             height=\"22\">Ponte</a><a href=\"/docs\">Documentation</a><a href=\"/problems\">Problems</a></header>\n\
             <main>\n{main}</main>\n</body>\n</html>\n"
        );
        Self::new(page, "text/html; charset=utf-8")
    }

    /// The whole, or that the caller has it already.
    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let known = request.headers().get_all(IF_NONE_MATCH).any(|header| {
            header.to_str().is_ok_and(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == self.tag))
        });
        let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response.insert_header((ETAG, self.tag.clone())).insert_header(REVALIDATE).insert_header(NO_REFERRER);
        response.insert_header((CONTENT_SECURITY_POLICY, OWN_ONLY));
        if known {
            return response.finish();
        }
        response.insert_header((CONTENT_TYPE, self.media_type.clone())).body(self.body.clone())
    }
}

const REVALIDATE: (HeaderName, HeaderValue) = (CACHE_CONTROL, HeaderValue::from_static("no-cache"));
const NO_REFERRER: (HeaderName, HeaderValue) = (REFERRER_POLICY, HeaderValue::from_static("no-referrer"));

static START: LazyLock<Still> = LazyLock::new(|| Still::html("Ponte", START_MAIN));
static DOCS: LazyLock<Still> =
    LazyLock::new(|| Still::new(include_str!("pages/docs.html"), "text/html; charset=utf-8"));
static STYLE: LazyLock<Still> = LazyLock::new(|| Still::new(include_str!("pages/page.css"), "text/css; charset=utf-8"));
static SCRIPT: LazyLock<Still> =
    LazyLock::new(|| Still::new(include_str!("pages/docs.js"), "text/javascript; charset=utf-8"));
static ICON: LazyLock<Still> = LazyLock::new(|| Still::new(include_str!("pages/icon.svg"), "image/svg+xml"));
static DESCRIPTION: LazyLock<Still> = LazyLock::new(|| Still::new(crate::openapi::json(), "application/json"));
static PROBLEMS: LazyLock<Still> = LazyLock::new(|| Still::html("Problems · Ponte", &problem_table()));

const START_MAIN: &str = "<h1>Ponte</h1>\n<p>One HTTP API in front of the ERPs of Brazilian internet providers.</p>\n\
    <ul>\n<li><a href=\"/docs\">Documentation</a>, where calls can be tried</li>\n\
    <li><a href=\"/openapi.json\">The API's description</a> (OpenAPI)</li>\n\
    <li><a href=\"/problems\">Types of problems</a></li>\n\
    <li><a href=\"/health/ready\">Readiness</a> and <a href=\"/metrics\">counters</a></li>\n</ul>\n";

/// Open the start page
///
/// Gives a page for people that leads to the documentation.
#[utoipa::path(
    get,
    path = "/",
    operation_id = "readStartPage",
    tag = "Documentation",
    security(()),
    responses(
        (status = 200, description = "The page.", body = files::HtmlPage, content_type = "text/html"),
        problems::Public
    )
)]
pub(crate) async fn start(request: HttpRequest) -> HttpResponse {
    START.answer(&request)
}

/// Open the interactive documentation
///
/// Gives a page for people where every operation is explained and can be tried. It loads nothing from outside.
#[utoipa::path(
    get,
    path = "/docs",
    operation_id = "readDocumentation",
    tag = "Documentation",
    security(()),
    responses(
        (status = 200, description = "The page.", body = files::HtmlPage, content_type = "text/html"),
        problems::Public
    )
)]
pub(crate) async fn docs(request: HttpRequest) -> HttpResponse {
    DOCS.answer(&request)
}

async fn style(request: HttpRequest) -> HttpResponse {
    STYLE.answer(&request)
}

async fn script(request: HttpRequest) -> HttpResponse {
    SCRIPT.answer(&request)
}

async fn icon(request: HttpRequest) -> HttpResponse {
    ICON.answer(&request)
}

/// Read the description of the API
///
/// Gives this document: OpenAPI 3.1 with examples, links and every problem.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "readDescription",
    tag = "Documentation",
    security(()),
    responses((status = 200, description = "The document.", body = files::Description), problems::Public)
)]
pub(crate) async fn description(request: HttpRequest, _: Anybody) -> HttpResponse {
    DESCRIPTION.answer(&request)
}

/// List the types of problems
///
/// Gives a page for people that lists every type of problem.
#[utoipa::path(
    get,
    path = "/problems",
    operation_id = "listProblems",
    tag = "Documentation",
    security(()),
    responses(
        (status = 200, description = "The page.", body = files::HtmlPage, content_type = "text/html"),
        problems::Public
    )
)]
pub(crate) async fn problem_list(request: HttpRequest) -> HttpResponse {
    PROBLEMS.answer(&request)
}

/// Read about a type of problem
///
/// Says what happened and what to do; `type` of a problem leads here. With `Accept: text/markdown` the answer is
/// Markdown.
#[utoipa::path(
    get,
    path = "/problems/{type}",
    operation_id = "readProblem",
    tag = "Documentation",
    security(()),
    params(params::ProblemType),
    responses(
        (status = 200, description = "The page.", body = files::HtmlPage, content_type = "text/html"),
        problems::PublicPage
    )
)]
pub(crate) async fn problem_page(request: HttpRequest, name: Path<String>) -> Answer {
    let kind = ProblemKind::ALL.into_iter().find(|kind| kind.name() == name.as_str());
    let unknown = || Problem::new(ProblemKind::NotFound, "There is no such type of problem.").in_field("type");
    let kind = kind.ok_or_else(unknown)?;
    let wants = |media_type| accepts(request.headers().get_all(ACCEPT), media_type);
    let page = if wants(MARKDOWN) && !wants(HTML) {
        Still::new(kind.page(), "text/markdown; charset=utf-8")
    } else {
        Still::html(&format!("{} · Ponte", kind.title()), &rendered(kind.page()))
    };
    let mut response = page.answer(&request);
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

fn rendered(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut text, Parser::new(markdown));
    text
}

fn problem_table() -> String {
    let row = |kind: ProblemKind| {
        let (name, title, status) = (kind.name(), kind.title(), kind.status());
        let again = if kind.retryable() { "may succeed later" } else { "" };
        format!(
            "<tr><td>{status}</td><td><a href=\"/problems/{name}\"><code>{name}</code></a></td><td>{title}</td><td>{again}</td></tr>\n"
        )
    };
    let rows: String = ProblemKind::ALL.into_iter().map(row).collect();
    format!(
        "<h1>Types of problems</h1>\n<p>Every error is <code>application/problem+json</code> (RFC 9457). Branch on \
         <code>type</code>, show <code>user_message</code>, never parse <code>detail</code>.</p>\n<table><thead><tr>\
         <th>Status</th><th>Type</th><th>Title</th><th>The same request</th></tr></thead><tbody>\n{rows}</tbody></table>\n"
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use crate::problem::ProblemKind;

    #[test]
    fn every_page_of_a_problem_says_what_the_table_says() {
        for kind in ProblemKind::ALL {
            let page = kind.page();
            assert!(page.starts_with(&format!("# {}\n", kind.title())), "{kind:?}");
            let example = page.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
            let example: ponte_api::problem::Problem = serde_json::from_str(example).unwrap();
            assert_eq!(example.problem_type, format!("/problems/{}", kind.name()));
            assert_eq!((example.status, &*example.title), (kind.status(), kind.title()), "{kind:?}");
            assert_eq!(example.retryable, kind.retryable(), "{kind:?}");
            assert_eq!(example.retry_after_s, kind.retry_after_s(), "{kind:?}");
        }
    }

    #[test]
    fn every_page_in_the_folder_is_of_a_type_that_there_is() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/problems");
        let files: BTreeSet<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().trim_end_matches(".md").to_owned())
            .collect();
        let kinds: BTreeSet<_> = ProblemKind::ALL.into_iter().map(|kind| kind.name().to_owned()).collect();
        assert_eq!(files, kinds);
    }

    #[test]
    fn pages_name_nothing_outside() {
        for text in [include_str!("pages/docs.html"), include_str!("pages/page.css"), include_str!("pages/docs.js")] {
            assert!(!text.contains("//cdn") && !text.contains("https://") && !text.contains("@import"), "{text}");
            assert!(!text.contains("innerHTML"), "answers are shown as text, never as markup");
        }
    }
}
