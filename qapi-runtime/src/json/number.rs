use super::Value;

/// The value of an integer token: the narrowest type that holds it, a double when none does.
pub(super) fn integer(text: &str) -> Value<'static> {
    if let Ok(number) = text.parse::<i64>() {
        Value::Int(number)
    } else if let Ok(number) = text.parse::<u64>() {
        Value::UInt(number)
    } else {
        float(text)
    }
}

/// The value of a token with a fraction or an exponent. Out of range is infinite.
pub(super) fn float(text: &str) -> Value<'static> {
    // The lexer's grammar of numbers is part of what Rust parses, so there is no other outcome.
    Value::Float(text.parse().unwrap_or(f64::INFINITY))
}
