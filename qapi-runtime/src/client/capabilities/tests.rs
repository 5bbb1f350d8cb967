use super::Capabilities;
use crate::client::Request;
use crate::json;

fn read(answer: &str) -> Capabilities {
    let value = json::parse(answer).expect("JSON");
    Capabilities::from_schema(&value).expect("a list")
}

fn example() -> Capabilities {
    read(
        r#"[
        {"name": "add", "meta-type": "command", "arg-type": "1", "ret-type": "[6]", "allow-oob": true,
         "features": ["f"]},
        {"name": "GONE", "meta-type": "event", "arg-type": "6", "features": ["deprecated"]},
        {"name": "1", "meta-type": "object", "tag": "kind",
         "members": [{"name": "kind", "type": "2"}, {"name": "ref", "type": "5", "default": null}],
         "variants": [{"case": "file", "type": "3"}, {"case": "net", "type": "4"}]},
        {"name": "2", "meta-type": "enum", "members": [{"name": "file"}, {"name": "net", "features": ["unstable"]}],
         "values": ["file", "net"]},
        {"name": "3", "meta-type": "object", "members": [{"name": "path", "type": "str"}]},
        {"name": "4", "meta-type": "object", "members": [{"name": "server", "type": "[6]"}], "features": ["fast"]},
        {"name": "5", "meta-type": "alternate", "members": [{"type": "str"}, {"type": "1"}]},
        {"name": "6", "meta-type": "object", "members": [
            {"name": "host", "type": "str", "features": ["deprecated"]}, {"name": "mode", "type": "7"},
            {"name": "__org.x_y", "type": "str"}]},
        {"name": "7", "meta-type": "enum", "values": ["old"]},
        {"name": "[6]", "meta-type": "array", "element-type": "6"},
        {"name": "str", "meta-type": "builtin", "json-type": "string"},
        {"name": "8", "meta-type": "something-new", "what": {}}
    ]"#,
    )
}

#[test]
fn commands_events_and_features() {
    let capabilities = example();
    assert!(capabilities.has_command("add") && !capabilities.has_command("GONE"));
    assert!(capabilities.has_event("GONE") && !capabilities.has_event("add"));
    assert!(capabilities.has_feature("add", "f") && !capabilities.has_feature("add", "g"));
    assert!(capabilities.has_feature("GONE", "deprecated"));
    assert!(capabilities.is_out_of_band("add"));
    assert_eq!(capabilities.commands().collect::<Vec<_>>(), ["add"]);
}

#[test]
fn members_are_found_in_branches_lists_and_alternates() {
    let capabilities = example();
    for path in ["kind", "path", "server", "server.host", "ref.path", "ref.server.host", "server.__org.x_y"] {
        assert!(capabilities.has_argument("add", path), "{path}");
    }
    for path in ["host", "kind.path", "server.port", "ref.ref.nothing", "", "."] {
        assert!(!capabilities.has_argument("add", path), "{path}");
    }
    let arguments = capabilities.arguments("add").expect("it has arguments");
    assert!(arguments.member("ref").expect("it is there").is_optional());
    assert!(!arguments.member("kind").expect("it is there").is_optional());
    assert!(arguments.member("server.host").expect("it is there").has_feature("deprecated"));
    assert!(arguments.branch("net").expect("it is there").member("path").is_none());
    assert!(capabilities.returns("add").expect("it returns").member("host").is_some());
    assert!(capabilities.data("GONE").expect("it has data").member("mode").is_some());
}

#[test]
fn values_are_found_by_the_way_to_them() {
    let capabilities = example();
    assert!(capabilities.has_value("add", "kind", "net"));
    assert!(!capabilities.has_value("add", "kind", "old"));
    // A server that only has the older form.
    assert!(capabilities.has_value("add", "server.mode", "old"));
    assert!(!capabilities.has_value("add", "path", "old"));
    let kind = capabilities.arguments("add").and_then(|it| it.member("kind")).expect("it is there").ty();
    assert_eq!(kind.values(), ["file", "net"]);
    assert!(kind.value_has_feature("net", "unstable") && !kind.value_has_feature("file", "unstable"));
}

#[test]
fn a_circle_of_branches_comes_to_an_end() {
    let capabilities = read(
        r#"[{"name": "c", "meta-type": "command", "arg-type": "1", "ret-type": "2"},
            {"name": "1", "meta-type": "object", "members": [], "variants": [{"case": "a", "type": "1"}]},
            {"name": "2", "meta-type": "array", "element-type": "2"}]"#,
    );
    assert!(!capabilities.has_argument("c", "x.y"));
    assert!(capabilities.returns("c").expect("it is there").values().is_empty());
}

