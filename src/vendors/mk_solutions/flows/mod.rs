//! Tests that need a server: sessions, absent rules, the unlock, sign-in and the checks of a tenant.
#![allow(clippy::unwrap_used)]

mod sessions;
mod unlock;
mod verify;
