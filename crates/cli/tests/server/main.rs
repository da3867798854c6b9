//! The server, as its callers see it: the real binary, over real sockets.

mod cancel;
mod client;
mod clock;
mod expiry;
mod grant;
mod callers;
mod crowd;
mod http;
mod idempotency;
mod open;
mod published;
mod link;
mod origin;
mod password;
mod purchase;
mod read;
mod server;
mod tokens;
mod stored;
mod wait;
mod session;
