//! The texts that a function can send to the database, read from its source.
//!
//! A statement given whole is its literal. One that is assembled (`build`, `push`, `push_bind`, `push_list`) is
//! assembled here along every path through the function: both sides of every `if`, every arm of a `match`, a loop
//! once and twice, and the functions that pass a `Query` on. What cannot be read is told, never passed over.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Block, Expr, ExprMethodCall, Item, Lit, Pat, ReturnType, Stmt};

use super::source::Source;

/// Stands in a text where the engines differ: [`shouwen::db::Conn::skip_locked`].
pub(super) const SKIP_LOCKED: &str = "\u{1}";

/// A function and one text of its.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Statement {
    pub(super) file: String,
    pub(super) function: String,
    pub(super) text: String,
}

/// Everything that was read of some sources.
#[derive(Default)]
pub(super) struct Read {
    pub(super) statements: BTreeSet<Statement>,
    /// `file: function: what could not be read`.
    pub(super) unreadable: Vec<String>,
}

pub(super) fn read<'s>(sources: impl Iterator<Item = &'s Source>) -> Read {
    let parsed: Vec<(String, syn::File)> = sources
        .map(|source| (source.path.clone(), source.parsed()))
        .collect();
    let mut house = House::default();
    for (path, file) in &parsed {
        house.enter(path, &file.items);
    }
    let mut read = Read::default();
    for (path, file) in &parsed {
        for function in functions(&file.items) {
            let mut reader = Reader::new(&house, path);
            let paths = reader.block(&function.block, vec![Path::default()]);
            let name = function.name;
            for path_taken in paths {
                read.statements
                    .extend(path_taken.finished().into_iter().map(|text| Statement {
                        file: path.clone(),
                        function: name.clone(),
                        text,
                    }));
            }
            let unreadable = reader.unreadable.into_iter();
            read.unreadable
                .extend(unreadable.map(|what| format!("{path}: {name}: {what}")));
        }
    }
    read
}

struct Function {
    name: String,
    block: Block,
}

