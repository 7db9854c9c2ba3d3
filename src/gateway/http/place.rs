//! A place: one path with its methods, so that a wrong method is told the right ones, a wrong `Accept` is refused
//! before anything happens, and the metrics know the route without matching the path again.

use std::cell::RefCell;
use std::sync::Arc;

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT, HeaderValue};
use actix_web::{FromRequest, Handler, HttpRequest, Resource, Responder, Route as ActixRoute, web};

use crate::metrics::{Metrics, RouteCounts};
use crate::problem::{Problem, ProblemKind};

const JSON: &str = "application/json";

/// One path with its methods.
pub(crate) struct Place {
    path: &'static str,
    gives: &'static str,
    methods: Vec<Method>,
    routes: Vec<ActixRoute>,
}

impl Place {
    /// A path as in the API description: `/v1/tenants/{tenant}`.
    pub(crate) const fn at(path: &'static str) -> Self {
        Self { path, gives: JSON, methods: Vec::new(), routes: Vec::new() }
    }

    /// The type of its successful answers, where that is not JSON.
    pub(crate) const fn giving(mut self, media_type: &'static str) -> Self {
        self.gives = media_type;
        self
    }

    /// Serves GET and HEAD.
    pub(crate) fn get<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.with(Method::GET, handler)
    }

    /// Serves POST.
    pub(crate) fn post<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.with(Method::POST, handler)
    }

    /// Serves PUT.
    pub(crate) fn put<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.with(Method::PUT, handler)
    }

    /// Serves PATCH.
    pub(crate) fn patch<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.with(Method::PATCH, handler)
    }

    /// Serves DELETE.
    pub(crate) fn delete<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.with(Method::DELETE, handler)
    }

    fn with<F, Args>(mut self, method: Method, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.routes.push(web::method(method.clone()).to(handler));
        self.methods.push(method);
        self
    }

    fn allow(&self) -> String {
        let mut words: Vec<&str> = Vec::new();
        for method in &self.methods {
            words.push(method.as_str());
            if *method == Method::GET {
                words.push("HEAD");
            }
        }
        words.join(", ")
    }
}

impl HttpServiceFactory for Place {
    fn register(self, config: &mut AppService) {
        let allow: Arc<str> = Arc::from(self.allow());
        let refuse = move || {
            let problem = Problem::new(ProblemKind::MethodNotAllowed, format!("This path has the methods {allow}."))
                .allowing(&*allow);
            async move { Err::<&'static str, Problem>(problem) }
        };
        let route = Route { path: self.path, gives: self.gives, counts: RefCell::new(None) };
        let mut resource: Resource = web::resource(self.path).app_data(route);
        for route in self.routes {
            resource = resource.route(route);
        }
        resource.default_service(web::to(refuse)).register(config);
    }
}

/// What a request's place says about itself.
pub(crate) struct Route {
    /// Its path, with names in braces.
    pub(crate) path: &'static str,
    gives: &'static str,
    /// The counters of this place, as this worker has found them.
    counts: RefCell<Option<Arc<RouteCounts>>>,
}

impl Route {
    /// The counters of this place.
    pub(crate) fn counts(&self, metrics: &Metrics) -> Arc<RouteCounts> {
        self.counts.borrow_mut().get_or_insert_with(|| metrics.route(self.path)).clone()
    }
}

/// Refuses a request that does not accept what its place gives. Problems are given to everyone.
pub(crate) fn acceptable(request: &HttpRequest) -> Result<(), Problem> {
    let Some(route) = request.app_data::<Route>() else { return Ok(()) };
    let mut ranges = request.headers().get_all(ACCEPT).peekable();
    if ranges.peek().is_none() || accepts(ranges, route.gives) {
        return Ok(());
    }
    Err(Problem::new(ProblemKind::NotAcceptable, format!("This path answers with {} only.", route.gives))
        .in_field("Accept"))
}

/// RFC 9110, section 12.5.1: the most specific range that matches decides, by whether its weight is above zero.
pub(crate) fn accepts<'a>(headers: impl Iterator<Item = &'a HeaderValue>, media_type: &str) -> bool {
    let (kind, _) = media_type.split_once('/').unwrap_or((media_type, ""));
    let mut best: Option<(u8, bool)> = None;
    for range in headers.filter_map(|header| header.to_str().ok()).flat_map(|header| header.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default();
        let specific = match essence.split_once('/') {
            _ if essence.eq_ignore_ascii_case(media_type) => 2,
            Some((other, "*")) if other.eq_ignore_ascii_case(kind) => 1,
            _ if essence == "*/*" || essence == "*" => 0,
            _ => continue,
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let wanted = weight.is_none_or(|weight| weight.trim().parse::<f32>().map_or(true, |weight| weight > 0.0));
        if best.is_none_or(|(known, _)| specific > known) {
            best = Some((specific, wanted));
        }
    }
    best.is_some_and(|(_, wanted)| wanted)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::accepts;

    fn check(header: &'static str) -> bool {
        accepts([HeaderValue::from_static(header)].iter(), "application/json")
    }

    #[test]
    fn the_most_specific_range_decides() {
        for good in
            ["*/*", "application/json", "text/html, application/*;q=0.1", "APPLICATION/JSON; charset=utf-8", "*"]
        {
            assert!(check(good), "{good}");
        }
        for bad in ["text/html", "application/json;q=0, */*", "application/*; q=0.0", "image/*", "", "nonsense"] {
            assert!(!check(bad), "{bad}");
        }
    }
}
