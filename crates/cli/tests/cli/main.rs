//! The binary as its users run it: one process a call.

mod command;
mod demo;
mod hostile;
mod request;
mod template;
mod token;
