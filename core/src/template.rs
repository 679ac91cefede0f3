//! Texts that are written once and used often: in several languages, with variables such as `{{customer.name}}`, or
//! `{{customer.name|you}}` with words for when it is not known.
//!
//! What is put in is not read again: a customer who is called `{{agent.email}}` learns nothing.

/// Puts in what the variables stand for. `value` gives `None` for what is no variable, which stays as it is written,
/// and an empty text for what is not known. A line that held nothing but what is not known goes.
pub fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let lines = template.lines().filter_map(|line| fill_line(line, &value));
    lines.collect::<Vec<_>>().join("\n")
}

/// The names of the variables, whether there are such or not.
pub fn variables(template: &str) -> impl Iterator<Item = &str> {
    let parts = template.lines().flat_map(parts);
    parts.filter_map(|part| match part {
        Part::Variable { name, .. } => Some(name),
        Part::Words(_) => None,
    })
}

/// The one in this language, else in its main language, else for any.
pub fn nearest<'a, T>(all: &'a [T], locale_of: impl Fn(&T) -> &str, wanted: &str) -> Option<&'a T> {
    let main = wanted.split('-').next().unwrap_or_default();
    let find = |wanted: &str| all.iter().find(|one| locale_of(one).eq_ignore_ascii_case(wanted));
    find(wanted).or_else(|| find(main)).or_else(|| find(""))
}

enum Part<'t> {
    Words(&'t str),
    Variable {
        whole: &'t str,
        name: &'t str,
        otherwise: &'t str,
    },
}

fn parts(line: &str) -> Vec<Part<'_>> {
    let (mut parts, mut rest) = (Vec::new(), line);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, behind)) = after.split_once("}}") else {
            break;
        };
        let (name, otherwise) = inside.split_once('|').unwrap_or((inside, ""));
        parts.push(Part::Words(before));
        parts.push(Part::Variable {
            whole: &rest[before.len()..rest.len() - behind.len()],
            name: name.trim(),
            otherwise: otherwise.trim(),
        });
        rest = behind;
    }
    parts.push(Part::Words(rest));
    parts
}

/// `None`: nothing is left of the line but what is not known.
fn fill_line(line: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let (mut filled, mut any) = (String::new(), false);
    for part in parts(line) {
        match part {
            Part::Words(words) => filled.push_str(words),
            Part::Variable {
                whole,
                name,
                otherwise,
            } => match value(name) {
                Some(known) => {
                    any = true;
                    filled.push_str(if known.is_empty() { otherwise } else { &known });
                }
                None => filled.push_str(whole),
            },
        }
    }
    (!any || !filled.trim().is_empty()).then_some(filled)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(name: &str) -> Option<String> {
        match name {
            "customer.name" => Some("王芳".to_owned()),
            "ticket.subject" => Some("{{agent.email}}".to_owned()),
            "agent.email" => Some("li@shop.example".to_owned()),
            "customer.tier" => Some(String::new()),
            _ => None,
        }
    }

    #[test]
    fn variables_are_filled_in_once() {
        for (template, wanted) in [
            ("您好 {{customer.name}}，", "您好 王芳，"),
            ("{{ customer.name }}!{{customer.name}}", "王芳!王芳"),
            ("About “{{ticket.subject}}”", "About “{{agent.email}}”"),
            ("Dear {{customer.tier|friend}},", "Dear friend,"),
            ("Dear {{customer.name|friend}},", "Dear 王芳,"),
            ("one\n{{customer.tier}}\n\ntwo", "one\n\ntwo"),
            ("{{no.such}} {{", "{{no.such}} {{"),
            ("{{no.such|else}} }}", "{{no.such|else}} }}"),
            ("{{{{customer.name}}}}", "{{{{customer.name}}}}"),
            ("", ""),
        ] {
            assert_eq!(fill(template, value), wanted, "{template}");
        }
    }

    #[test]
    fn the_variables_of_a_text_are_named() {
        let names: Vec<&str> = variables("{{a.b}}, {{ c|d }}\n{{e\n}} {{f").collect();
        assert_eq!(names, ["a.b", "c"]);
    }

    #[test]
    fn the_nearest_language_is_chosen() {
        let all = [("zh", "简"), ("zh-TW", "繁"), ("", "any")];
        let near = |all: &[(&'static str, &'static str)], wanted: &str| {
            nearest(all, |one| one.0, wanted).map(|one| one.1)
        };
        for (locale, wanted) in [
            ("zh-TW", "繁"),
            ("zh-CN", "简"),
            ("ZH", "简"),
            ("fr", "any"),
            ("", "any"),
        ] {
            assert_eq!(near(&all, locale), Some(wanted), "{locale}");
        }
        assert_eq!(near(&all[..2], "fr"), None);
    }

    proptest! {
        #[test]
        fn a_text_without_variables_stays(text in "[^{]{0,80}") {
            let lines: Vec<&str> = text.lines().collect();
            prop_assert_eq!(fill(&text, value), lines.join("\n"));
        }

        #[test]
        fn any_text_is_read(text in "[{}| a王\n]{0,60}") {
            let _ = (fill(&text, value), variables(&text).count());
        }
    }
}
