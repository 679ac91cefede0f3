//! The shape of files: a page or two, and a first line that says what it is for.

use super::source::{Source, under};

const MOST_LINES: usize = 600;
/// Nobody reads it.
const GENERATED: &str = "web/shared/api.ts";
#[test]
fn no_file_is_too_long_to_be_read() {
    let rust = ["src", "core/src", "channels/src"].map(|folder| under(folder, &["rs"]));
    let web = under("web", &["ts", "tsx", "svelte"]);
    let web = web.into_iter().filter(|source| source.path != GENERATED);
    let all = rust.into_iter().flatten().chain(web);
    let long: Vec<String> = all.filter_map(|source| too_long(&source)).collect();
    assert!(long.is_empty(), "split these:\n{}", long.join("\n"));
}

/// The tests that stand at the end of the file they test are not counted.
fn too_long(source: &Source) -> Option<String> {
    let code = source
        .text
        .split("\n#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    let lines = code.lines().count();
    (lines > MOST_LINES).then(|| format!("{}: {lines} lines, at most {MOST_LINES}", source.path))
}

#[test]
fn every_file_says_what_it_is_for() {
    let folders = ["src", "core/src", "channels/src", "channels/tests", "tests/it"];
    let silent: Vec<String> = folders
        .iter()
        .flat_map(|folder| under(folder, &["rs"]))
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.path)
        .collect();
    assert!(silent.is_empty(), "begin these with //!:\n{}", silent.join("\n"));
}
