//! What `impl_serde!` gives a type, with the feature `serde`; without it the macro has to be empty.

#![allow(clippy::unwrap_used, missing_docs)]

use qapi_runtime::Output;
use qapi_runtime::{Decode, Encode, Input, Result};

#[derive(Debug, PartialEq)]
struct Point {
    x: u8,
    name: Option<String>,
    weight: Option<f64>,
}

impl Decode for Point {
    fn decode(input: Input<'_>) -> Result<Self> {
        input.object(|m| {
            Ok(Self { x: m.required("x")?, name: m.optional("name")?, weight: m.optional("weight")? })
        })
    }
}

impl Encode for Point {
    fn encode(&self, out: &mut Output) {
        out.object(|out| {
            out.member("x", &self.x);
            out.optional("name", &self.name);
            out.optional("weight", &self.weight);
        });
    }
}

qapi_runtime::private::impl_serde!(Point);

#[cfg(feature = "serde")]
#[test]
fn a_type_passes_through_serde() {
    let point = Point { x: 3, name: Some("é".into()), weight: Some(1.5) };
    let text = serde_json::to_string(&point).unwrap();
    assert_eq!(serde_json::from_str::<Point>(&text).unwrap(), point);
    assert_eq!(
        serde_json::to_value(&point).unwrap(),
        serde_json::json!({"x": 3, "name": "é", "weight": 1.5})
    );
}

#[cfg(feature = "serde")]
#[test]
fn faults_of_the_codec_are_faults_of_serde() {
    let error = serde_json::from_str::<Point>(r#"{"x": 256}"#).unwrap_err();
    assert_eq!(error.to_string(), "Parameter 'x' expects uint8_t");
    let error = serde_json::from_str::<Point>(r#"{"x": 1, "y": 1}"#).unwrap_err();
    assert_eq!(error.to_string(), "Parameter 'y' is unexpected");
    let point = Point { x: 3, name: None, weight: Some(f64::NAN) };
    assert!(serde_json::to_string(&point).unwrap_err().to_string().contains("'weight'"));
}

#[cfg(not(feature = "serde"))]
#[test]
fn without_the_feature_nothing_is_generated() {
    let value = qapi_runtime::json::parse(r#"{"x": 1}"#).unwrap();
    let point = Point::decode(Input::new(&value, Default::default())).unwrap();
    assert_eq!(point, Point { x: 1, name: None, weight: None });
    let mut out = Output::new();
    point.encode(&mut out);
    assert_eq!(out.finish().unwrap(), br#"{"x": 1}"#);
}
