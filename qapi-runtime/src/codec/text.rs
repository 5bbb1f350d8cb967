//! Parses command-line scalars, which are all text.

/// A signed integer: decimal, `0x` hexadecimal, or octal with a leading 0, as in C.
pub(super) fn parse_signed(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let magnitude = i128::from(parse_unsigned(digits)?);
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

/// An unsigned integer: decimal, `0x` hexadecimal, or octal with a leading 0, as in C.
pub(super) fn parse_unsigned(text: &str) -> Option<u64> {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (&text[1..], 8),
        None => (text, 10),
    };
    // The standard parser accepts a sign, which the caller has already removed.
    if digits.starts_with(['+', '-']) { None } else { u64::from_str_radix(digits, radix).ok() }
}

/// A size in bytes: a number, possibly with a fraction, and one of the suffixes B, K, M, G, T, P, E for powers of
/// 1,024. Without a suffix, anything that [`parse_unsigned`] accepts.
pub(super) fn parse_size(text: &str) -> Option<u64> {
    let shift = match text.as_bytes().last()?.to_ascii_lowercase() {
        _ if text.starts_with("0x") || text.starts_with("0X") => return parse_unsigned(text),
        b'b' => 0,
        b'k' => 10,
        b'm' => 20,
        b'g' => 30,
        b't' => 40,
        b'p' => 50,
        b'e' => 60,
        _ => return parse_unsigned(text),
    };
    let digits = &text[..text.len() - 1];
    match digits.split_once('.') {
        None => parse_decimal(digits)?.checked_mul(1 << shift),
        // A fraction of a byte is not a size.
        Some((_, fraction)) if shift == 0 && fraction.bytes().any(|digit| digit != b'0') => None,
        Some((whole, fraction)) => {
            let whole = parse_decimal(whole)?.checked_mul(1 << shift)?;
            whole.checked_add(scale_fraction(fraction, shift)?)
        }
    }
}

fn parse_decimal(digits: &str) -> Option<u64> {
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// `0.FRACTION` times 2 to the power of `shift`, rounded to nearest. Digits after the 18th are ignored: even with a
/// shift of 60 they are worth about one byte.
fn scale_fraction(fraction: &str, shift: u32) -> Option<u64> {
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let kept = &fraction[..fraction.len().min(18)];
    let numerator = if kept.is_empty() { 0 } else { u128::from(kept.parse::<u64>().ok()?) };
    let denominator = 10u128.pow(u32::try_from(kept.len()).ok()?);
    u64::try_from(((numerator << shift) + denominator / 2) / denominator).ok()
}

/// `on`, `yes`, `true`, `y`, or `off`, `no`, `false`, `n`.
pub(super) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "on" | "yes" | "true" | "y" => Some(true),
        "off" | "no" | "false" | "n" => Some(false),
        _ => None,
    }
}

/// A finite decimal number. JSON has neither infinity nor NaN.
pub(super) fn parse_number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}
