//! rST in, Markdown out.

use super::blocks::convert;
use super::links::Links;

fn markdown(text: &str) -> String {
    convert(text, &Links::none())
}

#[test]
fn text_keeps_its_emphasis_and_loses_what_markdown_would_misread() {
    assert_eq!(
        markdown("A ``literal``, *this*, @name. <b> a[1]"),
        "A `literal`, *this*, `name`. \\<b> a\\[1\\]"
    );
    assert_eq!(markdown("one\n# two\n- three\n1. four"), "one\n\\# two\n\\- three\n1\\. four");
}

#[test]
fn addresses_become_links() {
    assert_eq!(markdown("See https://qemu.org/x_y (now)."), "See <https://qemu.org/x_y> (now).");
    assert_eq!(markdown("`the site <https://qemu.org>`__"), "[the site](https://qemu.org)");
}

#[test]
fn mail_addresses_are_no_names() {
    assert_eq!(markdown("mail a@example.org"), "mail a@example.org");
}

#[test]
fn indented_text_is_never_code() {
    assert_eq!(markdown("text\n\n    quoted\n\n        deeper"), "text\n\n> quoted\n>\n> > deeper");
}

#[test]
fn literal_blocks_are_text() {
    assert_eq!(
        markdown("such as::\n\n    fn main() {}\n\nend"),
        "such as:\n\n```text\nfn main() {}\n```\n\nend"
    );
}

#[test]
fn lists_nest_and_stay_together() {
    assert_eq!(
        markdown("- one\n  more\n\n- two\n\n  - inner\n\n1) three"),
        "- one\n  more\n- two\n\n  - inner\n1. three"
    );
}

#[test]
fn terms_and_definitions() {
    assert_eq!(markdown("term\n    what it is"), "- term\n\n  what it is");
}

#[test]
fn notes_are_quoted_under_their_title() {
    assert_eq!(markdown(".. note:: Mind\n   this.\n\nend"), "> **Note:** Mind\n> this.\n\nend");
    assert_eq!(markdown(".. admonition:: Look\n\n    here"), "> **Look:** here");
}

#[test]
fn examples_are_text() {
    let source =
        ".. qmp-example::\n   :title: stop it\n\n   -> { \"execute\": \"stop\" }\n   <- { \"return\": {} }";
    let expected = "Example: stop it\n\n```text\n-> { \"execute\": \"stop\" }\n<- { \"return\": {} }\n```";
    assert_eq!(markdown(source), expected);
}

#[test]
fn annotated_examples_alternate() {
    let source = ".. qmp-example::\n    :annotated:\n\n    First::\n\n      -> a\n      <- b\n\n    done";
    assert_eq!(markdown(source), "Example:\n\nFirst:\n\n```text\n-> a\n<- b\n```\n\ndone");
}

#[test]
fn conversations_in_older_comments_are_text() {
    assert_eq!(
        markdown("Example:\n\n-> { a }\n<- { b,\n     c }\n\nend"),
        "Example:\n\n```text\n-> { a }\n<- { b,\n     c }\n```\n\nend"
    );
}

#[test]
fn indented_conversations_are_not_quoted() {
    assert_eq!(
        markdown("one\n\n  -> { a,\n       b }\n\n  <- c\n\ntwo"),
        "one\n\n```text\n-> { a,\n     b }\n\n<- c\n```\n\ntwo"
    );
}

#[test]
fn headings_of_both_kinds() {
    assert_eq!(markdown("= Title\n\n== Part\n\nOther\n-----"), "# Title\n\n## Part\n\n### Other");
}

#[test]
fn headings_with_lines_above_and_below() {
    assert_eq!(markdown("*****\nTitle\n*****\n\nPart\n====\n\ntext"), "# Title\n\n## Part\n\ntext");
    assert_eq!(markdown("***\nno title"), "\\***\nno title");
}

#[test]
fn comments_and_targets_are_dropped() {
    assert_eq!(markdown(".. _label:\n\ntext\n\n.. a comment\n   goes on"), "text");
}

#[test]
fn depth_is_limited() {
    let deep: String = (0..2000).map(|depth| format!("{}x\n\n", " ".repeat(depth))).collect();
    assert!(markdown(&deep).contains("```text"));
}

#[test]
fn a_tagged_section_has_two_indentations() {
    let markdown = super::blocks::convert_tagged("one\n    two\n\n    - three", &Links::none());
    assert_eq!(markdown, "one\ntwo\n\n- three");
}

#[test]
fn a_tagged_section_may_begin_below_its_tag() {
    let markdown =
        super::blocks::convert_tagged("    - If so,\n      GenericError\n    - two", &Links::none());
    assert_eq!(markdown, "- If so,\n  GenericError\n- two");
}

#[test]
fn headings_of_definitions_alone_are_left_out_of_a_module() {
    let text = |parts: &[&str]| {
        let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
        super::module_text("ui.json", &parts)
    };
    assert_eq!(text(&[]), "What `ui.json` defines.");
    assert_eq!(text(&["just text"]), "just text\n\nThis is what `ui.json` defines.");
    assert_eq!(text(&["# Display", "## Spice", "## VNC", "# Input"]), "Display: what `ui.json` defines.");
    assert_eq!(
        text(&["# Display\n\none", "## Spice", "## VNC\n\ntwo", "# Input", "## Keys", "three"]),
        "Display: what `ui.json` defines.\n\none\n\n## VNC\n\ntwo\n\n# Input\n\n## Keys\n\nthree"
    );
}
