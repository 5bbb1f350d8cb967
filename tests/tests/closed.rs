//! Types that stay closed although a client receives them: server and client of one schema in one module.
// A test may end with a panic.
#![allow(clippy::unwrap_used)]

use closed::{Mode, NameOrPlan, Place, PlanBranch, Setting};
use qapi_runtime::{Decode, Input, Mode as Reading, json};

// Only the crate that has the code matches its enums whole.
qapi_runtime::include_schema!(mod closed = "closed");

/// What a handler does with its arguments: no arm for what a server never decodes.
fn describe(setting: &Setting) -> String {
    let mode = match setting.mode {
        Mode::Off => "off",
        Mode::Heat => "heat",
    };
    let plan = match &setting.plan {
        NameOrPlan::Name(name) => name.clone(),
        NameOrPlan::Plan(plan) => match &plan.mode {
            PlanBranch::Off => "nothing".to_owned(),
            PlanBranch::Heat(heat) => format!("{} degrees", heat.celsius),
        },
        // `build.rs` closes neither the alternate nor the places.
        NameOrPlan::Unknown(other) => format!("{other:?}"),
    };
    let place = match &setting.place {
        Place::Attic => "attic",
        Place::Cellar => "cellar",
        Place::Unknown(name) => name,
    };
    format!("{mode}, {plan}, {place}")
}

fn receive(text: &str) -> Result<Setting, String> {
    let value = json::parse(text).unwrap();
    Setting::decode(Input::new(&value, Reading::Lenient)).map_err(|error| error.to_string())
}

#[test]
fn handlers_match_a_closed_type_whole() {
    let told = receive(r#"{"mode": "heat", "place": "cellar", "plan": {"mode": "heat", "celsius": 20}}"#);
    assert_eq!(describe(&told.unwrap()), "heat, 20 degrees, cellar");
}

#[test]
fn a_client_refuses_what_a_closed_type_does_not_know() {
    let told = receive(r#"{"mode": "cool", "place": "cellar", "plan": "usual"}"#);
    assert_eq!(told.unwrap_err(), "Parameter 'mode' does not accept value 'cool'");
    let told = receive(r#"{"mode": "off", "place": "cellar", "plan": {"mode": "cool"}}"#);
    assert_eq!(told.unwrap_err(), "Parameter 'plan.mode' does not accept value 'cool'");
}

#[test]
fn a_client_keeps_what_an_open_type_does_not_know() {
    let told = receive(r#"{"mode": "off", "place": "garden", "plan": 5}"#);
    assert_eq!(told.unwrap().place.as_str(), "garden");
}
