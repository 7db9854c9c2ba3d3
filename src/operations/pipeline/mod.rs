//! The two shapes of everything that happens around a vendor call, written once: `read` and `act`.

pub(crate) mod act;
pub(crate) mod deed;
pub(crate) mod read;
