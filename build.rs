//! Has cargo embed the front end and the migrations anew when they changed.

fn main() {
    println!("cargo:rerun-if-changed=web/dist");
    println!("cargo:rerun-if-changed=migrations");
}
