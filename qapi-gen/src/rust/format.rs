//! The text of tokens.

use proc_macro2::TokenStream;

/// The items as text: formatted when that is asked for and built in, else laid out plainly. Ends with a line break unless
/// it is empty.
pub(super) fn items(tokens: TokenStream, format: bool) -> String {
    if tokens.is_empty() {
        return String::new();
    }
    if format && let Some(text) = pretty(&tokens) {
        return text;
    }
    super::plain::layout(tokens)
}

#[cfg(feature = "format")]
fn pretty(tokens: &TokenStream) -> Option<String> {
    // What does not parse is printed as it is, for the compiler to explain.
    syn::parse2(tokens.clone()).ok().map(|file| prettyplease::unparse(&file))
}

#[cfg(not(feature = "format"))]
fn pretty(_: &TokenStream) -> Option<String> {
    None
}

/// Puts `content` into the braces of `head`, which end it; indents it when it is to be read.
pub(super) fn fill(head: &str, content: &str, format: bool) -> String {
    let open = head.trim_end().strip_suffix('}').unwrap_or(head).trim_end();
    let mut out = String::with_capacity(head.len() + content.len() * 9 / 8);
    out.push_str(open);
    out.push('\n');
    if format {
        for line in content.lines() {
            if !line.is_empty() {
                out.push_str("    ");
                out.push_str(line);
            }
            out.push('\n');
        }
    } else {
        out.push_str(content);
    }
    out.push_str("}\n");
    out
}
