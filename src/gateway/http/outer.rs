//! The one middleware: request id, time, metrics, log line, limits in headers, problems rendered with their id.
//!
//! One, because each boxes a future, and what stands around the handlers decides the cost of a cached answer.

use std::future::{Ready, ready};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::error::InternalError;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{Error, HttpMessage as _};
use futures_util::FutureExt as _;
use ponte_domain::failure::Fault;

use super::passage::X_REQUEST_ID;
use super::{Passage, Route, from_actix};
use crate::house::House;
use crate::problem::{Problem, ProblemKind};
use crate::settings::AccessLog;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
/// Nothing may be loaded or framed by an answer of the API; pages say what they need themselves.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// Most header fields in one request.
const MOST_FIELDS: usize = 64;

/// The middleware.
pub(crate) struct Outer(pub(crate) Arc<House>);

impl<S> Transform<S, ServiceRequest> for Outer
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
    S::Future: 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = Around<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(Around { inner, house: self.0.clone() }))
    }
}

/// The middleware around the routes of one worker.
pub(crate) struct Around<S> {
    inner: S,
    house: Arc<House>,
}

impl<S> Service<ServiceRequest> for Around<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
    S::Future: 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>>>>;

    forward_ready!(inner);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let house = self.house.clone();
        let under_way = house.metrics.enter();
        let passage = Passage::begin(request.headers());
        let request_id = passage.request_id.clone();
        let method = request.method().clone();
        request.extensions_mut().insert(passage);
        if let Some(problem) = head_too_large(&request, house.settings.head_limit) {
            let response = problem.response(&house.settings.public_url, &request_id);
            let response = request.into_response(response);
            return Box::pin(ready(Ok(finish(&house, &method, response, Some(&problem)))));
        }
        if method == Method::HEAD {
            // The server below remembers that it was HEAD and sends no body.
            request.head_mut().method = Method::GET;
        }
        let answer = AssertUnwindSafe(self.inner.call(request)).catch_unwind();
        Box::pin(async move {
            let _under_way = under_way;
            match answer.await {
                Ok(Ok(response)) => Ok(conclude(&house, &method, response)),
                Ok(Err(error)) => Err(stray(&house, &request_id, &from_actix(error.as_response_error().status_code()))),
                Err(_) => {
                    tracing::error!(request_id = &*request_id, "a handler panicked");
                    Err(stray(&house, &request_id, &Problem::new(ProblemKind::Internal, "The gateway failed.")))
                }
            }
        })
    }
}

/// An error that belongs to no response any more; the server below sends what it carries.
fn stray(house: &House, request_id: &str, problem: &Problem) -> Error {
    house.metrics.problem(problem.kind());
    let mut response = problem.response(&house.settings.public_url, request_id);
    dress(response.headers_mut(), request_id);
    InternalError::from_response("", response).into()
}

fn head_too_large(request: &ServiceRequest, limit: usize) -> Option<Problem> {
    let fields = request.headers().len();
    let line = request.uri().path().len() + request.uri().query().map_or(0, str::len);
    // Name, value, and the four bytes between and behind them.
    let head: usize =
        line + request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>();
    if fields > MOST_FIELDS {
        let detail = format!("The request has {fields} header fields; {MOST_FIELDS} are the most.");
        return Some(Problem::new(ProblemKind::HeadersTooLarge, detail));
    }
    (head > limit).then(|| {
        Problem::new(ProblemKind::HeadersTooLarge, format!("The head of the request is larger than {limit} bytes."))
    })
}

/// Renders a problem with the request's id; then what every answer gets.
fn conclude(house: &House, method: &Method, response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let Some(error) = response.response().error() else {
        return finish(house, method, response, None);
    };
    let problem = match error.as_error::<Problem>() {
        Some(problem) => problem.clone(),
        None => from_actix(response.status()),
    };
    let request_id = super::RequestId::of(response.request());
    let rendered = problem.response(&house.settings.public_url, &request_id);
    let response = response.into_response(rendered);
    finish(house, method, response, Some(&problem))
}

fn finish(
    house: &House,
    method: &Method,
    mut response: ServiceResponse<BoxBody>,
    problem: Option<&Problem>,
) -> ServiceResponse<BoxBody> {
    let (request, answer) = (response.request().clone(), response.response_mut());
    Passage::read(&request, |passage| {
        let status = answer.status();
        dress(answer.headers_mut(), &passage.request_id);
        if let Some(note) = &passage.limits {
            answer.headers_mut().insert(RATE_LIMIT, note.header());
            answer.headers_mut().insert(RATE_LIMIT_POLICY, house.policies.of(note));
        }
        let took = passage.elapsed();
        let route = request.app_data::<Route>();
        let counts = route.map_or_else(|| house.metrics.no_route(), |route| route.counts(&house.metrics));
        counts.count(method, status, took);
        if let Some(problem) = problem {
            house.metrics.problem(problem.kind());
            tell_failure(problem, passage);
        }
        let line = Line { method, route: route.map_or("none", |route| route.path), status, took, problem };
        line.write(house.settings.access_log, answer.headers(), passage);
    });
    response
}

