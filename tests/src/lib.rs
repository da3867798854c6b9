//! What the suites and benchmarks share.
//!
//! | I want to … | call |
//! |---|---|
//! | run a file of `tests/vectors/` | [`Vectors::read`] |
//! | feed a fuzz target | [`fuzz::TARGETS`] |
//! | generate hostile values | [`values`] |
//! | time something against its peers | [`bench::Bench`] |

#![forbid(unsafe_code)]

pub mod bench;
pub mod fuzz;
pub mod values;
mod vectors;

pub use vectors::{Case, Expectation, Vectors};

/// The front page's example is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
