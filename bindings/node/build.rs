//! What the linker has to know to make a Node.js addon.

fn main() {
    napi_build::setup();
}