#[test]
fn a_guest_agent_names_its_commands() {
    let info = json::parse(
        r#"{"version": "1", "supported_commands": [
            {"name": "guest-ping", "enabled": true, "success-response": true},
            {"name": "guest-exec", "enabled": false, "success-response": true}]}"#,
    );
    let capabilities = Capabilities::from_guest_info(&info.expect("JSON")).expect("a list");
    assert!(capabilities.has_command("guest-ping"));
    assert!(!capabilities.has_command("guest-exec"));
    assert!(capabilities.arguments("guest-ping").is_none());
}

/// Where a client's schema uses its enumerations.
const PLACES: &[crate::tables::EnumPlaces] = &[
    ("Kind", &[">no-such-command/kind", ">add/kind"]),
    ("Old", &[">add=net/server/mode"]),
    ("OfEvent", &["!GONE/mode"]),
    ("Returned", &["<add/mode"]),
    ("Gone", &[">add/no-such-member", "<no-such-command"]),
    ("NoneThere", &[">add=file/path"]),
];

#[test]
fn enumerations_are_found_by_the_names_of_the_clients_schema() {
    let capabilities = example().of_schema(PLACES);
    assert!(capabilities.has_enum_value("Kind", "net") && !capabilities.has_enum_value("Kind", "old"));
    for name in ["Old", "OfEvent", "Returned"] {
        assert_eq!(capabilities.enumeration(name).expect("it is found").values(), ["old"], "{name}");
    }
    for name in ["Gone", "NoneThere", "Unheard"] {
        assert!(capabilities.enumeration(name).is_none(), "{name}");
    }
    assert!(example().enumeration("Kind").is_none(), "no schema says where");
}

#[test]
fn types_have_features_of_their_own() {
    let capabilities = example();
    let net = capabilities.arguments("add").and_then(|arguments| arguments.branch("net")).expect("a branch");
    assert!(net.has_feature("fast") && !net.has_feature("slow"));
    assert!(!capabilities.arguments("add").expect("arguments").has_feature("fast"));
}

/// Why the example's server refuses these arguments of `add`.
fn refused(arguments: &str) -> String {
    let request = Request::raw("add", &serde_json::from_str(arguments).expect("JSON")).expect("an object");
    match example().supports_request(&request) {
        Ok(()) => String::new(),
        Err(unsupported) => unsupported.to_string(),
    }
}

#[test]
fn arguments_are_judged_as_the_server_does() {
    for arguments in [
        r#"{ "kind": "file", "path": "a" }"#,
        r#"{ "kind": "file", "path": "a", "ref": "text" }"#,
        r#"{ "kind": "net", "server": [], "ref": { "kind": "file", "path": "b" } }"#,
        r#"{ "kind": "net", "server": [{ "host": "h", "mode": "old", "__org.x_y": "z" }] }"#,
    ] {
        assert_eq!(refused(arguments), "", "{arguments}");
    }
    for (arguments, expected) in [
        ("{}", "add: the server demands 'kind'"),
        (r#"{ "kind": "file" }"#, "add: the server demands 'path'"),
        (r#"{ "kind": "tape" }"#, "add: the server has no value 'tape' for 'kind'"),
        (r#"{ "kind": 1 }"#, "add: the server expects a string for 'kind'"),
        (r#"{ "kind": "file", "path": "a", "server": [] }"#, "add: the server does not know 'server'"),
        (r#"{ "kind": "file", "path": null }"#, "add: the server expects a string for 'path'"),
        (r#"{ "kind": "net", "server": {} }"#, "add: the server expects an array for 'server'"),
        (
            r#"{ "kind": "net", "server": [{ "host": "h", "mode": "new", "__org.x_y": "z" }] }"#,
            "add: the server has no value 'new' for 'server[0].mode'",
        ),
        (
            r#"{ "kind": "file", "path": "a", "ref": 1 }"#,
            "add: the server expects another kind of value for 'ref'",
        ),
        (
            r#"{ "kind": "file", "path": "a", "ref": { "kind": "file", "path": 1 } }"#,
            "add: the server expects a string for 'ref.path'",
        ),
    ] {
        assert_eq!(refused(arguments), expected, "{arguments}");
    }
    let unknown =
        example().supports_request(&Request::raw("drop", &serde_json::Value::Null).expect("no arguments"));
    let unknown = unknown.expect_err("there is no such command");
    assert_eq!((unknown.command(), unknown.argument()), ("drop", None));
    let missing =
        example().supports_request(&Request::raw("add", &serde_json::Value::Null).expect("no arguments"));
    assert_eq!(missing.expect_err("it demands one").argument(), Some("kind"));
}

#[test]
fn a_cycle_of_branches_ends() {
    let capabilities = read(
        r#"[{"name": "add", "meta-type": "command", "arg-type": "1"},
            {"name": "1", "meta-type": "object", "tag": "k", "members": [{"name": "k", "type": "s"}],
             "variants": [{"case": "a", "type": "1"}]}]"#,
    );
    let request = Request::raw("add", &serde_json::json!({ "k": "a" })).expect("an object");
    assert_eq!(capabilities.supports_request(&request), Ok(()));
}
