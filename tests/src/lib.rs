//! The shared parts of the test suites and benchmarks.
//!
//! | I want to … | call |
//! |---|---|
//! | read a file of `tests/vectors/` | [`Vectors::read`] |
//! | run a fuzz target | [`fuzz::TARGETS`] |
//! | generate hostile values | [`values`] |
//! | compare the speed of something with other libraries | [`bench::Bench`] |

#![forbid(unsafe_code)]

pub mod bench;
pub mod fuzz;
pub mod values;
mod vectors;

pub use vectors::{Case, Expectation, Vectors};

/// Compiles and runs the example of the main README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
