//! What holds for every request, whatever many people do to it in whatever order.

mod invariants;
mod play;
