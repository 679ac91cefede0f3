//! Inline styles of mail: an allow-list of properties, and values that can neither load nor cover
//! anything. What is not understood is dropped, declaration by declaration.

const PROPERTIES: [&str; 46] = [
    "align-items",
    "background",
    "background-clip",
    "background-color",
    "background-size",
    "box-shadow",
    "box-sizing",
    "caption-side",
    "clear",
    "color",
    "column-gap",
    "direction",
    "display",
    "empty-cells",
    "flex-direction",
    "flex-wrap",
    "float",
    "gap",
    "height",
    "hyphens",
    "justify-content",
    "letter-spacing",
    "line-height",
    "max-height",
    "max-width",
    "min-height",
    "min-width",
    "mso-line-height-rule",
    "opacity",
    "overflow",
    "overflow-wrap",
    "table-layout",
    "tab-size",
    "text-align",
    "text-indent",
    "text-overflow",
    "text-shadow",
    "text-transform",
    "unicode-bidi",
    "vertical-align",
    "visibility",
    "white-space",
    "width",
    "word-break",
    "word-spacing",
    "word-wrap",
];
const FAMILIES: [&str; 6] = [
    "font",
    "margin",
    "padding",
    "border",
    "list-style",
    "text-decoration",
];
const FUNCTIONS: [&str; 7] = [
    "rgb",
    "rgba",
    "hsl",
    "hsla",
    "calc",
    "linear-gradient",
    "radial-gradient",
];
const MOST_DECLARATIONS: usize = 200;

/// The declarations that may stay; `None` when none may.
pub(super) fn filter(style: &str) -> Option<String> {
    if style.contains("/*") {
        return None;
    }
    let kept: Vec<String> = declarations(style).into_iter().filter_map(declaration).collect();
    (!kept.is_empty()).then(|| kept.join(";"))
}

/// Splits at semicolons outside quotes and brackets.
fn declarations(style: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut depth) = (0, 0usize);
    let mut quote = None;
    for (index, c) in style.char_indices() {
        if let Some(open) = quote {
            if c == open {
                quote = None;
            }
            continue;
        }
        match c {
            '"' | '\'' => quote = Some(c),
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => {
                if found.len() >= MOST_DECLARATIONS {
                    return found;
                }
                found.push(&style[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    found.push(&style[start..]);
    found
}

fn declaration(text: &str) -> Option<String> {
    let (property, value) = text.split_once(':')?;
    let property = property.trim().to_ascii_lowercase();
    let value = value.trim();
    let known = PROPERTIES.contains(&property.as_str())
        || FAMILIES.iter().any(|family| {
            property
                .strip_prefix(family)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        });
    let plain_name = property.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    (known && plain_name && is_harmless(value)).then(|| format!("{property}:{value}"))
}

fn is_harmless(value: &str) -> bool {
    let fits = !value.is_empty() && value.len() <= 400;
    let plain = value.chars().all(|c| {
        c.is_alphanumeric()
            || matches!(
                c,
                ' ' | '#' | '%' | '.' | ',' | '-' | '+' | '*' | '/' | '(' | ')' | '!' | '_' | '\'' | '"'
            )
    });
    fits && plain
        && functions(value)
            .iter()
            .all(|name| FUNCTIONS.contains(&name.as_str()))
}

/// The names before each opening bracket.
fn functions(value: &str) -> Vec<String> {
    let names = value.match_indices('(').map(|(at, _)| {
        let name: String = value[..at]
            .chars()
            .rev()
            .take_while(|c| c.is_alphanumeric() || *c == '-')
            .collect();
        name.chars().rev().collect::<String>().to_ascii_lowercase()
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::filter;

    #[test]
    fn only_known_properties_with_harmless_values_stay() {
        for (style, wanted) in [
            (
                "color: red; position:fixed; margin-top: 1px",
                Some("color:red;margin-top:1px"),
            ),
            ("background: url(x)", None),
            ("background: #fff", Some("background:#fff")),
            ("width: expression(alert(1))", None),
            ("color: rgb(1, 2, 3)", Some("color:rgb(1, 2, 3)")),
            ("width: calc(100% - (2 * 3px))", None),
            (
                "font-family: \"Microsoft YaHei\", '微软雅黑', Arial",
                Some("font-family:\"Microsoft YaHei\", '微软雅黑', Arial"),
            ),
            ("color: \\65xpression(1)", None),
            ("color: re/**/d", None),
            ("behavior: x", None),
            ("-moz-binding: x", None),
            ("z-index: 999", None),
            ("border-image: url(x)", None),
            ("", None),
        ] {
            assert_eq!(filter(style).as_deref(), wanted, "{style}");
        }
    }
}
