#![allow(clippy::unwrap_used)]

mod built_in;

use crate::codec::*;
use crate::json::{self, Value};
use crate::{Any, Null, QType, Result};

fn decode<T: Decode>(text: &str) -> Result<T> {
    decode_with(text, Mode::Strict, Policy::ACCEPT)
}

fn decode_with<T: Decode>(text: &str, mode: Mode, policy: Policy) -> Result<T> {
    let value = json::parse(text).unwrap();
    T::decode(Input::new(&value, mode).with_policy(policy))
}

fn error<T: Decode>(text: &str) -> String {
    decode::<T>(text).err().expect(text).to_string()
}

fn encode<T: Encode>(value: &T) -> String {
    let mut out = Output::new();
    value.encode(&mut out);
    String::from_utf8(out.finish().unwrap()).unwrap()
}

/// Stands for what is generated: a struct with a base, a list of structs, and members with features.
#[derive(Debug, PartialEq)]
struct Sample {
    base: Base,
    list: Vec<Base>,
    old: Option<bool>,
}

#[derive(Debug, PartialEq)]
struct Base {
    id: u8,
    kind: Option<Kind>,
}

#[derive(Debug, PartialEq, Clone, Copy)]
enum Kind {
    Plain,
    Old,
    Shaky,
}

impl Decode for Sample {
    fn decode(input: Input<'_>) -> Result<Self> {
        input.object(|m| {
            Ok(Self {
                base: Base::decode_members(m)?,
                list: m.required("list")?,
                old: m.optional_with("old", Features::DEPRECATED)?,
            })
        })
    }
}

impl Encode for Sample {
    fn encode(&self, out: &mut Output) {
        out.object(|out| {
            self.base.encode_members(out);
            out.member("list", &self.list);
            out.optional_with("old", Features::DEPRECATED, &self.old);
        });
    }
}

impl DecodeMembers for Base {
    fn decode_members(m: &mut Members<'_>) -> Result<Self> {
        Ok(Self { id: m.required("id")?, kind: m.optional("kind")? })
    }
}

impl Decode for Base {
    fn decode(input: Input<'_>) -> Result<Self> {
        input.object(Self::decode_members)
    }
}

impl EncodeMembers for Base {
    fn encode_members(&self, out: &mut Output) {
        out.member("id", &self.id);
        out.optional("kind", &self.kind);
    }
}

impl Encode for Base {
    fn encode(&self, out: &mut Output) {
        out.object(|out| self.encode_members(out));
    }
}

const KINDS: &[&str] = &["plain", "old", "shaky"];

impl Decode for Kind {
    fn decode(input: Input<'_>) -> Result<Self> {
        const FEATURES: &[Features] = &[Features::NONE, Features::DEPRECATED, Features::UNSTABLE];
        Ok([Self::Plain, Self::Old, Self::Shaky][input.enum_closed(KINDS, FEATURES)?])
    }
}

impl Encode for Kind {
    fn encode(&self, out: &mut Output) {
        out.string(KINDS[*self as usize]);
    }
}

#[test]
fn a_struct_survives_the_round_trip() {
    let text = r#"{"id": 1, "kind": "plain", "list": [{"id": 2}, {"id": 3, "kind": "shaky"}], "old": true}"#;
    let sample: Sample = decode(text).unwrap();
    assert_eq!(encode(&sample), text);
}

#[test]
fn faults_come_in_schema_order_with_their_path() {
    let cases = [
        ("{}", "Parameter 'id' is missing"),
        ("[]", "Invalid type, expected: object"),
        ("{'x': 1, 'list': 1}", "Parameter 'id' is missing"),
        ("{'id': 1, 'x': 1}", "Parameter 'list' is missing"),
        ("{'id': 1, 'x': 1, 'list': 1}", "Invalid parameter type for 'list', expected: array"),
        ("{'id': 1, 'list': [{'id': 1}, 7]}", "Invalid parameter type for 'list[1]', expected: object"),
        ("{'id': 1, 'list': [{'id': 1}, {}]}", "Parameter 'list[1].id' is missing"),
        ("{'y': 1, 'id': 1, 'list': [{'id': 1, 'x': 1}]}", "Parameter 'list[0].x' is unexpected"),
        ("{'id': 1, 'list': [], 'y': 1, 'x': 1}", "Parameter 'y' is unexpected"),
        ("{'id': 1, 'list': [{'id': 300}]}", "Parameter 'list[0].id' expects uint8_t"),
        (
            "{'id': 1, 'list': [{'id': 3, 'kind': 'no'}]}",
            "Parameter 'list[0].kind' does not accept value 'no'",
        ),
        ("{'id': 1, 'kind': 1, 'list': []}", "Invalid parameter type for 'kind', expected: string"),
        ("{'id': 1, 'kind': null, 'list': []}", "Invalid parameter type for 'kind', expected: string"),
    ];
    for (text, wanted) in cases {
        assert_eq!(error::<Sample>(text), wanted, "{text}");
    }
}

