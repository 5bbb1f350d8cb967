//! Spells conditions in words.

use crate::schema::Condition;

/// The condition as text for people.
pub(super) fn describe(condition: Option<&Condition>) -> String {
    let join =
        |conditions: &[Condition], word: &str| conditions.iter().map(part).collect::<Vec<_>>().join(word);
    match condition {
        None => "no condition".to_owned(),
        Some(Condition::Define(name)) => name.clone(),
        Some(Condition::All(conditions)) => join(conditions, " and "),
        Some(Condition::Any(conditions)) => join(conditions, " or "),
        Some(Condition::Not(condition)) => format!("not {}", part(condition)),
    }
}

fn part(condition: &Condition) -> String {
    let text = describe(Some(condition));
    match condition {
        Condition::All(_) | Condition::Any(_) => format!("({text})"),
        Condition::Define(_) | Condition::Not(_) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn define(name: &str) -> Condition {
        Condition::Define(name.to_owned())
    }

    #[test]
    fn conditions_are_spelled_in_words() {
        let not = |condition| Condition::Not(Box::new(condition));
        let any = Condition::Any(vec![not(define("A")), not(define("B"))]);
        assert_eq!(describe(Some(&not(any))), "not (not A or not B)");
        assert_eq!(describe(None), "no condition");
    }
}
