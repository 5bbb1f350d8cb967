/// QAPI's `any`: a JSON value of any shape.
pub type Any = serde_json::Value;
