//! A session of a generated schema: whatever the pieces in which its input arrives, its output is the same.

use proptest::prelude::*;
use qapi_runtime::session::{Session, Settings, Step};
use qapi_runtime::{Any, Context, Dispatch, Error, Origin, Outcome, Result, Schema as _, control};
use qapi_tests::commands::commands::Commands;
use qapi_tests::commands::{Answer, Dispatcher, NameOrPlan, Plan, Schema, Way, command};
use std::sync::Arc;
use std::task::Poll;

/// Handlers that answer with what they were given, so that a difference in what was decoded shows.
struct Echo;

impl Commands for Echo {
    fn nothing(&self, _: &Context<'_>, _: command::Nothing) -> Result<()> {
        Ok(())
    }

    fn inline(&self, _: &Context<'_>, args: command::Inline) -> Result<Answer> {
        Ok(Answer::new(format!("{args:?}")))
    }

    fn named(&self, _: &Context<'_>, args: command::Named) -> Result<()> {
        Err(Error::generic(format_args!("{args:?}")))
    }

    fn boxed_struct(&self, _: &Context<'_>, args: command::BoxedStruct) -> Result<Vec<Answer>> {
        Ok(vec![Answer::new(format!("{args:?}"))])
    }

    fn boxed_union(&self, _: &Context<'_>, args: command::BoxedUnion) -> Result<Plan> {
        Ok(args.0)
    }

    fn return_text(&self, _: &Context<'_>, _: command::ReturnText) -> Result<String> {
        Ok("\u{e4}\u{1f600}\u{7f}\"".to_owned())
    }

    fn return_list(&self, _: &Context<'_>, _: command::ReturnList) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn return_any(&self, _: &Context<'_>, args: command::ReturnAny) -> Result<Any> {
        Ok(args.value)
    }

    fn return_enum(&self, _: &Context<'_>, _: command::ReturnEnum) -> Result<Way> {
        Ok(Way::Careful)
    }

    fn return_alternate(&self, _: &Context<'_>, _: command::ReturnAlternate) -> Result<NameOrPlan> {
        Ok(NameOrPlan::Name("x".to_owned()))
    }

    fn silent(&self, _: &Context<'_>, _: command::Silent) -> Result<()> {
        Ok(())
    }

    fn raw(&self, _: &Context<'_>, args: Any) -> Result<Any> {
        Ok(args)
    }

    fn out_of_band(&self, _: &Context<'_>, _: command::OutOfBand) -> Result<()> {
        Ok(())
    }

    async fn slow(&self, _: &Context<'_>, args: command::Slow) -> Result<Answer> {
        Ok(Answer::new(format!("{args:?}")))
    }
}

impl control::Commands for Echo {
    fn quit(&self, _: &Context<'_>, _: control::command::Quit) -> Result<()> {
        Ok(())
    }
}

fn answers<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let dispatcher = Dispatcher::new(Arc::new(Echo));
    let origin = Arc::new(Origin::default());
    let mut session = Session::new(Arc::new(Settings::new(dispatcher.tables())));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    for piece in pieces {
        session.receive(piece);
        loop {
            match session.step() {
                Step::Idle => break,
                Step::Answered => {}
                // Each command is done before the next step: which of two overtakes the other is a matter of time.
                Step::Run(request) => {
                    let (ticket, outcome) = request.run(&dispatcher, &origin);
                    let result = match outcome {
                        Outcome::Ready(result) => result,
                        Outcome::Pending(mut future) => match future.as_mut().poll(&mut cx) {
                            Poll::Ready(result) => result,
                            Poll::Pending => unreachable!("no handler waits"),
                        },
                    };
                    session.finish(ticket, result);
                }
            }
        }
    }
    session.take_output()
}

/// A value of the kind that the schema's arguments have, mostly.
fn value() -> impl Strategy<Value = String> {
    let known = [
        "\"a\"",
        "'\\u00e4\\n'",
        "1",
        "-1",
        "255",
        "256",
        "4294967296",
        "1e400",
        "0.5",
        "null",
        "true",
        "[]",
        "{}",
        "'fast'",
        "'careful'",
        "['x', {'way': 'fast'}]",
        "{'steps': 3, 'way': 'careful', 'note': 'n'}",
        "{'way': 'careful', 'steps': 256}",
        "[[[[{'a': [null]}]]]]",
    ];
    proptest::sample::select(known.to_vec()).prop_map(str::to_owned)
}

/// A command of the schema, or none, with some of the members that the schema knows.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let names: Vec<&str> = Schema::TABLES.commands.iter().map(|spec| spec.name).collect();
    let members = ["name", "count", "way", "plans", "value", "steps", "note", "seconds", "id", "enable"];
    let argument = (proptest::sample::select(members.to_vec()), value());
    let arguments = proptest::collection::vec(argument, 0..3);
    let execute = proptest::sample::select(vec!["execute", "exec-oob", "execute "]);
    let good = (execute, proptest::sample::select(names), arguments, proptest::option::of(value())).prop_map(
        |(execute, name, arguments, id)| {
            let arguments: Vec<String> =
                arguments.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
            let id = id.map(|id| format!(", 'id': {id}")).unwrap_or_default();
            format!("{{\"{execute}\": '{name}', \"arguments\": {{{}}}{id}}}", arguments.join(", "))
                .into_bytes()
        },
    );
    let start = proptest::sample::select(vec![
        &b"{\"execute\": \"qmp_capabilities\"}"[..],
        b"{\"execute\": \"qmp_capabilities\", \"arguments\": {\"enable\": [\"oob\"]}}",
    ]);
    prop_oneof![
        6 => good,
        2 => start.prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..6),
    ]
}

proptest! {
    #[test]
    fn fragments_do_not_matter(
        first in any::<bool>(),
        messages in proptest::collection::vec(message(), 0..12),
        sizes in proptest::collection::vec(1usize..60, 1..20),
    ) {
        let mut input = messages.concat();
        if first {
            input.splice(0..0, *b"{'execute': 'qmp_capabilities'}");
        }
        let whole = answers([&*input]);
        prop_assert!(whole.is_ascii());
        prop_assert_eq!(&whole, &answers(input.chunks(1)));
        let mut sizes = sizes.iter().copied().cycle();
        let mut rest = &*input;
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let (piece, others) = rest.split_at(sizes.next().unwrap_or(1).min(rest.len()));
            pieces.push(piece);
            rest = others;
        }
        prop_assert_eq!(&whole, &answers(pieces));
    }
}
