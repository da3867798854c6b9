//! The server, as its callers see it: the real binary, over real sockets.

mod http;
mod purchase;
mod server;
mod tokens;
