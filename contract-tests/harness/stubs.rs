//! Serves a case's mappings through wiremock, with WireMock's scenarios, and remembers who was hit.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use wiremock::{Match, Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::inbound::Inbound;
use crate::mapping::Mapping;

/// One request and the mapping that answered it.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Name of the mapping; `None` when none matched.
    pub mapping: Option<String>,
    /// The request.
    pub request: Inbound,
}

#[derive(Default)]
struct Memory {
    states: BTreeMap<String, String>,
    hits: Vec<Hit>,
}

type Shared = Arc<Mutex<Memory>>;

fn locked(memory: &Shared) -> std::sync::MutexGuard<'_, Memory> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The stub server of one case.
pub struct Stubs {
    server: MockServer,
    memory: Shared,
}

struct Pattern {
    mapping: Arc<Mapping>,
    memory: Shared,
}

impl Match for Pattern {
    fn matches(&self, request: &Request) -> bool {
        let in_state = match (&self.mapping.scenario, &self.mapping.required_state) {
            (Some(scenario), Some(required)) => {
                locked(&self.memory).states.get(scenario).map_or("Started", String::as_str) == required
            }
            _ => true,
        };
        in_state && self.mapping.request.holds(&Inbound::of(request))
    }
}

struct Answer {
    mapping: Arc<Mapping>,
    body: Vec<u8>,
    memory: Shared,
}

impl Respond for Answer {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut memory = locked(&self.memory);
        if let (Some(scenario), Some(state)) = (&self.mapping.scenario, &self.mapping.new_state) {
            memory.states.insert(scenario.clone(), state.clone());
        }
        memory.hits.push(Hit { mapping: Some(self.mapping.name.clone()), request: Inbound::of(request) });
        drop(memory);
        let response = &self.mapping.response;
        let mut template = ResponseTemplate::new(response.status).set_body_bytes(self.body.clone());
        for (name, value) in &response.headers {
            template = template.insert_header(name.as_str(), value.as_str());
        }
        match response.delay() {
            Some(delay) => template.set_delay(delay),
            None => template,
        }
    }
}

struct Unmatched(Shared);

impl Respond for Unmatched {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        locked(&self.0).hits.push(Hit { mapping: None, request: Inbound::of(request) });
        ResponseTemplate::new(404).set_body_string("no stub matches")
    }
}

impl Stubs {
    /// Starts serving on a free loopback port.
    pub async fn serve(mappings: &[Mapping]) -> Self {
        let server = MockServer::builder().disable_request_recording().start().await;
        let memory = Shared::default();
        for mapping in mappings {
            let mapping = Arc::new(mapping.clone());
            let body = mapping.body_at(&server.uri());
            Mock::given(Pattern { mapping: mapping.clone(), memory: memory.clone() })
                .respond_with(Answer { mapping: mapping.clone(), body, memory: memory.clone() })
                .with_priority(mapping.priority)
                .mount(&server)
                .await;
        }
        Mock::given(wiremock::matchers::any())
            .respond_with(Unmatched(memory.clone()))
            .with_priority(u8::MAX)
            .mount(&server)
            .await;
        Self { server, memory }
    }

    /// What a tenant's `base_url` is.
    pub fn base_url(&self) -> String {
        self.server.uri()
    }

    /// The hits since the last call.
    pub fn take_hits(&self) -> Vec<Hit> {
        std::mem::take(&mut locked(&self.memory).hits)
    }
}
