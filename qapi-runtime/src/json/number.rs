use super::Value;

/// The value of an integer token: the narrowest type that holds it, or a double if none does.
pub(super) fn integer(text: &str) -> Value<'static> {
    if let Ok(number) = text.parse::<i64>() {
        Value::Int(number)
    } else if let Ok(number) = text.parse::<u64>() {
        Value::UInt(number)
    } else {
        float(text)
    }
}

/// The value of a token with a fraction or an exponent. Infinite if out of range.
pub(super) fn float(text: &str) -> Value<'static> {
    // Rust parses every number that the lexer accepts, so the default is never used.
    Value::Float(text.parse().unwrap_or(f64::INFINITY))
}
