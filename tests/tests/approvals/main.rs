//! Properties of every request, for any actions of many people in any order.

mod forged;
mod invariants;
mod play;
mod shown_text;