fn functions(items: &[Item]) -> Vec<Function> {
    let mut found = Vec::new();
    for item in items {
        match item {
            Item::Fn(function) => found.push(Function {
                name: function.sig.ident.to_string(),
                block: (*function.block).clone(),
            }),
            Item::Impl(block) => {
                for item in &block.items {
                    if let syn::ImplItem::Fn(function) = item {
                        found.push(Function {
                            name: function.sig.ident.to_string(),
                            block: function.block.clone(),
                        });
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// What functions may name: constants by file, and functions that hand a query on.
#[derive(Default)]
struct House {
    /// By the stem of the file (`row` of `row.rs`) and the name.
    constants: BTreeMap<(String, String), String>,
    /// By the stem of the file and the name they are imported under: the stem where they stand.
    imports: BTreeMap<(String, String), String>,
    passers: BTreeMap<String, (String, Block)>,
}

fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.trim_end_matches(".rs").to_owned()
}

impl House {
    fn enter(&mut self, path: &str, items: &[Item]) {
        for item in items {
            match item {
                Item::Const(constant) => {
                    if let Some(text) = literal(&constant.expr) {
                        self.constants
                            .insert((stem(path), constant.ident.to_string()), text);
                    }
                }
                Item::Use(item) => self.import(path, &item.tree, ""),
                Item::Fn(function) if passes_a_query(&function.sig) => {
                    let body = (path.to_owned(), (*function.block).clone());
                    self.passers.insert(function.sig.ident.to_string(), body);
                }
                _ => {}
            }
        }
    }

    fn import(&mut self, path: &str, tree: &syn::UseTree, from: &str) {
        match tree {
            syn::UseTree::Path(inner) => self.import(path, &inner.tree, &inner.ident.to_string()),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.import(path, item, from)),
            syn::UseTree::Name(name) => {
                self.imports
                    .insert((stem(path), name.ident.to_string()), from.to_owned());
            }
            _ => {}
        }
    }

    fn constant(&self, path: &str, name: &syn::Path) -> Option<String> {
        let names: Vec<String> = name
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        let (last, before) = names.split_last()?;
        let key = |stem: String| (stem, last.clone());
        if let Some(file) = before.last() {
            return self.constants.get(&key(file.clone())).cloned();
        }
        let own = self.constants.get(&key(stem(path)));
        own.or_else(|| {
            self.constants
                .get(&key(self.imports.get(&key(stem(path)))?.clone()))
        })
        .cloned()
    }
}

fn passes_a_query(signature: &syn::Signature) -> bool {
    match &signature.output {
        ReturnType::Type(_, of) => is_query(of),
        ReturnType::Default => false,
    }
}

fn is_query(of: &syn::Type) -> bool {
    matches!(of, syn::Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Query"))
}

fn literal(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// One way through a function: the texts that are whole, and the one in the making.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Path {
    whole: BTreeSet<String>,
    making: Option<String>,
    arguments: usize,
    returned: bool,
}

impl Path {
    fn finish(&mut self) {
        self.whole.extend(self.making.take());
        self.arguments = 0;
    }

    fn finished(mut self) -> BTreeSet<String> {
        self.finish();
        self.whole
    }

    fn push(&mut self, text: &str) {
        if let Some(making) = &mut self.making {
            making.push_str(text);
        }
    }

    fn bind(&mut self) {
        self.arguments += 1;
    }
}

struct Reader<'h> {
    house: &'h House,
    file: String,
    /// Local names that hold text.
    texts: BTreeMap<String, Vec<String>>,
    /// Which round of a loop is being read.
    round: usize,
    unreadable: Vec<String>,
}

impl<'h> Reader<'h> {
    fn new(house: &'h House, file: &str) -> Self {
        Self {
            house,
            file: file.to_owned(),
            texts: BTreeMap::new(),
            round: 0,
            unreadable: Vec::new(),
        }
    }

    fn block(&mut self, block: &Block, mut paths: Vec<Path>) -> Vec<Path> {
        for statement in &block.stmts {
            paths = match statement {
                Stmt::Local(local) => {
                    let Some(init) = &local.init else { continue };
                    self.note_text(&local.pat, &init.expr);
                    let paths = self.expression(&init.expr, paths);
                    match &init.diverge {
                        Some((_, otherwise)) => self.fork(
                            paths,
                            |reader, paths| reader.expression(otherwise, paths),
                            |_, paths| paths,
                        ),
                        None => paths,
                    }
                }
                Stmt::Expr(expression, _) => self.expression(expression, paths),
                Stmt::Item(_) | Stmt::Macro(_) => paths,
            };
        }
        paths
    }

    fn note_text(&mut self, pattern: &Pat, value: &Expr) {
        let Pat::Ident(name) = pattern else { return };
        if let Some(texts) = self.text(value) {
            self.texts.insert(name.ident.to_string(), texts);
        }
    }

    /// Reads both ways and keeps both.
    fn fork(
        &mut self,
        paths: Vec<Path>,
        one: impl FnOnce(&mut Self, Vec<Path>) -> Vec<Path>,
        other: impl FnOnce(&mut Self, Vec<Path>) -> Vec<Path>,
    ) -> Vec<Path> {
        let mut both = one(self, paths.clone());
        both.extend(other(self, paths));
        distinct(both)
    }

    fn expression(&mut self, expression: &Expr, paths: Vec<Path>) -> Vec<Path> {
        let (ended, paths): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.returned);
        let mut paths = self.live_expression(expression, paths);
        paths.extend(ended);
        paths
    }

    fn live_expression(&mut self, expression: &Expr, paths: Vec<Path>) -> Vec<Path> {
        match expression {
            Expr::MethodCall(call) => self.method_call(call, paths),
            Expr::Call(call) => {
                let paths = self.all(call.args.iter(), paths);
                self.call(&call.func, paths)
            }
            Expr::Await(inner) => self.expression(&inner.base, paths),
            Expr::Try(inner) => self.expression(&inner.expr, paths),
            Expr::Paren(inner) => self.expression(&inner.expr, paths),
            Expr::Reference(inner) => self.expression(&inner.expr, paths),
            Expr::Field(inner) => self.expression(&inner.base, paths),
            Expr::Cast(inner) => self.expression(&inner.expr, paths),
            Expr::Unary(inner) => self.expression(&inner.expr, paths),
            Expr::Let(inner) => self.expression(&inner.expr, paths),
            Expr::Assign(assign) => self.expression(&assign.right, paths),
            Expr::Binary(binary) => self.all([&*binary.left, &*binary.right], paths),
            Expr::Tuple(tuple) => self.all(tuple.elems.iter(), paths),
            Expr::Array(array) => self.all(array.elems.iter(), paths),
            Expr::Struct(made) => self.all(made.fields.iter().map(|field| &field.expr), paths),
            Expr::Block(inner) => self.block(&inner.block, paths),
            Expr::Async(inner) => self.block(&inner.block, paths),
            Expr::Closure(inner) => self.expression(&inner.body, paths),
            Expr::Return(inner) => {
                let mut paths = match &inner.expr {
                    Some(value) => self.expression(value, paths),
                    None => paths,
                };
                for path in &mut paths {
                    path.returned = true;
                }
                paths
            }
            Expr::If(choice) => {
                let paths = self.expression(&choice.cond, paths);
                self.fork(
                    paths,
                    |reader, paths| reader.block(&choice.then_branch, paths),
                    |reader, paths| match &choice.else_branch {
                        Some((_, otherwise)) => reader.expression(otherwise, paths),
                        None => paths,
                    },
                )
            }
            Expr::Match(choice) => {
                let paths = self.expression(&choice.expr, paths);
                let arms = choice
                    .arms
                    .iter()
                    .flat_map(|arm| self.expression(&arm.body, paths.clone()));
                distinct(arms.collect())
            }
            Expr::ForLoop(inner) => {
                let paths = self.expression(&inner.expr, paths);
                self.rounds(&inner.body, paths)
            }
            Expr::While(inner) => {
                let paths = self.expression(&inner.cond, paths);
                self.rounds(&inner.body, paths)
            }
            Expr::Loop(inner) => self.rounds(&inner.body, paths),
            _ => paths,
        }
    }

    fn all<'e>(
        &mut self,
        expressions: impl IntoIterator<Item = &'e Expr>,
        mut paths: Vec<Path>,
    ) -> Vec<Path> {
        for expression in expressions {
            paths = self.expression(expression, paths);
        }
        paths
    }

    /// A loop that runs once, and one that runs twice.
    fn rounds(&mut self, body: &Block, paths: Vec<Path>) -> Vec<Path> {
        let before = std::mem::replace(&mut self.round, 0);
        let once = self.block(body, paths);
        self.round = 1;
        let twice = self.block(body, once.clone());
        self.round = before;
        distinct(once.into_iter().chain(twice).collect())
    }

    fn method_call(&mut self, call: &ExprMethodCall, paths: Vec<Path>) -> Vec<Path> {
        let paths = self.expression(&call.receiver, paths);
        let first = call.args.first();
        let (name, count) = (call.method.to_string(), call.args.len());
        match (name.as_str(), first) {
            ("sql", Some(text)) if count == 1 => self.append(text, paths, |path, text| {
                path.whole.insert(text.to_owned());
            }),
            ("build", Some(text)) if count == 1 => self.append(text, paths, |path, text| {
                path.finish();
                path.making = Some(text.to_owned());
            }),
            ("push", Some(text)) if count == 1 && paths.iter().any(|path| path.making.is_some()) => {
                self.append(text, paths, Path::push)
            }
            ("bind", Some(_)) => each(paths, Path::bind),
            ("push_bind", Some(_)) => each(paths, |path| {
                path.bind();
                path.push(&format!("${}", path.arguments));
            }),
            ("push_list", Some(_)) => each(paths, |path| {
                path.bind();
                path.push(&format!("(${}", path.arguments));
                path.bind();
                path.push(&format!(", ${})", path.arguments));
            }),
            _ => self.all(call.args.iter(), paths),
        }
    }

    /// A function that takes and returns a query goes on with it.
    fn call(&mut self, function: &Expr, paths: Vec<Path>) -> Vec<Path> {
        let Expr::Path(path) = function else { return paths };
        let name = path.path.segments.last().map(|last| last.ident.to_string());
        let Some((file, body)) = name.and_then(|name| self.house.passers.get(&name)) else {
            return paths;
        };
        let mut inner = Reader::new(self.house, file);
        let mut paths = inner.block(body, paths);
        self.unreadable.append(&mut inner.unreadable);
        for path in &mut paths {
            path.returned = false;
        }
        paths
    }

    fn append(&mut self, text: &Expr, paths: Vec<Path>, add: impl Fn(&mut Path, &str)) -> Vec<Path> {
        let Some(texts) = self.text(text) else {
            self.unreadable
                .push("a text that is no literal and no constant".to_owned());
            return paths;
        };
        let mut next = Vec::new();
        for path in paths {
            for text in &texts {
                let mut path = path.clone();
                add(&mut path, text);
                next.push(path);
            }
        }
        distinct(next)
    }

    /// The texts that an expression may stand for.
    fn text(&self, expression: &Expr) -> Option<Vec<String>> {
        match expression {
            Expr::Lit(_) => literal(expression).map(|text| vec![text]),
            Expr::Path(path) => {
                let local = path
                    .path
                    .get_ident()
                    .and_then(|name| self.texts.get(&name.to_string()));
                local
                    .cloned()
                    .or_else(|| Some(vec![self.house.constant(&self.file, &path.path)?]))
            }
            Expr::MethodCall(call) if call.method == "skip_locked" => Some(vec![SKIP_LOCKED.to_owned()]),
            Expr::Paren(inner) => self.text(&inner.expr),
            Expr::Block(inner) => match inner.block.stmts.as_slice() {
                [Stmt::Expr(value, None)] => self.text(value),
                _ => None,
            },
            Expr::If(choice) => {
                let then = self.text_of_block(&choice.then_branch)?;
                let otherwise = self.text(&choice.else_branch.as_ref()?.1)?;
                Some(match (is_first(&choice.cond), self.round) {
                    (true, 0) => then,
                    (true, _) => otherwise,
                    (false, _) => [then, otherwise].concat(),
                })
            }
            Expr::Match(choice) => {
                let arms: Option<Vec<Vec<String>>> =
                    choice.arms.iter().map(|arm| self.text(&arm.body)).collect();
                Some(arms?.concat())
            }
            _ => None,
        }
    }

    fn text_of_block(&self, block: &Block) -> Option<Vec<String>> {
        match block.stmts.as_slice() {
            [Stmt::Expr(value, None)] => self.text(value),
            _ => None,
        }
    }
}

/// `place == 0`: the first round of a loop.
fn is_first(condition: &Expr) -> bool {
    let Expr::Binary(binary) = condition else {
        return false;
    };
    let is_zero = matches!(&*binary.right, Expr::Lit(lit) if matches!(&lit.lit, Lit::Int(number) if number.base10_digits() == "0"));
    matches!(binary.op, syn::BinOp::Eq(_)) && is_zero
}

fn each(mut paths: Vec<Path>, act: impl Fn(&mut Path)) -> Vec<Path> {
    paths.iter_mut().for_each(act);
    paths
}

fn distinct(paths: Vec<Path>) -> Vec<Path> {
    paths.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}
