//! Advice: each rule speaks, and is silent when asked to be.

use qapi_gen::stages::lint::{Finding, Rule, human, json, lint, lint_since};
use qapi_gen::stages::loader::MemoryLoader;
use qapi_gen::stages::schema::{self, Schema};

const SCHEMA: &str = "
{ 'pragma': { 'documentation-exceptions': [ 'Described' ] } }

{ 'struct': 'Bare', 'data': { 'a': 'int' } }

##
# @Described:
#
# @mode: must be 'on' or 'off'
#
# @x-new: something
##
{ 'struct': 'Described', 'data': { 'mode': 'str', 'x-new': 'Bare', 'b': 'int' } }

##
# @list:
#
# All of them. None is left out.
#
# They stand in the order in which they were made, the oldest one first of all.
#
# Since: 1.0
##
{ 'command': 'list', 'data': 'Described', 'returns': ['Bare'] }
";

/// Commands with bare returns of several versions.
const VERSIONS: &str = "
{ 'pragma': { 'documentation-exceptions': [ 'Described' ] } }

##
# @old-list:
#
# Since: 1.9
##
{ 'command': 'old-list', 'returns': ['Described'] }

##
# @new-list:
#
# Since: 1.10
##
{ 'command': 'new-list', 'returns': ['Described'] }

##
# @undated-list:
##
{ 'command': 'undated-list', 'returns': ['Described'] }

##
# @Described:
#
# Since: 1.9
##
{ 'struct': 'Described', 'data': { 'member': 'int' } }
";

fn load(text: &str) -> Schema {
    let loader = MemoryLoader::new().file("s.json", text);
    match schema::load(&loader, "s.json", &schema::Options::default()) {
        Ok(loaded) => loaded.schema,
        Err(failure) => panic!("{}", failure.diagnostics.to_human(&failure.sources)),
    }
}

/// A schema without its pragma, in a version of the language that demands no descriptions.
fn lenient(schema: &str) -> String {
    let (start, end) = schema.trim().split_once('\n').expect("the pragma has a line");
    assert!(start.contains("documentation-exceptions"));
    format!("# qapi-gen: language(7.2)\n{end}")
}

fn rules(findings: &[Finding]) -> Vec<Rule> {
    findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn each_rule_speaks() {
    let schema = load(SCHEMA);
    let findings = lint(&schema);
    insta::assert_snapshot!("lint_human", human(&findings, &schema.sources, false));
    insta::assert_snapshot!("lint_json", json(&findings, &schema.sources));
    let mut said: std::collections::BTreeSet<Rule> = rules(&findings).into_iter().collect();
    said.extend(rules(&lint(&load(&lenient(VERSIONS)))));
    let silent: Vec<&Rule> = Rule::ALL.iter().filter(|rule| !said.contains(rule)).collect();
    assert_eq!(silent, [&Rule::UnknownRule]);
}

#[test]
fn a_comment_silences_a_rule() {
    let all = lint(&load(SCHEMA));
    for rule in rules(&all) {
        let text = format!("# qapi-gen: allow( {rule} )\n{SCHEMA}");
        let left = rules(&lint(&load(&text)));
        let expected: Vec<Rule> = rules(&all).into_iter().filter(|other| *other != rule).collect();
        assert_eq!(left, expected);
    }
    let schema =
        load("# qapi-gen: allow(undocumented-definition, nonsense)\n{ 'struct': 'Some', 'data': {} }\n");
    let findings = lint(&schema);
    assert_eq!(rules(&findings), [Rule::UnknownRule]);
    assert_eq!(schema.sources.text(findings[0].span), "nonsense");
}

/// Behind a definition, too; and a comment that is no list is told, as it silences nothing.
#[test]
fn comments_may_stand_anywhere() {
    let schema = "{ 'struct': 'Some', 'data': {} }";
    let behind = load(&format!("{schema} # see below; qapi-gen: allow(undocumented-definition,)\n"));
    assert_eq!(lint(&behind), []);
    let open = load(&format!("{schema}\n# qapi-gen: allow(undocumented-definition\n"));
    let findings = lint(&open);
    assert_eq!(rules(&findings), [Rule::UndocumentedDefinition, Rule::UnknownRule]);
    assert_eq!(open.sources.text(findings[1].span), "undocumented-definition");
    assert!(findings[1].message.contains("ends with ')'"), "{}", findings[1].message);
}

#[test]
fn members_that_a_pragma_excuses_need_no_description() {
    let said = rules(&lint(&load(VERSIONS)));
    assert!(!said.contains(&Rule::UndocumentedMember), "{said:?}");
    let said = rules(&lint(&load(&lenient(VERSIONS))));
    assert!(said.contains(&Rule::UndocumentedMember), "{said:?}");
}

fn messages(findings: &[Finding], rule: Rule) -> Vec<&str> {
    let of = findings.iter().filter(|finding| finding.rule == rule);
    of.map(|finding| finding.message.as_str()).collect()
}

/// A command of a version that is released cannot get another return.
#[test]
fn old_bare_returns_are_settled() {
    let findings = lint(&load(VERSIONS));
    let new = [
        "command 'new-list' returns a list, not an object",
        "command 'undated-list' returns a list, not an object",
    ];
    assert_eq!(messages(&findings, Rule::BareReturn), new);
    // Against a revision, that alone tells what is new.
    let schema = load(VERSIONS);
    assert_eq!(messages(&lint_since(None, &schema), Rule::BareReturn).len(), 3);
    let shorter = load(
        &VERSIONS.replace("{ 'command': 'old-list', 'returns': ['Described'] }", "{ 'command': 'old-list' }"),
    );
    let findings = lint_since(Some(&shorter), &schema);
    assert_eq!(messages(&findings, Rule::BareReturn), ["command 'old-list' returns a list, not an object"]);
    assert_eq!(findings.len(), 1, "{findings:?}");
}

/// Lines that moved are not new, but a second one with the same fault is.
#[test]
fn advice_since_a_revision_is_on_what_is_new() {
    let old = load(SCHEMA);
    assert!(lint(&old).len() > 5);
    let moved = load(&format!("\n\n{}", SCHEMA.replace("'Bare', 'data'", "'Bare',\n  'data'")));
    assert_eq!(lint_since(Some(&old), &moved), []);
    let line = "# They stand in the order in which they were made, the oldest one first of all.\n";
    let twice = load(&SCHEMA.replace(line, &format!("{line}{line}")));
    assert_eq!(rules(&lint_since(Some(&old), &twice)), [Rule::LongLine]);
    let other = load(&SCHEMA.replace("first of all.", "first of them all."));
    assert_eq!(rules(&lint_since(Some(&old), &other)), [Rule::LongLine]);
    let more = "{ 'struct': 'More', 'data': { 'mode': 'str' } }";
    let described = "##\n# @More:\n#\n# @mode: must be 'on' or 'off'\n#\n# Since: 1.0\n##\n";
    let grown = load(&format!("{SCHEMA}\n{described}{more}\n"));
    let findings = lint_since(Some(&old), &grown);
    assert_eq!(rules(&findings), [Rule::StringLikeEnum]);
    assert!(findings[0].message.starts_with("'mode' of struct 'More' is any string"), "{findings:?}");
}
