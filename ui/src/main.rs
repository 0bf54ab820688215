//! The program that the page loads: starts the view. It is only ever run as WebAssembly.

fn main() {
    frontdesk_ui::start();
}