#[test]
fn lenient_passes_over_what_it_does_not_know() {
    let lenient = Mode::Lenient;
    let base: Base = decode_with("{'new': 1, 'id': 1}", lenient, Policy::ACCEPT).unwrap();
    assert_eq!(base, Base { id: 1, kind: None });
    let value = Value::from("new");
    assert_eq!(Input::new(&value, lenient).enum_index(KINDS, &[]).unwrap(), None);
    assert!(
        decode_with::<Kind>("'new'", lenient, Policy::ACCEPT).is_err(),
        "a closed enum has no place for it"
    );
}

#[test]
fn policy_refuses_members_before_their_type_and_values_after() {
    let reject = Policy::ACCEPT.deprecated_input(InputPolicy::Reject);
    let refused = |text| decode_with::<Sample>(text, Mode::Strict, reject).unwrap_err().to_string();
    assert_eq!(refused("{'id': 1, 'list': [], 'old': 7}"), "Deprecated parameter 'old' disabled by policy");
    assert_eq!(
        refused("{'id': 1, 'list': [{'id': 1, 'kind': 'old'}]}"),
        "Parameter 'list[0].kind': Deprecated value 'old' disabled by policy"
    );
    assert!(decode_with::<Sample>("{'id': 1, 'kind': 'shaky', 'list': []}", Mode::Strict, reject).is_ok());
    let reject = Policy::ACCEPT.unstable_input(InputPolicy::Reject);
    assert!(decode_with::<Kind>("'old'", Mode::Strict, reject).is_ok());
    assert_eq!(
        decode_with::<Kind>("'shaky'", Mode::Strict, reject).unwrap_err().to_string(),
        "Unstable value 'shaky' disabled by policy"
    );
}

