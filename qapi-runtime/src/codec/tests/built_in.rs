//! The built-in types.

use super::*;

#[test]
fn integers_have_their_ranges() {
    assert_eq!(decode::<i8>("-128").unwrap(), -128);
    assert_eq!(decode::<i64>("-9223372036854775808").unwrap(), i64::MIN);
    assert_eq!(decode::<u64>("18446744073709551615").unwrap(), u64::MAX);
    assert_eq!(decode::<u64>("-0").unwrap(), 0);
    assert_eq!(error::<i8>("128"), "Value expects int8_t");
    assert_eq!(error::<i16>("-32769"), "Value expects int16_t");
    assert_eq!(error::<i32>("2147483648"), "Value expects int32_t");
    for text in ["9223372036854775808", "1.0", "1e3", "'1'", "true"] {
        assert_eq!(error::<i64>(text), "Invalid type, expected: integer", "{text}");
    }
    assert_eq!(error::<u8>("256"), "Value expects uint8_t");
    assert_eq!(error::<u16>("-1"), "Value expects uint16_t");
    assert_eq!(error::<u32>("4294967296"), "Value expects uint32_t");
    for text in ["-1", "18446744073709551616", "1.0", "'1M'", "null"] {
        assert_eq!(error::<u64>(text), "Value expects uint64", "{text}");
        assert!(decode::<u8>(text).is_err(), "{text}");
    }
    assert_eq!(
        encode(&vec![i64::MIN, -1, 0, i64::MAX]),
        "[-9223372036854775808, -1, 0, 9223372036854775807]"
    );
    assert_eq!(encode(&u64::MAX), "18446744073709551615");
}

#[test]
fn integers_of_unknown_width_take_both_ranges() {
    for text in ["-9223372036854775808", "-1", "0", "9223372036854775808", "18446744073709551615"] {
        let number = decode::<i128>(text).unwrap();
        assert_eq!((number.to_string().as_str(), encode(&number).as_str()), (text, text));
    }
    for text in ["-9223372036854775809", "18446744073709551616", "1.0", "'1'"] {
        assert_eq!(error::<i128>(text), "Invalid type, expected: integer", "{text}");
    }
    for number in [i128::from(u64::MAX) + 1, i128::from(i64::MIN) - 1] {
        let mut out = Output::new();
        number.encode(&mut out);
        assert_eq!(
            out.finish().unwrap_err().to_string(),
            format!("the number {number} is no integer of 64 bits")
        );
    }
}

#[test]
fn other_built_in_types() {
    assert_eq!(decode::<f64>("1").unwrap(), 1.0);
    assert_eq!(decode::<f64>("18446744073709551615").unwrap(), 18446744073709551615.0);
    assert_eq!(error::<f64>("1e400"), "Value expects a finite number");
    assert_eq!(error::<f64>("'1'"), "Invalid type, expected: number");
    assert_eq!(error::<bool>("'on'"), "Invalid type, expected: boolean");
    assert_eq!(error::<Null>("0"), "Invalid type, expected: null");
    assert_eq!(error::<String>("0"), "Invalid type, expected: string");
    assert_eq!(encode(&decode::<Null>("null").unwrap()), "null");
    assert_eq!(encode(&decode::<QType>("'qdict'").unwrap()), "\"qdict\"");
    decode::<()>("{'ignored': 1}").unwrap();
    assert_eq!(error::<()>("[]"), "Invalid type, expected: object");
    assert_eq!(encode(&()), "{}");
    assert_eq!(decode::<Box<bool>>("true").unwrap(), Box::new(true));
    let any: Any = decode(r#"{"a": [1, -1, 1.5, "x", null, true, 18446744073709551615]}"#).unwrap();
    assert_eq!(encode(&any), r#"{"a": [1, -1, 1.5, "x", null, true, 18446744073709551615]}"#);
    assert_eq!(error::<Any>("[1e400]"), "Value expects finite numbers");
}
