use super::*;

fn at(kind: Kind) -> String {
    Error::of(kind).in_member("state").in_element(1).in_member("capabilities").to_string()
}

#[test]
fn each_kind_has_its_sentence() {
    let cases = [
        (at(Kind::Missing), "Parameter 'capabilities[1].state' is missing"),
        (at(Kind::Unexpected), "Parameter 'capabilities[1].state' is unexpected"),
        (
            at(Kind::WrongType { expected: "boolean".into() }),
            "Invalid parameter type for 'capabilities[1].state', expected: boolean",
        ),
        (at(Kind::Expects { what: "uint8_t" }), "Parameter 'capabilities[1].state' expects uint8_t"),
        (
            at(Kind::BadValue { value: "x".into() }),
            "Parameter 'capabilities[1].state' does not accept value 'x'",
        ),
        (
            at(Kind::MemberPolicy { word: "Deprecated" }),
            "Deprecated parameter 'capabilities[1].state' disabled by policy",
        ),
        (
            at(Kind::ValuePolicy { word: "Unstable", value: "x".into() }),
            "Parameter 'capabilities[1].state': Unstable value 'x' disabled by policy",
        ),
        (at(Kind::TooDeep), "Parameter 'capabilities[1].state' is nested too deeply"),
        (at(Kind::Text("is odd".into())), "Parameter 'capabilities[1].state': is odd"),
        (Error::generic("is odd").to_string(), "is odd"),
        (
            Error::of(Kind::WrongType { expected: "object".into() }).to_string(),
            "Invalid type, expected: object",
        ),
        (Error::of(Kind::BadValue { value: "x".into() }).to_string(), "Invalid value 'x'"),
    ];
    for (got, wanted) in cases {
        assert_eq!(got, wanted);
    }
}

#[test]
fn the_path_is_outermost_first() {
    let error = Error::of(Kind::Missing).in_member("port").in_member("data").in_member("backend");
    assert_eq!(error.path(), "backend.data.port");
    assert_eq!(Error::generic("x").path(), "");
}

#[test]
fn classes_survive_their_names() {
    for name in
        ["GenericError", "CommandNotFound", "DeviceNotActive", "DeviceNotFound", "KVMMissingCap", "Mine"]
    {
        assert_eq!(ErrorClass::from(name).as_str(), name);
    }
    assert_eq!(ErrorClass::from("Mine"), ErrorClass::Other("Mine".into()));
}

#[test]
fn an_error_is_one_pointer() {
    assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
}