#[test]
fn policy_hides_members() {
    let sample = Sample { base: Base { id: 1, kind: None }, list: Vec::new(), old: Some(true) };
    let mut out = Output::with_policy(Policy::ACCEPT.deprecated_output(OutputPolicy::Hide));
    sample.encode(&mut out);
    assert_eq!(out.finish().unwrap(), br#"{"id": 1, "list": []}"#);
}

#[test]
fn the_first_fault_of_the_writer_is_kept_with_its_path() {
    let mut out = Output::new();
    out.object(|out| {
        out.member("good", &1.5);
        out.object_member_for_test();
        out.member("later", &f64::INFINITY);
    });
    assert_eq!(
        out.finish().unwrap_err().to_string(),
        "Parameter 'outer.bad': the number NaN has no JSON form"
    );
}

impl Output {
    fn object_member_for_test(&mut self) {
        struct Bad;
        impl Encode for Bad {
            fn encode(&self, out: &mut Output) {
                out.object(|out| out.member("bad", &f64::NAN));
            }
        }
        self.member("outer", &Bad);
    }
}

#[test]
fn kinds() {
    let kinds = [
        ("null", JsonKind::Null),
        ("true", JsonKind::Bool),
        ("1", JsonKind::Number),
        ("1.5", JsonKind::Number),
        ("18446744073709551615", JsonKind::Number),
        ("''", JsonKind::String),
        ("[]", JsonKind::Array),
        ("{}", JsonKind::Object),
    ];
    for (text, kind) in kinds {
        let value = json::parse(text).unwrap();
        assert_eq!(Input::new(&value, Mode::Strict).kind(), kind);
    }
}

#[test]
fn large_objects_track_every_member() {
    let members = |count| -> String { (0..count).map(|index| format!("'m{index}': 1,")).collect() };
    for count in [62, 63, 64, 65, 200] {
        let base: Result<Base> = decode(&format!("{{{}'id': 1}}", members(count)));
        assert_eq!(base.unwrap_err().to_string(), "Parameter 'm0' is unexpected");
        let text = format!("{{'id': 1, 'kind': 'plain', {}'last': 1}}", members(count));
        let value = json::parse(&text).unwrap();
        let mut m = Input::new(&value, Mode::Strict).members().unwrap();
        assert_eq!(m.required::<u8>("last").unwrap(), 1);
        Base::decode_members(&mut m).unwrap();
        let rest = m.take_rest();
        assert_eq!((rest.len(), rest.get("m0")), (count, Some(&Value::Int(1))));
        m.finish().unwrap();
    }
}

/// A type that nests like a block device, each level with much on the stack.
struct Deep {
    _ballast: [u64; 256],
    inner: Option<Box<Deep>>,
}

impl Decode for Deep {
    fn decode(input: Input<'_>) -> Result<Self> {
        input.object(|m| Ok(Self { inner: m.optional("d")?, _ballast: [m.optional("n")?.unwrap_or(0); 256] }))
    }
}

#[test]
fn deep_input_of_a_large_type_is_refused_before_the_stack_ends() {
    let run = || {
        let nested = |levels| format!("{}{}", "{'d':".repeat(levels) + "{}", "}".repeat(levels));
        assert!(decode::<Deep>(&nested(20)).unwrap().inner.is_some());
        let error = decode::<Deep>(&nested(1000)).err().unwrap().to_string();
        assert!(error.ends_with("is nested too deeply"), "{error}");
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn alternates_are_chosen_by_json_type() {
    use JsonKind::{Bool, Number, Object, String};

    let choose = |text: &str, mode, kinds: &[JsonKind]| {
        let value = json::parse(text).unwrap();
        Input::new(&value, mode).alternate("Either", kinds).map_err(|error| error.to_string())
    };
    let refused = Err("Invalid type, expected: Either".to_owned());
    assert_eq!(choose("'x'", Mode::Strict, &[Object, String]), Ok(Some(String)));
    assert_eq!(choose("{}", Mode::Strict, &[Object, String]), Ok(Some(Object)));
    assert_eq!(choose("1", Mode::Strict, &[Object, String]), refused);
    assert_eq!(choose("1", Mode::Lenient, &[Object, String]), Ok(None));
    assert_eq!(choose("'on'", Mode::Strict, &[Bool]), refused);
    assert_eq!(choose("'on'", Mode::Keyval, &[Bool, String]), Ok(Some(Bool)));
    assert_eq!(choose("'x'", Mode::Keyval, &[Bool, String]), Ok(Some(String)));
    assert_eq!(choose("'on'", Mode::Keyval, &[Bool, Number]), Ok(Some(Bool)));
    assert_eq!(choose("'1'", Mode::Keyval, &[Bool, Number]), Ok(Some(Number)));
    assert_eq!(choose("'1'", Mode::Keyval, &[Object]), refused);
}

#[test]
fn unknown_branches_keep_their_members_in_order() {
    let value = json::parse("{'id': 1, 'type': 'new', 'z': [1], 'a': null}").unwrap();
    let mut m = Input::new(&value, Mode::Lenient).members().unwrap();
    let _: (u8, std::string::String) = (m.required("id").unwrap(), m.required("type").unwrap());
    let branch = m.unknown_branch("new");
    assert_eq!(branch.kind, "new");
    assert_eq!(m.refuse_branch("type", "new").to_string(), "Parameter 'type' does not accept value 'new'");
    m.finish().unwrap();
    let mut out = Output::new();
    out.object(|out| branch.encode_members(out));
    assert_eq!(out.finish().unwrap(), br#"{"z": [1], "a": null}"#);
}

#[test]
fn values_are_found_by_name() {
    assert_eq!(crate::private::find_value("old", KINDS).unwrap(), 1);
    let error = crate::private::find_value("Old", KINDS).unwrap_err();
    assert_eq!(error.to_string(), "Invalid value 'Old'");
}

/// Stands for a member of a type that has a `null` of its own.
impl DecodeMembers for (Option<u8>, Option<Null>, Option<Base>) {
    fn decode_members(m: &mut Members<'_>) -> Result<Self> {
        Ok((m.optional("n")?, m.optional("null")?, m.optional("base")?))
    }
}

impl Decode for (Option<u8>, Option<Null>, Option<Base>) {
    fn decode(input: Input<'_>) -> Result<Self> {
        input.object(Self::decode_members)
    }
}

#[test]
fn leniency_is_asked_for() {
    type Sometimes = (Option<u8>, Option<Null>, Option<Base>);
    let lenient = |leniency, text: &str| {
        let value = json::parse(text).unwrap();
        let input = Input::new(&value, Mode::Strict).with_leniency(leniency);
        Sometimes::decode(input).map_err(|error| error.to_string())
    };
    let base = Base { id: 1, kind: None };
    let unknown = "{'n': 1, 'x': {}, 'base': {'id': 1, 'y': [1]}}";
    let nulls = "{'n': null, 'null': null, 'base': {'id': 1, 'kind': null}}";
    for leniency in [Leniency::STRICT, Leniency::STRICT.null_members(true)] {
        assert_eq!(lenient(leniency, unknown).unwrap_err(), "Parameter 'base.y' is unexpected");
    }
    for leniency in [Leniency::STRICT, Leniency::STRICT.unknown_members(true)] {
        let error = lenient(leniency, nulls).unwrap_err();
        assert_eq!(error, "Parameter 'n' expects uint64");
    }
    let both = Leniency::STRICT.unknown_members(true).null_members(true);
    assert_eq!(lenient(both, unknown), Ok((Some(1), None, Some(base))));
    assert_eq!(lenient(both, nulls), Ok((None, Some(Null), Some(Base { id: 1, kind: None }))));
    // What is wrong stays wrong: other values, and null for what must be there.
    assert!(lenient(both, "{'n': 'x'}").is_err());
    assert_eq!(lenient(both, "{'base': {'id': null}}").unwrap_err(), "Parameter 'base.id' expects uint64");
}
