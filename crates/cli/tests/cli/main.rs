//! Tests the binary as users run it, with one process per call.

mod command;
mod demo;
mod hostile;
mod request;
mod template;
mod token;
