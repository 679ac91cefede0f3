//! format=flowed (RFC 3676): joins the soft-broken lines of a paragraph, quoted ones by their depth.

/// `drops_blank` is the DelSp parameter: the blank before a soft break is not part of the text.
pub(crate) fn join(text: &str, drops_blank: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open_depth: Option<usize> = None;
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        let depth = line.bytes().take_while(|&b| b == b'>').count();
        let content = line[depth..].strip_prefix(' ').unwrap_or(&line[depth..]);
        let is_signature = content == "-- ";
        if open_depth != Some(depth) || is_signature {
            if open_depth.is_some() {
                close(&mut out);
            }
            out.push_str(&">".repeat(depth));
            if depth > 0 {
                out.push(' ');
            }
        }
        let flows = content.ends_with(' ') && !is_signature;
        out.push_str(if flows && drops_blank {
            &content[..content.len() - 1]
        } else {
            content
        });
        open_depth = flows.then_some(depth);
        if !flows {
            out.push('\n');
        }
    }
    out
}

fn close(out: &mut String) {
    while out.ends_with(' ') {
        out.pop();
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn soft_breaks_are_joined_by_depth() {
        assert_eq!(join("one \ntwo\nthree\n", false), "one two\nthree\n");
        assert_eq!(join("wo \nrd\n", true), "word\n");
        assert_eq!(
            join("> quoted \n> more\nanswer\n", false),
            "> quoted more\nanswer\n"
        );
        assert_eq!(join("> quoted \nanswer\n", false), "> quoted\nanswer\n");
        assert_eq!(join("text \n-- \nname\n", false), "text\n-- \nname\n");
    }
}
