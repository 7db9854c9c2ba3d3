//! What takes several requests: logins and their end, merges, acts that are sent once.
#![allow(clippy::unwrap_used)]

mod acts;
mod login;
mod portal;
mod reads;
mod verify;
