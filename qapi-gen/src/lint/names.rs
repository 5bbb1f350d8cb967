//! `x-` in a name once meant "experimental"; today the feature `unstable` does.

use super::{Finding, Rule, has_feature, kind_name, own_members};
use crate::schema::{Definition, DefinitionKind};

pub(super) fn check_names(definition: &Definition, findings: &mut Vec<Finding>) {
    let unstable = has_feature(&definition.features, "unstable");
    let mut check = |name: &str, features: &[_], span, of: &str| {
        if name.starts_with("x-") && !has_feature(features, "unstable") && !unstable {
            let message = format!("'{name}'{of} has an experimental name, but not the feature 'unstable'");
            findings.push(Finding::new(Rule::UnmarkedExperiment, span, message));
        }
    };
    check(&definition.name, &definition.features, definition.span, "");
    let of = format!(" of {} '{}'", kind_name(definition), definition.name);
    for member in own_members(definition) {
        check(&member.name, &member.features, member.span, &of);
    }
    if let DefinitionKind::Enum(found) = &definition.kind {
        for value in &found.values {
            check(&value.name, &value.features, value.span, &of);
        }
    }
}
