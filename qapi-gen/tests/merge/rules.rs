//! The rules by which types are joined, one by one.

use super::{merged, merged_with, parse};
use qapi_gen::stages::merge::{MergeError, Preferences};

/// The merged schema of two, without its head and pragmas.
fn joined(old: &str, new: &str) -> String {
    let (old, new) = (parse(old), parse(new));
    let files = merged(&[("old", &old), ("new", &new)]).unwrap_or_else(|error| panic!("{error}")).files;
    let blocks = files[0].text.split("\n\n").skip(1).filter(|block| !block.contains("'pragma'"));
    blocks.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// The conflicts of two schemas.
fn conflicts(old: &str, new: &str) -> String {
    let (old, new) = (parse(old), parse(new));
    match merged(&[("old", &old), ("new", &new)]) {
        Err(error @ MergeError::Conflicts(_)) => error.to_string(),
        other => panic!("no conflict: {other:?}"),
    }
}

/// Two lines of the merged schema: without the documentation that the merge adds.
fn code(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with('#')).map(str::trim_start).collect()
}

#[test]
fn a_member_is_mandatory_if_all_have_it_so() {
    let old = "{ 'command': 'a', 'data': { 'both': 'int', 'gone': 'int', '*loose': 'int' }, 'returns': 'Rr' }
               { 'struct': 'Rr', 'data': { 'both': 'int', 'gone': 'int' } }";
    let new = "{ 'command': 'a', 'data': { 'both': 'int', 'came': 'int', 'loose': 'int' }, 'returns': 'Rr' }
               { 'struct': 'Rr', 'data': { 'both': 'int', '*came': 'int' } }";
    assert_eq!(
        joined(old, new),
        "##
# @Rr:
#
# @came: Known to new.
#
# @gone: Known to old, and mandatory there.
##
{ 'struct': 'Rr', 'data': { 'both': 'int', '*came': 'int', '*gone': 'int' } }
##
# @a:
#
# @came: Known to new, and mandatory there.
#
# @gone: Known to old, and mandatory there.
#
# @loose: Mandatory in new.
##
{ 'command': 'a',
  'data': { 'both': 'int', '*came': 'int', '*loose': 'int', '*gone': 'int' },
  'returns': 'Rr' }"
    );
}

#[test]
fn values_branches_and_commands_are_united() {
    let old = "{ 'enum': 'Ee', 'data': [ 'x', 'y' ] }
               { 'union': 'Uu', 'base': { 'e': 'Ee' }, 'discriminator': 'e', 'data': { 'x': 'Xx', 'y': 'Yy' } }
               { 'struct': 'Xx', 'data': { 'i': 'int' } } { 'struct': 'Yy', 'data': { 'j': 'int' } }
               { 'command': 'a', 'returns': 'Uu' } { 'event': 'GONE' }";
    let new = "{ 'enum': 'Ee', 'data': [ 'z', 'x' ] }
               { 'union': 'Uu', 'base': { 'e': 'Ee' }, 'discriminator': 'e', 'data': { 'z': 'Zz' } }
               { 'struct': 'Zz', 'data': { 'k': 'int' } }
               { 'command': 'a', 'returns': 'Uu' } { 'command': 'came' }";
    let text = joined(old, new);
    assert_eq!(
        code(&text),
        [
            "{ 'enum': 'Ee', 'data': [ 'z', 'x', 'y' ] }",
            "{ 'union': 'Uu',",
            "'base': { 'e': 'Ee' },",
            "'discriminator': 'e',",
            "'data': { 'z': 'Zz', 'x': 'Xx', 'y': 'Yy' } }",
            // The new version has nothing there.
            "{ 'struct': 'Xx', 'data': { '*i': 'int' } }",
            "{ 'struct': 'Yy', 'data': { 'j': 'int' } }",
            "{ 'struct': 'Zz', 'data': { 'k': 'int' } }",
            "{ 'command': 'a', 'returns': 'Uu' }",
            "{ 'command': 'came' }",
            "{ 'event': 'GONE' }",
        ]
    );
    for note in ["# @y: Known to old.", "The branch for 'z' is known to new.", "# @GONE:\n#\n# Known to old."]
    {
        assert!(text.contains(note), "{note}: {text}");
    }
}

