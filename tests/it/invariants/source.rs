//! The source files of the project, read and parsed once.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use walkdir::WalkDir;

pub(super) struct Source {
    /// From the root of the project, with slashes: `src/store/agents.rs`.
    pub(super) path: String,
    pub(super) text: String,
}

impl Source {
    pub(super) fn parsed(&self) -> syn::File {
        syn::parse_file(&self.text).unwrap_or_else(|error| panic!("{}: {error}", self.path))
    }
}

/// Every Rust file under `src/`.
pub(super) fn server() -> &'static [Source] {
    static FOUND: OnceLock<Vec<Source>> = OnceLock::new();
    FOUND.get_or_init(|| under("src", &["rs"]))
}

/// Every file under `folder` with one of these endings, in order; nothing that is built or fetched.
pub(super) fn under(folder: &str, endings: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let walk = WalkDir::new(root.join(folder)).sort_by_file_name().into_iter();
    let ours = walk.filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        !matches!(name.as_ref(), "node_modules" | "dist" | "target")
    });
    let mut found = Vec::new();
    for entry in ours.map(|entry| entry.expect("the project can be read")) {
        let ending = entry.path().extension().and_then(|ending| ending.to_str());
        if !entry.file_type().is_file() || !ending.is_some_and(|ending| endings.contains(&ending)) {
            continue;
        }
        let path = entry.path().strip_prefix(root).expect("it is inside");
        found.push(Source {
            path: path.to_string_lossy().replace('\\', "/"),
            text: fs::read_to_string(entry.path()).expect("a source is text"),
        });
    }
    assert!(!found.is_empty(), "there is nothing in {folder}");
    found
}
