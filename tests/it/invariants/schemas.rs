//! Each schema of the API has a name of its own: of two types with one name, the document would show one for both.

use std::collections::BTreeMap;

use syn::{Attribute, Generics, Item};

use super::source;

#[test]
fn no_two_schemas_have_one_name() {
    let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for source in source::server() {
        for item in source.parsed().items {
            if let Some(name) = described(&item) {
                found.entry(name).or_default().push(&source.path);
            }
        }
    }
    found.retain(|_, files| files.len() > 1);
    assert!(found.is_empty(), "rename all but one: {found:?}");
}

/// The name under which a type of the API is described. That of a generic one tells its arguments too.
fn described(item: &Item) -> Option<String> {
    let (attributes, name, generics): (&[Attribute], _, &Generics) = match item {
        Item::Struct(item) => (&item.attrs, &item.ident, &item.generics),
        Item::Enum(item) => (&item.attrs, &item.ident, &item.generics),
        _ => return None,
    };
    let derived = attributes.iter().any(|attribute| {
        let mut schema = false;
        let _ = attribute.parse_nested_meta(|meta| {
            schema |= meta
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == "ToSchema");
            Ok(())
        });
        attribute.path().is_ident("derive") && schema
    });
    (derived && generics.params.is_empty()).then(|| name.to_string())
}
