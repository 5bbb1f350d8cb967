use super::{Item, Loaded, load_as, load_text};
use crate::language::Language;
use crate::syntax::doc::{Doc, SectionKind};
use std::fmt::Write;

/// The sections of all documentation, as in QEMU's dump.
fn sections(loaded: &Loaded) -> String {
    let mut text = String::new();
    for item in &loaded.unit.items {
        match item {
            Item::Definition(definition) => definition.doc.iter().for_each(|doc| show(&mut text, doc)),
            Item::FreeForm(doc) => show(&mut text, doc),
            Item::Module(_) | Item::Include(_) => {}
        }
    }
    text
}

fn show(text: &mut String, doc: &Doc) {
    let _ = writeln!(text, "doc {:?}", doc.symbol.as_ref().map(|symbol| symbol.text.as_str()));
    for section in &doc.sections {
        let kind = match &section.kind {
            SectionKind::Member(name) => format!("Member {}", name.text),
            SectionKind::Feature(name) => format!("Feature {}", name.text),
            other => format!("{other:?}"),
        };
        let _ = writeln!(text, "{kind}: {:?}", section.text);
    }
}

const ALL_SECTIONS: &str = "\
##
# @a:
# Overview,
# two lines
#
#
# and a paragraph with @name: in it.
# @b: this is text
#
# @m: same line
#     more
#
#     paragraph
# @n:
#  next line
# @o: text
#
# Features:
#
# @f: text
#   indented
#
# Plain
#
# Since 1.0 is no tag
#
# Errors:
#     - one
#     - two
#
# TODO: later
#
# Example::
#
#     no tag
#
# Returns: a thing
# Plain at once
##
{ 'command': 'a' }
";

#[test]
fn sections_are_told_apart() {
    let loaded = load_text(ALL_SECTIONS);
    assert_eq!(loaded.found(), [""; 0]);
    insta::assert_snapshot!(sections(&loaded), @r#"
    doc Some("a")
    Body: "Overview,\ntwo lines\n\nand a paragraph with @name: in it.\n@b: this is text"
    Member m: "same line\n    more\n\n    paragraph"
    Member n: " next line"
    Member o: "text"
    Feature f: "text\n  indented"
    Plain: "Plain\n\nSince 1.0 is no tag"
    Errors: "    - one\n    - two"
    Todo: "later"
    Plain: "Example::\n\n    no tag"
    Returns: "a thing"
    Plain: "Plain at once"
    "#);
}

#[test]
fn blank_lines_and_indented_marks_do_not_end_a_comment() {
    let loaded = load_text("  ##\n\n  # @a:\n\n# Text\n  ##\n{ 'command': 'a' }");
    assert_eq!(loaded.found(), [""; 0]);
    insta::assert_snapshot!(sections(&loaded), @r#"
    doc Some("a")
    Body: "Text"
    "#);
}

#[test]
fn free_form_text_is_kept_as_it_is() {
    let loaded = load_text("##\n# = Heading\n#\n# Note: text\n#\n#   indented   \n# Features:\n##\n##\n##\n");
    assert_eq!(loaded.found(), [""; 0]);
    insta::assert_snapshot!(sections(&loaded), @r#"
    doc None
    Body: "= Heading\n\nNote: text\n\n  indented\nFeatures:"
    doc None
    Body: ""
    "#);
}

const OLDER: &str = "\
##
# = Heading
#
# == Another one
##

##
# @a:
#
# Overview
# @m: text
#       more
#     less
# Note: a remark
#
# goes on
# Example:
#
# -> {}
#
# <- {}
#
# Since: 1.0
##
{ 'command': 'a' }
";

#[test]
fn older_forms_are_refused() {
    insta::assert_debug_snapshot!(load_text(OLDER).found(), @r#"
    [
        "doc-heading-not-first at root.json:4:1",
    ]
    "#);
}

#[test]
fn older_forms_are_kept_in_any_language() {
    let loaded = load_as(Language::Any, OLDER);
    assert_eq!(loaded.found(), [""; 0]);
    insta::assert_snapshot!(sections(&loaded), @r#"
    doc None
    Body: "= Heading\n\n== Another one"
    doc Some("a")
    Body: "Overview"
    Member m: "text\n      more\n    less"
    Legacy("Note"): "a remark\n\ngoes on"
    Legacy("Example"): "-> {}\n\n<- {}"
    Since: "1.0"
    "#);
}
