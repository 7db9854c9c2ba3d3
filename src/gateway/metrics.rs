//! What is counted, for Prometheus. Every label is of a closed set: a path with names for ids, a vendor, an operation,
//! an outcome. No tenant, no key, no id, nothing that a caller writes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use ponte_operations::observer::{Attempt, BreakerState, Observer};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::problem::ProblemKind;

/// Type of the text at `/metrics`.
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds. The lower half is the cache's, the upper half the ERPs'.
const BUCKETS: [f64; 15] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "other"];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Requests {
    method: &'static str,
    route: &'static str,
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Served {
    method: &'static str,
    route: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ProblemType {
    r#type: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Attempted {
    vendor: &'static str,
    operation: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    vendor: &'static str,
    operation: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Breaker {
    vendor: &'static str,
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Read {
    operation: &'static str,
    cache: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Act {
    operation: &'static str,
    outcome: &'static str,
}

type Timed<L> = Family<L, Histogram, fn() -> Histogram>;

fn histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

/// All counters.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    in_flight: Gauge,
    requests: Family<Requests, Counter>,
    durations: Timed<Served>,
    problems: Family<ProblemType, Counter>,
    attempts: Family<Attempted, Counter>,
    attempt_durations: Timed<Asked>,
    breakers: Family<Breaker, Counter>,
    reads: Family<Read, Counter>,
    acts: Family<Act, Counter>,
    routes: Mutex<HashMap<&'static str, Arc<RouteCounts>>>,
}

impl Metrics {
    /// All at zero.
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("ponte"),
            in_flight: Gauge::default(),
            requests: Family::default(),
            durations: Family::new_with_constructor(histogram),
            problems: Family::default(),
            attempts: Family::default(),
            attempt_durations: Family::new_with_constructor(histogram),
            breakers: Family::default(),
            reads: Family::default(),
            acts: Family::default(),
            routes: Mutex::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("build", "The gateway's version", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        registry.register("http_requests_in_flight", "Requests under way", self.in_flight.clone());
        registry.register("http_requests", "Requests answered", self.requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "Time from a request's head to its answer's head",
            Unit::Seconds,
            self.durations.clone(),
        );
        registry.register("problems", "Problems given, by type", self.problems.clone());
        registry.register("erp_attempts", "Attempts at vendor operations", self.attempts.clone());
        registry.register_with_unit(
            "erp_attempt_duration",
            "Time of one attempt at a vendor operation",
            Unit::Seconds,
            self.attempt_durations.clone(),
        );
        registry.register("erp_breaker_changes", "Changes of circuit breakers", self.breakers.clone());
        registry.register("reads", "Reads answered, by use of the cache", self.reads.clone());
        registry.register("acts", "Acts ended, by outcome", self.acts.clone());
    }

    /// A request is under way until what this answers is dropped.
    pub(crate) fn enter(&self) -> UnderWay {
        self.in_flight.inc();
        UnderWay(self.in_flight.clone())
    }

    /// A problem was given.
    pub(crate) fn problem(&self, kind: ProblemKind) {
        self.problems.get_or_create(&ProblemType { r#type: kind.name() }).inc();
    }

    /// The counters of a route. Its path is one of the program's own, so that there are never more than routes.
    pub(crate) fn route(&self, path: &'static str) -> Arc<RouteCounts> {
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(RouteCounts::new(path, self.requests.clone(), self.durations.clone()));
        routes.entry(path).or_insert_with(new).clone()
    }

    /// The counters of what has no route.
    pub(crate) fn no_route(&self) -> Arc<RouteCounts> {
        self.route("none")
    }

    /// Everything counted, as OpenMetrics text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }
}

/// One request under way.
pub(crate) struct UnderWay(Gauge);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// The counters of one route, each found by its labels once.
#[derive(Debug)]
pub(crate) struct RouteCounts {
    path: &'static str,
    requests: Family<Requests, Counter>,
    durations: Timed<Served>,
    counters: [[OnceLock<Counter>; CLASSES.len()]; METHODS.len()],
    histograms: [OnceLock<Histogram>; METHODS.len()],
}

impl RouteCounts {
    fn new(path: &'static str, requests: Family<Requests, Counter>, durations: Timed<Served>) -> Self {
        Self { path, requests, durations, counters: Default::default(), histograms: Default::default() }
    }

    /// A request was answered.
    pub(crate) fn count(&self, method: &Method, status: StatusCode, took: Duration) {
        let last = METHODS.len() - 1;
        let at = METHODS.iter().position(|known| *known == method.as_str()).unwrap_or(last);
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES.len()) - 1;
        let (Some(method), Some(status)) = (METHODS.get(at).copied(), CLASSES.get(class).copied()) else { return };
        if let Some(counter) = self.counters.get(at).and_then(|of_method| of_method.get(class)) {
            let labels = Requests { method, route: self.path, status };
            counter.get_or_init(|| self.requests.get_or_create_owned(&labels)).inc();
        }
        if let Some(histogram) = self.histograms.get(at) {
            let labels = Served { method, route: self.path };
            histogram.get_or_init(|| self.durations.get_or_create_owned(&labels)).observe(took.as_secs_f64());
        }
    }
}

impl Observer for Metrics {
    fn attempt(&self, attempt: Attempt) {
        let Attempt { vendor, operation, outcome, duration } = attempt;
        self.attempts.get_or_create(&Attempted { vendor, operation, outcome }).inc();
        // Zero stands for an attempt that sent nothing.
        if !duration.is_zero() {
            self.attempt_durations.get_or_create(&Asked { vendor, operation }).observe(duration.as_secs_f64());
        }
    }

    fn breaker(&self, vendor: &'static str, state: BreakerState) {
        self.breakers.get_or_create(&Breaker { vendor, state: state.word() }).inc();
    }

    fn read(&self, operation: &'static str, state: &'static str) {
        self.reads.get_or_create(&Read { operation, cache: state }).inc();
    }

    fn act(&self, operation: &'static str, outcome: &'static str) {
        self.acts.get_or_create(&Act { operation, outcome }).inc();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::http::{Method, StatusCode};
    use ponte_operations::observer::{Attempt, Observer as _};

    use super::Metrics;
    use crate::problem::ProblemKind;

    #[test]
    fn what_was_counted_stands_in_the_text() {
        let metrics = Metrics::new();
        let under_way = metrics.enter();
        metrics.route("/v1/vendors").count(&Method::GET, StatusCode::OK, Duration::from_millis(3));
        metrics.route("/v1/vendors").count(&Method::GET, StatusCode::NOT_FOUND, Duration::from_millis(3));
        metrics.no_route().count(&Method::from_bytes(b"PURGE").unwrap_or_default(), StatusCode::OK, Duration::ZERO);
        metrics.problem(ProblemKind::NotFound);
        metrics.read("payment", "hit");
        metrics.attempt(Attempt {
            vendor: "acme",
            operation: "bills.list",
            outcome: "ok",
            duration: Duration::from_millis(40),
        });
        let text = metrics.text();
        for line in [
            "ponte_http_requests_in_flight 1",
            "ponte_http_requests_total{method=\"GET\",route=\"/v1/vendors\",status=\"2xx\"} 1",
            "ponte_http_requests_total{method=\"GET\",route=\"/v1/vendors\",status=\"4xx\"} 1",
            "ponte_http_requests_total{method=\"other\",route=\"none\",status=\"2xx\"} 1",
            "ponte_http_request_duration_seconds_count{method=\"GET\",route=\"/v1/vendors\"} 2",
            "ponte_problems_total{type=\"not-found\"} 1",
            "ponte_reads_total{operation=\"payment\",cache=\"hit\"} 1",
            "ponte_erp_attempts_total{vendor=\"acme\",operation=\"bills.list\",outcome=\"ok\"} 1",
        ] {
            assert!(text.lines().any(|known| known == line), "{line} is not in\n{text}");
        }
        drop(under_way);
        assert!(metrics.text().contains("ponte_http_requests_in_flight 0"));
    }
}