#[test]
fn conditions_are_joined_by_any() {
    let of = |condition: &str| {
        format!(
            "{{ 'command': 'a', 'returns': 'Rr'{condition} }}
             {{ 'struct': 'Rr', 'data': {{ 'm': {{ 'type': 'int'{condition} }} }} }}"
        )
    };
    let (a, b) = (of(", 'if': 'A'"), of(", 'if': 'B'"));
    assert_eq!(code(&joined(&a, &a))[0], "{ 'struct': 'Rr', 'data': { 'm': { 'type': 'int', 'if': 'A' } } }");
    let both = joined(&a, &b);
    assert!(both.contains("'*m': { 'type': 'int', 'if': { 'any': [ 'A', 'B' ] } }"), "{both}");
    assert!(both.contains("'returns': 'Rr', 'if': { 'any': [ 'A', 'B' ] }"), "{both}");
    // A build of one has no such member, so it is optional; the other has no condition, so nor has the result.
    assert_eq!(code(&joined(&a, &of("")))[0], "{ 'struct': 'Rr', 'data': { '*m': 'int' } }");
}

#[test]
fn text_and_an_enum_are_joined_by_direction() {
    let old = "{ 'command': 'a', 'data': { 'm': 'str' }, 'returns': 'Rr' }
               { 'struct': 'Rr', 'data': { 'm': 'str' } }";
    let new = "{ 'command': 'a', 'data': { 'm': 'Ee' }, 'returns': 'Rr' }
               { 'struct': 'Rr', 'data': { 'm': 'Ff' } } { 'enum': 'Ee', 'data': [ 'x' ] } { 'enum': 'Ff', 'data': [ 'y' ] }";
    let text = joined(old, new);
    assert!(text.contains("{ 'struct': 'Rr', 'data': { 'm': 'Ff' } }"), "{text}");
    assert!(text.contains("{ 'command': 'a', 'data': { 'm': 'str' }, 'returns': 'Rr' }"), "{text}");
}

#[test]
fn integers_take_the_narrowest_type_with_all() {
    let event = |ty: &str| format!("{{ 'event': 'NEWS', 'data': {{ 'm': '{ty}' }} }}");
    for (old, new, expected) in [
        ("int8", "uint8", "int16"),
        ("uint32", "int32", "int"),
        ("size", "uint64", "uint64"),
        ("size", "size", "size"),
        ("int", "number", "number"),
        ("int", "int64", "int"),
    ] {
        let text = joined(&event(old), &event(new));
        assert!(text.contains(&format!("'m': '{expected}'")), "{old} and {new}: {text}");
    }
    let text = joined(&event("int"), &event("size"));
    assert!(text.starts_with("# The widths of some integers are not known."), "{text}");
    assert!(text.contains("# qapi-gen: integers(wide)") && text.contains("'m': 'int'"), "{text}");
    // Beside it, a known `int` is `int64`.
    let both = |ty: &str| format!("{{ 'event': 'NEWS', 'data': {{ 'm': '{ty}', 'n': 'int' }} }}");
    assert!(joined(&both("int"), &both("size")).contains("'data': { 'm': 'int', 'n': 'int64' }"));
}

#[test]
fn a_union_and_a_struct_become_a_struct() {
    let old = "{ 'command': 'a', 'returns': 'Rr' } { 'struct': 'Rr', 'data': { 'e': 'str', 'i': 'int' } }";
    let new = "{ 'command': 'a', 'returns': 'Rr' } { 'enum': 'Ee', 'data': [ 'x' ] } { 'struct': 'Xx', 'data': { 'i': 'int' } }
               { 'union': 'Rr', 'base': { 'e': 'Ee' }, 'discriminator': 'e', 'data': { 'x': 'Xx' } }";
    let text = joined(old, new);
    assert!(text.contains("{ 'struct': 'Rr', 'data': { 'e': 'Ee', '*i': 'int' } }"), "{text}");
    assert!(text.contains("A union in new."), "{text}");
    // A member of a branch that is common elsewhere.
    let common = "{ 'command': 'a', 'returns': 'Rr' } { 'enum': 'Ee', 'data': [ 'x', 'y' ] } { 'struct': 'Yy', 'data': { 'j': 'int' } }
                  { 'union': 'Rr', 'base': { 'e': 'Ee', 'i': 'int' }, 'discriminator': 'e', 'data': { 'y': 'Yy' } }";
    let text = joined(common, new);
    assert!(text.contains("{ 'struct': 'Rr', 'data': { 'e': 'Ee', '*i': 'int', '*j': 'int' } }"), "{text}");
}

