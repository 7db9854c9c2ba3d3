//! Tests of the published words.
#![allow(clippy::unwrap_used, clippy::panic)]

mod bounds;
