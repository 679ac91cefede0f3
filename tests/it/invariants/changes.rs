//! A change touches rows and nothing else: it may run again, and others wait for it.
//!
//! Read are the functions that take a `Change`, and the closures that are given to `change`: none of them names what
//! reaches beyond the database.

use syn::visit::{self, Visit};
use syn::{Expr, FnArg, Signature, Type};

use super::source::{Source, server};

/// The parts of the application that lead to the network, to files, or to work that takes long.
const PARTS: &[&str] = &["blobs", "fetcher", "passwords", "resolver", "senders"];
/// What else leads there.
const BEYOND: &[&str] = &[
    "lookup_host",
    "reqwest",
    "Sha256",
    "spawn_blocking",
    "store_bytes",
    "store_spooled",
    "TcpStream",
    "UnixStream",
];

/// `(file, function, why)`.
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

#[test]
fn no_change_reaches_beyond_the_database() {
    let (mut wrong, mut read) = (Vec::new(), 0);
    for source in server() {
        let mut changes = Changes::of(source);
        changes.visit_file(&source.parsed());
        read += changes.read;
        wrong.extend(changes.wrong);
    }
    assert!(read > 300, "only {read} were found");
    assert!(
        wrong.is_empty(),
        "do this before the change, or after it:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn a_change_that_asks_the_network_is_found() {
    let source = Source {
        path: "src/actions/lamps.rs".to_owned(),
        text: "async fn light(change: &mut Change, app: &App) { app.fetcher.get().await }
               async fn look(app: &App) { app.blobs.get().await; app.change(&actor, (), |change, ()| { app.blobs.put() }) }"
            .to_owned(),
    };
    let mut changes = Changes::of(&source);
    changes.visit_file(&source.parsed());
    assert_eq!(changes.wrong.len(), 2, "{:?}", changes.wrong);
}

struct Changes<'s> {
    source: &'s Source,
    function: String,
    /// Within a change.
    inside: bool,
    read: usize,
    wrong: Vec<String>,
}

impl<'s> Changes<'s> {
    fn of(source: &'s Source) -> Self {
        Self {
            source,
            function: String::new(),
            inside: false,
            read: 0,
            wrong: Vec::new(),
        }
    }

    fn named(&mut self, name: &str, beyond: &[&str]) {
        let excepted = EXCEPTIONS
            .iter()
            .any(|(file, function, _)| self.source.path == *file && self.function == *function);
        if self.inside && !excepted && beyond.contains(&name) {
            self.wrong
                .push(format!("{} {}: {name}", self.source.path, self.function));
        }
    }

    fn enter(&mut self, signature: &Signature, visit: impl FnOnce(&mut Self)) {
        let before = (std::mem::take(&mut self.function), self.inside);
        self.function = signature.ident.to_string();
        self.inside = takes_change(signature);
        self.read += usize::from(self.inside);
        visit(self);
        (self.function, self.inside) = before;
    }
}

fn takes_change(signature: &Signature) -> bool {
    signature.inputs.iter().any(|input| match input {
        FnArg::Typed(argument) => match &*argument.ty {
            Type::Reference(reference) if reference.mutability.is_some() => match &*reference.elem {
                Type::Path(path) => path
                    .path
                    .segments
                    .last()
                    .is_some_and(|last| last.ident == "Change"),
                _ => false,
            },
            _ => false,
        },
        FnArg::Receiver(_) => false,
    })
}

impl<'ast> Visit<'ast> for Changes<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let is_test = module
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("cfg"));
        if !is_test {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.enter(&function.sig, |changes| visit::visit_item_fn(changes, function));
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.enter(&function.sig, |changes| {
            visit::visit_impl_item_fn(changes, function);
        });
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let changes = call.method == "change" || call.method == "change_from";
        self.named(&call.method.to_string(), BEYOND);
        self.visit_expr(&call.receiver);
        for argument in &call.args {
            let before = self.inside;
            if changes && matches!(argument, Expr::Closure(_)) {
                self.inside = true;
                self.read += 1;
            }
            self.visit_expr(argument);
            self.inside = before;
        }
    }

    fn visit_expr_field(&mut self, field: &'ast syn::ExprField) {
        if let syn::Member::Named(name) = &field.member {
            self.named(&name.to_string(), PARTS);
        }
        visit::visit_expr_field(self, field);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        for segment in &path.segments {
            self.named(&segment.ident.to_string(), BEYOND);
        }
        visit::visit_path(self, path);
    }
}
