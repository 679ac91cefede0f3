//! The examples of configurations are read as a server reads them.

use std::path::Path;

use shouwen::config::Config;

#[test]
fn the_examples_are_configurations() {
    let read = |name: &str| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(name);
        Config::read(Some(&file), std::iter::empty(), &[]).unwrap()
    };
    let single = read("example-single.toml");
    assert!(single.database.url.is_empty() && single.bus.redis_url.is_empty());
    let cluster = read("example-cluster.toml");
    assert!(cluster.database.url.starts_with("postgres://"));
    assert!(!cluster.bus.redis_url.is_empty() && !cluster.blobs.s3_bucket.is_empty());
    assert!(
        cluster.secrets.key.is_empty(),
        "an example's key would be everybody's"
    );
}
