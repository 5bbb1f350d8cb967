//! `.. name:: argument` and the lines indented below it.

use super::lines::{dedent, field, is_blank, trimmed};
use super::{Blocks, prefixed};

impl Blocks<'_> {
    /// A directive. Comments and targets have the same form and are dropped.
    pub(super) fn directive(&mut self, head: &str, body: &[&str]) {
        let Some((name, argument)) = head.split_once("::") else {
            if let Some((footnote, text)) = head.strip_prefix('[').and_then(|head| head.split_once(']')) {
                self.item(&format!("\\[{footnote}\\] "), text.trim(), body);
            }
            return;
        };
        let argument = argument.trim();
        let (options, body) = split_options(body);
        match name {
            "qmp-example" => self.example(&options, &body),
            "code-block" | "code" | "sourcecode" | "parsed-literal" | "literal" | "highlight" => {
                self.fence(&body)
            }
            _ => match title(name) {
                Some(title) => self.admonition(title, argument, &body),
                None if name == "admonition" => self.admonition(argument, "", &body),
                None => self.convert(&body),
            },
        }
    }

    fn example(&mut self, options: &[(&str, &str)], body: &[&str]) {
        let option = |name: &str| options.iter().find(|(option, _)| *option == name).map(|(_, value)| *value);
        let title = match option("title") {
            Some(title) => format!("Example: {}", super::inline::convert(title, self.links)),
            None => "Example:".to_owned(),
        };
        self.push_block([title]);
        if option("annotated").is_some() { self.convert(body) } else { self.fence(body) }
    }

    fn admonition(&mut self, title: &str, argument: &str, body: &[&str]) {
        let mut lines = vec![argument];
        lines.extend(body);
        let mut inner = self.inner();
        inner.convert(&trimmed(lines));
        let title = format!("**{title}:**");
        let starts_with_text =
            inner.out.first().is_some_and(|line| line.starts_with(|c: char| c.is_alphanumeric()));
        if let (true, Some(first)) = (starts_with_text, inner.out.first_mut()) {
            *first = format!("{title} {first}");
        } else {
            inner.out.splice(0..0, [title, String::new()]);
        }
        self.push_block(prefixed(&inner.out, "> ", "> "));
    }
}

/// The options, and the text below them.
fn split_options<'t>(body: &[&'t str]) -> (Vec<(&'t str, &'t str)>, Vec<&'t str>) {
    let body = dedent(body);
    let count = body.iter().take_while(|line| field(line).is_some()).count();
    let options = body[..count].iter().filter_map(|line| field(line)).collect();
    let rest = body[count..].iter().copied().skip_while(|line| is_blank(line)).collect();
    (options, rest)
}

fn title(name: &str) -> Option<&'static str> {
    Some(match name {
        "note" => "Note",
        "warning" => "Warning",
        "caution" => "Caution",
        "important" => "Important",
        "hint" => "Hint",
        "tip" => "Tip",
        "attention" => "Attention",
        "danger" => "Danger",
        "error" => "Error",
        "seealso" => "See also",
        "todo" => "To do",
        _ => return None,
    })
}
