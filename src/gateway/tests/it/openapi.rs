//! The committed copy of the document is the document.

use ponte_gateway::openapi;

#[test]
fn the_committed_document_is_what_the_code_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/ponte.json");
    let committed = std::fs::read_to_string(path).unwrap();
    // Compared as a whole first: a difference of half a megabyte of text is not worth printing.
    assert!(committed == openapi::json(), "openapi/ponte.json is stale: ponte openapi > openapi/ponte.json");
}
