//! Properties of live objects, for `qom-get` and `qom-set`.

use crate::{
    Any, Command, CommandFlags, CommandSpec, Decode, Encode, Features, Input, Members, Output, Result,
    control,
};
use std::borrow::Cow;
use std::marker::PhantomData;

/// The name of a property, with the type of its value.
#[derive(Debug)]
pub struct Property<T> {
    name: &'static str,
    /// Independent of `T` for `Send` and `Sync`: a property holds no value.
    value: PhantomData<fn() -> T>,
}

impl<T> Clone for Property<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Property<T> {}

impl<T> Property<T> {
    /// The property of this name.
    #[must_use]
    pub const fn new(name: &'static str) -> Property<T> {
        Property { name, value: PhantomData }
    }

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The command that asks for the value, of the object at `path`. The path of a device with an id is
    /// `/machine/peripheral/ID`.
    pub fn get(self, path: impl Into<String>) -> QomGet<T> {
        QomGet { path: path.into(), property: self.name.into(), value: PhantomData }
    }
}

impl<T: Into<Any>> Property<T> {
    /// The command that sets the value, of the object at `path`.
    pub fn set(self, path: impl Into<String>, value: impl Into<T>) -> QomSet {
        QomSet { path: path.into(), property: self.name.into(), value: value.into().into() }
    }
}

/// The command `qom-get`, for a value of a known type. [`Property::get`] makes it.
#[derive(Debug)]
#[must_use = "a command does nothing until a client executes it"]
pub struct QomGet<T> {
    path: String,
    property: Cow<'static, str>,
    value: PhantomData<fn() -> T>,
}

/// The command `qom-set`. [`Property::set`] makes it, with a value of the right type.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a command does nothing until a client executes it"]
pub struct QomSet {
    path: String,
    property: Cow<'static, str>,
    value: Any,
}

impl<T> Encode for QomGet<T> {
    fn encode(&self, out: &mut Output) {
        out.object(|out| {
            out.member("path", &*self.path);
            out.member("property", &*self.property);
        });
    }
}

impl<T> Decode for QomGet<T> {
    fn decode(input: Input<'_>) -> Result<Self> {
        input.object(|members| {
            let (path, property) = place(members)?;
            Ok(QomGet { path, property, value: PhantomData })
        })
    }
}

impl Encode for QomSet {
    fn encode(&self, out: &mut Output) {
        out.object(|out| {
            out.member("path", &*self.path);
            out.member("property", &*self.property);
            out.member("value", &self.value);
        });
    }
}

impl Decode for QomSet {
    fn decode(input: Input<'_>) -> Result<Self> {
        input.object(|members| {
            let (path, property) = place(members)?;
            Ok(QomSet { path, property, value: members.required("value")? })
        })
    }
}

fn place(members: &mut Members<'_>) -> Result<(String, Cow<'static, str>)> {
    Ok((members.required("path")?, Cow::Owned(members.required("property")?)))
}

// As for `Device`, a client of any monitor executes them.

impl<T: Decode + Encode + Send + 'static> Command for QomGet<T> {
    const SPEC: CommandSpec = CommandSpec::new("qom-get", CommandFlags::ALLOW_PRECONFIG, Features::NONE);
    type Ok = T;
    type Protocol = control::__Module;
}

impl Command for QomSet {
    const SPEC: CommandSpec = CommandSpec::new("qom-set", CommandFlags::ALLOW_PRECONFIG, Features::NONE);
    type Ok = ();
    type Protocol = control::__Module;
}
