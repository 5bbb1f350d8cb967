//! The traits of schemas for clients.

use super::{AnyEvent, Schema, UnknownEvent};
use crate::command::Command;
use crate::dialect::Dialect;
use crate::tables::{EnumPlaces, Tables};

/// A schema that was generated for clients, with `Builder::client(true)`.
pub trait ClientSchema: Schema {
    /// All events of the schema, with a variant for unknown ones.
    type Event: AnyEvent;
    /// The dialect of servers of this schema.
    const DIALECT: Dialect;
    /// Where the schema uses each of its enumerations, for
    /// [`Capabilities::enumeration`](crate::client::Capabilities::enumeration).
    #[doc(hidden)]
    const ENUMERATIONS: &'static [EnumPlaces] = &[];
}

/// A command of the schema `S`, which clients of that schema can execute.
///
/// A helper that is generic over the command bounds it with this trait, and can execute commands of its own, too:
///
/// ```
/// # #[cfg(all(unix, feature = "threads"))]
/// # fn show() {
/// use qapi_runtime::client::{CommandError, CommandOf, Untyped, blocking::Client};
/// use qapi_runtime::control::command::QueryVersion;
///
/// fn with_version<C: CommandOf<Untyped>>(
///     client: &Client<Untyped>,
///     command: C,
/// ) -> Result<(i64, C::Ok), CommandError> {
///     let version = client.execute(QueryVersion::new())?;
///     Ok((version.qemu.major, client.execute(command)?))
/// }
/// # }
/// ```
///
/// It is implemented for every command of a module that the schema [speaks](Speaks). Any other command is a compile
/// error:
///
/// ```compile_fail,E0277
/// # #[cfg(all(unix, feature = "threads"))]
/// # fn show() {
/// # use qapi_runtime::{Schema, Tables, client::{ClientSchema, UnknownEvent, blocking::Client}, session::Dialect};
/// # static TABLES: Tables = Tables { generation: 1, commands: &[], events: &[], introspection: &[] };
/// struct GuestAgent;
/// # impl Schema for GuestAgent { const TABLES: &'static Tables = &TABLES; }
/// # impl ClientSchema for GuestAgent { type Event = UnknownEvent; const DIALECT: Dialect = Dialect::Agent; }
///
/// fn ask(agent: &Client<GuestAgent>) {
///     // The guest agent has no such command.
///     let _ = agent.execute(qapi_runtime::control::command::QueryVersion::new());
/// }
/// # }
/// # #[cfg(not(all(unix, feature = "threads")))] compile_error!("E0277");
/// ```
// The command is `Self`, not a parameter: the bound of a generic command would otherwise be the only one that the
// compiler considers for every other command in the same function.
pub trait CommandOf<S>: Command {}

impl<S, C> CommandOf<S> for C
where
    C: Command,
    S: Speaks<C::Protocol>,
{
}

/// Says that the commands of a module belong to a schema, so that its clients can execute them.
///
/// Generated code implements it for a schema and each of its modules; `M` is [`Command::Protocol`]. A module that
/// several schemas share, such as the protocol's own, belongs to each of them. Bounds use `CommandOf`.
#[diagnostic::on_unimplemented(
    message = "the schema `{Self}` does not have this command",
    label = "the client's schema is `{Self}`",
    note = "a client takes the commands of the schema that it was made for"
)]
pub trait Speaks<M> {}

/// The schema of an untyped client of a monitor: it has the protocol's own commands, and executes others by name.
#[derive(Clone, Copy, Debug)]
pub struct Untyped;

static NOTHING: Tables = Tables { generation: 1, commands: &[], events: &[], introspection: &[] };

impl Schema for Untyped {
    const TABLES: &'static Tables = &NOTHING;
}

impl ClientSchema for Untyped {
    type Event = UnknownEvent;
    const DIALECT: Dialect = Dialect::Monitor;
}

/// The schema of an untyped client of a guest agent, which executes commands by name.
#[derive(Clone, Copy, Debug)]
pub struct UntypedAgent;

impl Schema for UntypedAgent {
    const TABLES: &'static Tables = &NOTHING;
}

impl ClientSchema for UntypedAgent {
    type Event = UnknownEvent;
    const DIALECT: Dialect = Dialect::Agent;
}