#[test]
fn different_kinds_become_an_alternate_where_they_can() {
    let event = |ty: &str| {
        format!("{{ 'event': 'NEWS', 'data': {{ 'm': {ty} }} }} {{ 'struct': 'Ss', 'data': {{}} }}")
    };
    let text = joined(&event("'str'"), &event("'Ss'"));
    assert!(text.contains("{ 'alternate': 'NewsM', 'data': { 'str': 'str', 'object': 'Ss' } }"), "{text}");
    assert!(text.contains("'data': { 'm': 'NewsM' }"), "{text}");
    assert!(joined(&event("'any'"), &event("[ 'Ss' ]")).contains("'m': 'any'"));
    assert_eq!(
        conflicts(&event("'str'"), &event("'bool'")),
        "the schemas cannot be joined at 1 place
NEWS.data.m: an alternate cannot tell bool from string
  in old: str
  in new: bool"
    );
}

#[test]
fn names_are_kept_apart() {
    // `Old` is called `New` now; `Same` names another thing than before.
    let old = "{ 'command': 'a', 'returns': 'Old' } { 'struct': 'Old', 'data': { 'i': 'int' } }
               { 'command': 'b', 'returns': 'Same' } { 'struct': 'Same', 'data': { 'j': 'int' } }";
    let new = "{ 'command': 'a', 'returns': 'New' } { 'struct': 'New', 'data': { 'i': 'int' } }
               { 'command': 'c', 'returns': 'Same' } { 'struct': 'Same', 'data': { 'k': 'int' } }";
    let text = joined(old, new);
    assert_eq!(
        code(&text),
        [
            "{ 'struct': 'New', 'data': { 'i': 'int' } }",
            "{ 'struct': 'Same', 'data': { 'k': 'int' } }",
            "{ 'struct': 'SameVold', 'data': { 'j': 'int' } }",
            "{ 'command': 'a', 'returns': 'New' }",
            "{ 'command': 'b', 'returns': 'SameVold' }",
            "{ 'command': 'c', 'returns': 'Same' }",
        ]
    );
}

#[test]
fn a_type_of_one_schema_is_shared_with_the_joined_one() {
    let old = "{ 'command': 'a', 'returns': 'Rr' } { 'struct': 'Rr', 'data': { 'i': 'int' } }";
    let new = "{ 'command': 'a', 'returns': 'Rr' } { 'command': 'b', 'returns': 'Rr' }
               { 'struct': 'Rr', 'data': { 'i': 'int', 'j': 'int' } }";
    let text = joined(old, new);
    assert!(text.contains("{ 'command': 'b', 'returns': 'Rr' }"), "{text}");
    assert!(!text.contains("RV"), "{text}");
}

#[test]
fn names_that_collide_are_a_conflict() {
    let of = |name: &str| {
        format!(
            "{{ 'pragma': {{ 'member-name-exceptions': [ 'Ss' ] }} }} {{ 'event': 'NEWS', 'data': 'Ss' }}
             {{ 'struct': 'Ss', 'data': {{ '{name}': 'int' }} }}"
        )
    };
    let told = conflicts(&of("a-b"), &of("a_b"));
    assert!(
        told.contains("NEWS.data: the members 'a_b' and 'a-b' have one name in generated code"),
        "{told}"
    );
}

#[test]
fn a_preference_decides_a_conflict() {
    let event = |ty: &str| parse(&format!("{{ 'event': 'NEWS', 'data': {{ 'm': '{ty}' }} }}"));
    let (old, new) = (event("str"), event("bool"));
    let sides = [("old", &old), ("new", &new)];
    let with = |place: &str, label: &str| {
        merged_with(&sides, &Preferences::from([(place.to_owned(), label.to_owned())]))
    };
    let text = with("NEWS.data.m", "old").expect("it is decided").files.remove(0).text;
    assert!(text.contains("{ 'event': 'NEWS', 'data': { 'm': 'str' } }"), "{text}");
    let told = |place, label| with(place, label).expect_err("nothing to decide").to_string();
    assert_eq!(
        told("NEWS.data.m", "middle"),
        "no schema is called middle, which NEWS.data.m should follow; there are old, new"
    );
    // The place that is in conflict comes first.
    assert!(told("NEWS.data.n", "old").contains("NEWS.data.m"));
    let same = [("old", &old), ("new", &old)];
    let unused = merged_with(&same, &Preferences::from([("NEWS.data.n".to_owned(), "old".to_owned())]));
    assert_eq!(
        unused.expect_err("there is no such place").to_string(),
        "no place of the merged schema is called NEWS.data.n"
    );
}