/// What every answer carries.
fn dress(headers: &mut HeaderMap, request_id: &str) {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(X_REQUEST_ID, id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, NOTHING);
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, NO_STORE);
    }
}

/// A failure is logged once, here. Causes are told only where they are ours: a vendor's may hold an address.
fn tell_failure(problem: &Problem, passage: &Passage) {
    let Some(failure) = problem.failure() else { return };
    let tenant = passage.tenant.as_ref().map_or("", |slot| slot.tenant.slug.as_str());
    let request_id = &*passage.request_id;
    let kind = failure.kind().word();
    match failure.fault() {
        Fault::Caller => {}
        Fault::Us => {
            let cause = std::error::Error::source(failure).map(ToString::to_string).unwrap_or_default();
            tracing::error!(request_id, tenant, kind, detail = failure.detail(), cause, "the gateway failed");
        }
        Fault::Vendor | Fault::TenantSettings => {
            let upstream = failure.upstream();
            tracing::warn!(
                request_id,
                tenant,
                kind,
                detail = failure.detail(),
                vendor = upstream.map_or("", |upstream| upstream.vendor),
                operation = upstream.map_or("", |upstream| upstream.operation),
                http_status = upstream.and_then(|upstream| upstream.http_status),
                code = upstream.and_then(|upstream| upstream.code.as_deref()),
                context = ?failure.context(),
                "the ERP failed"
            );
        }
    }
}

/// One line of the access log. Its route has names in the place of ids.
struct Line<'a> {
    method: &'a Method,
    route: &'a str,
    status: StatusCode,
    took: Duration,
    problem: Option<&'a Problem>,
}

impl Line<'_> {
    fn write(&self, wanted: AccessLog, headers: &HeaderMap, passage: &Passage) {
        let cache = headers.get(CACHE_STATUS).map(HeaderValue::as_bytes).unwrap_or_default();
        let hit = cache.starts_with(b"ponte; hit");
        let is_wanted = match wanted {
            AccessLog::All => true,
            AccessLog::Uncached => !hit || self.problem.is_some(),
            AccessLog::None => self.problem.is_some(),
        };
        if !is_wanted {
            return;
        }
        tracing::info!(
            method = self.method.as_str(),
            route = self.route,
            status = self.status.as_u16(),
            duration_ms = self.took.as_secs_f64() * 1000.0,
            request_id = &*passage.request_id,
            key_id = passage.caller.as_ref().map(|caller| caller.key_id.as_str()),
            tenant = passage.tenant.as_ref().map(|slot| slot.tenant.slug.as_str()),
            cache = if hit { Some("hit") } else { None },
            problem = self.problem.map(|problem| problem.kind().name()),
            "request"
        );
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use std::sync::Arc;

    use actix_web::dev::Service as _;
    use actix_web::test::{TestRequest, init_service};
    use actix_web::{App, web};
    use ponte_operations::settings::InboundSettings;
    use ponte_operations::{MasterKey, Operations, Settings, StoreSettings};

    use super::Outer;
    use crate::house::House;
    use crate::metrics::Metrics;
    use crate::rate_limit::Policies;
    use crate::settings::HttpSettings;

    async fn broken() -> &'static str {
        panic!("broken on purpose")
    }

    #[actix_web::test]
    async fn a_handler_that_panics_is_a_problem_with_the_requests_id() {
        let folder = tempfile::tempdir().unwrap();
        let store = StoreSettings { path: folder.path().join("ponte.db"), master_key: MasterKey::generate() };
        let operations = Operations::open(Settings::new(store)).await.unwrap();
        let policies = Policies::new(&InboundSettings::default());
        let metrics = Arc::new(Metrics::new());
        let house = Arc::new(House::new(operations, HttpSettings::default(), metrics.clone(), policies));
        let app = init_service(App::new().route("/", web::get().to(broken)).wrap(Outer(house))).await;
        let request = TestRequest::get().insert_header(("X-Request-Id", "panic-0001")).to_request();
        let response = app.call(request).await.unwrap_err().error_response();
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers().get("content-type").unwrap(), "application/problem+json");
        assert_eq!(response.headers().get("x-request-id").unwrap(), "panic-0001");
        assert!(metrics.text().contains("ponte_problems_total{type=\"internal\"} 1"));
        assert!(metrics.text().contains("ponte_http_requests_in_flight 0"));
    }
}
