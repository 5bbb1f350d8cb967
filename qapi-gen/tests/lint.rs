//! Advice: each rule speaks, and is silent when asked to be.

use qapi_gen::stages::lint::{Finding, Rule, human, json, lint};
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

fn load(text: &str) -> Schema {
    let loader = MemoryLoader::new().file("s.json", text);
    match schema::load(&loader, "s.json", &schema::Options::default()) {
        Ok(loaded) => loaded.schema,
        Err(failure) => panic!("{}", failure.diagnostics.to_human(&failure.sources)),
    }
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
    let said: std::collections::BTreeSet<Rule> = rules(&findings).into_iter().collect();
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
