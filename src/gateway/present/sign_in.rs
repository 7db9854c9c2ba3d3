//! Subscriber sign-in.

use bytes::Bytes;
use ponte_api::sign_in as words;
use ponte_operations::SignedIn;

use super::{Scene, bytes, customers};

/// Who signed in.
pub(crate) fn signed_in(scene: &Scene, signed_in: &SignedIn) -> Bytes {
    bytes(&words::SignedIn {
        customer: customers::words(scene, &signed_in.customer),
        must_change_password: signed_in.must_change_password,
    })
}
