//! Passes the linker the settings for a Node.js addon.

fn main() {
    napi_build::setup();
}
