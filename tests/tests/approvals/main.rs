//! What holds for every request, whatever many people do to it in whatever order.

mod forged;
mod invariants;
mod play;
mod shown_text;
