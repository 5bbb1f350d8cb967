//! An encoded command, ready to be sent.

use crate::codec::encode;
use crate::json::Writer;
use crate::policy::Policy;
use crate::{Any, Command, CommandFlags, Encode, Error, File, Result};
use std::borrow::Cow;

/// A command with its encoded arguments, and how to execute it.
#[derive(Debug)]
pub struct Request {
    pub(super) name: Cow<'static, str>,
    /// An object as JSON text. Empty when there are no arguments.
    pub(super) arguments: Vec<u8>,
    pub(super) out_of_band: bool,
    /// The server answers only when the command fails.
    pub(super) silent: bool,
    pub(super) files: Vec<File>,
}

impl Request {
    /// Encodes a command of a schema.
    ///
    /// ```
    /// use qapi_runtime::client::Request;
    /// use qapi_runtime::control::command::QueryVersion;
    ///
    /// let request = Request::new(&QueryVersion::new())?;
    /// assert_eq!(request.name(), "query-version");
    /// # Ok::<(), qapi_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The arguments have a number that JSON cannot express.
    pub fn new<C: Command>(command: &C) -> Result<Request> {
        let silent = C::SPEC.flags.contains(CommandFlags::NO_SUCCESS_RESPONSE);
        Ok(Request { silent, ..Request::with_name(C::NAME.into(), command)? })
    }

    /// Encodes a command by name. `arguments` is an object, or null when there are none.
    ///
    /// ```
    /// use qapi_runtime::client::Request;
    ///
    /// let request = Request::raw("qom-get", &serde_json::json!({ "path": "/", "property": "type" }))?;
    /// # Ok::<(), qapi_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The arguments are neither an object nor null.
    pub fn raw(name: impl Into<String>, arguments: &Any) -> Result<Request> {
        match arguments {
            Any::Null => Request::with_name(name.into().into(), &serde_json::json!({})),
            Any::Object(_) => Request::with_name(name.into().into(), arguments),
            _ => Err(Error::generic("the arguments of a command are an object")),
        }
    }

    fn with_name(name: Cow<'static, str>, arguments: &impl Encode) -> Result<Request> {
        let mut text = encode(arguments, Policy::ACCEPT)?;
        if text == b"{}" {
            text.clear();
        }
        Ok(Request { name, arguments: text, out_of_band: false, silent: false, files: Vec::new() })
    }

    /// The name of the command.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Sets whether the command is executed out-of-band.
    #[must_use]
    pub fn out_of_band(mut self, yes: bool) -> Request {
        self.out_of_band = yes;
        self
    }

    /// Sets the descriptors to send with the command.
    #[must_use]
    pub fn files(mut self, files: Vec<File>) -> Request {
        self.files = files;
        self
    }

    /// Encodes the message.
    pub(super) fn encode(&self, id: Option<i64>) -> Vec<u8> {
        let mut out = Writer::with_buffer(Vec::with_capacity(self.arguments.len() + 80));
        out.object(|out| {
            out.key(if self.out_of_band { "exec-oob" } else { "execute" });
            out.string(&self.name);
            if !self.arguments.is_empty() {
                out.key("arguments");
                out.raw(&self.arguments);
            }
            if let Some(id) = id {
                out.key("id");
                out.int(id);
            }
        });
        out.into_bytes()
    }
}
