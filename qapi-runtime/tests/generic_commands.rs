//! A helper that is generic over the command, and executes other commands too. It is enough that this file compiles.
#![cfg(all(unix, feature = "threads"))]

use qapi_runtime::client::blocking::Client;
use qapi_runtime::client::{ClientSchema, CommandError, CommandOf, Untyped};
use qapi_runtime::control::command::{QueryCommands, QueryVersion};

/// Generic over the command, for one schema.
fn with_version<C: CommandOf<Untyped>>(
    client: &Client<Untyped>,
    command: C,
) -> Result<(i64, C::Ok), CommandError> {
    let version = client.execute(QueryVersion::new())?;
    Ok((version.qemu.major, client.execute(command)?))
}

/// Generic over the command and the schema, which has to have another command.
fn with_names<S, C>(client: &Client<S>, command: C) -> Result<(usize, C::Ok), CommandError>
where
    S: ClientSchema,
    C: CommandOf<S>,
    QueryCommands: CommandOf<S>,
{
    let names = client.execute(QueryCommands::new())?.len();
    let _ = client.has::<C>()?;
    Ok((names, client.call().execute(command)?))
}

#[test]
fn helpers_compile() {
    let _ = with_version::<QueryVersion>;
    let _ = with_names::<Untyped, QueryVersion>;
}
