//! The door: read the command line, call one room.

mod cli;
mod config;

use std::process::ExitCode;

/// A third more requests from the same cores on the path past the cache.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
