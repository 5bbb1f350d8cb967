//! Unions whose discriminator changes.

use super::lines;

/// Two members could select the branch; `tag` does.
fn schema(tag: &str, branches: &str) -> String {
    format!(
        "{{ 'enum': 'Kind', 'data': [ 'a', 'b' ] }}
         {{ 'enum': 'Sort', 'data': [ 'b', 'c' ] }}
         {{ 'struct': 'Full', 'data': {{ 'x': 'int', 'y': 'int' }} }}
         {{ 'struct': 'Half', 'data': {{ 'x': 'int' }} }}
         {{ 'union': 'Uni', 'base': {{ 'k': 'Kind', 'l': 'Kind', 's': 'Sort' }}, 'discriminator': '{tag}',
            'data': {{ {branches} }} }}
         {{ 'command': 'c', 'returns': 'Uni' }}"
    )
}

#[test]
fn branches_are_compared_per_value() {
    assert_eq!(
        lines(&schema("k", "'a': 'Full', 'b': 'Full'"), &schema("l", "'a': 'Half'")),
        [
            "incompatible required-member-removed received c.return[l=a].y",
            "incompatible branch-removed received c.return[l=b]",
            "worth a look discriminator-changed received c.return",
        ]
    );
    assert_eq!(
        lines(&schema("k", "'a': 'Full', 'b': 'Full'"), &schema("s", "'b': 'Full', 'c': 'Half'")),
        [
            "worth a look discriminator-changed received c.return",
            "worth a look lost-branch received c.return[s=a]",
            "compatible new-branch received c.return[s=c]",
        ]
    );
}
