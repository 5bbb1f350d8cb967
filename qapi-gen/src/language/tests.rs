use super::*;

#[test]
fn names_are_read_back() {
    for language in Language::ALL {
        assert_eq!(language.name().parse(), Ok(language));
    }
    assert!("8.2".parse::<Language>().is_err());
}

#[test]
fn a_rule_holds_from_since_to_until() {
    let held = |rule| Language::ALL.map(|language| language.has(rule));
    assert_eq!(held(Rule::HeadingInDefinition), [false, true, true, false]);
    assert_eq!(held(Rule::HeadingFirst), [false, false, true, false]);
    assert_eq!(held(Rule::LineLength), [false, false, false, true]);
}

/// A rule that every version or no version has does not belong in the table.
#[test]
fn every_rule_changes() {
    for &rule in Rule::ALL {
        assert!(rule.since().is_some() || rule.until().is_some(), "{rule:?}");
        assert!(rule.until().is_none_or(|until| rule.since().is_none_or(|since| since < until)), "{rule:?}");
    }
}

#[test]
fn releases_are_read() {
    for (version, language) in [
        ("7.2.22\n", Language::V7_2),
        ("7.2.50", Language::Any),
        ("9.2.0", Language::Any),
        ("9.2.93", Language::V10_0),
        ("10.0.2", Language::V10_0),
        ("10.0.50", Language::Any),
        ("10.1.91", Language::V10_2),
        ("10.2.2", Language::V10_2),
        ("11.0.50", Language::V10_2),
        ("12.1.0", Language::V10_2),
    ] {
        assert_eq!(Language::of_version(version), Some(language), "{version}");
    }
    for version in ["", "main", "10", "10.x"] {
        assert_eq!(Language::of_version(version), None, "{version}");
    }
}
