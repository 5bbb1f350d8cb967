//! Features.

use super::Reader;
use crate::diagnostic::Code;
use crate::schema::draft::value;
use crate::schema::{Feature, names};
use crate::syntax::ast::{Object, Value};
use std::collections::HashMap;

impl Reader<'_, '_> {
    /// The features of `object`.
    pub(in crate::schema) fn features(&mut self, object: &Object) -> Vec<Feature> {
        let Some(value) = value(object, "features") else { return Vec::new() };
        let Value::List(list) = value else {
            self.wrong_value(value, "'features'", "an array");
            return Vec::new();
        };
        let features = list.values.iter().filter_map(|value| self.feature(value)).collect();
        self.check_distinct_features(&features);
        features
    }

    fn feature(&mut self, value: &Value) -> Option<Feature> {
        let object = match value {
            Value::Object(object) => Some(object),
            Value::Str(_) | Value::Bool(_) | Value::List(_) => None,
        };
        let name = match object {
            None => value,
            Some(object) => {
                self.check_keys(object, "feature", &["name"], &["if"]);
                &object.get("name")?.value
            }
        };
        let Value::Str(name) = name else {
            let message = format!("the name of a feature must be a string, not {}", name.kind());
            self.error(Code::NameNotAString, name.span(), message, "expected a name, as in 'name'");
            return None;
        };
        let what = "feature";
        if let Some(stem) = self.check_name(name.span, names::stem(&name.text), what, &name.text) {
            self.check_lower(name.span, stem, false, what, &name.text);
        }
        let condition = object.and_then(|object| self.condition(object, &format!("feature '{}'", name.text)));
        Some(Feature { name: name.text.clone(), span: name.span, condition })
    }

    fn check_distinct_features(&mut self, features: &Vec<Feature>) {
        let mut seen = HashMap::new();
        for feature in features {
            if let Some(first) = seen.insert(names::c_name(&feature.name), feature) {
                let message = format!("feature '{}' collides with feature '{}'", feature.name, first.name);
                let diagnostic =
                    self.cx.fault(&self.site, Code::NameClash, feature.span, message, "this feature");
                self.cx.found.push(diagnostic.label(first.span, "first stated here"));
            }
        }
    }
}
