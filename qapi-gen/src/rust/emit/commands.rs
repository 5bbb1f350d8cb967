//! Emits commands: a type for the arguments, and its facts for the protocol.

use super::client::MODULE;
use super::{Emitter, parse};
use crate::rust::context::Present;
use crate::schema::{Arguments, Command, Definition};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

impl Emitter<'_> {
    pub(super) fn emit_command(&self, it: Present, command: &Command) -> TokenStream {
        let Present { id, definition, when } = it;
        let deprecated = self.deprecated(&definition.features, &format!("the command `{}`", definition.name));
        let arguments = match command.arguments {
            Arguments::None | Arguments::Inline(_) => self.record(it, &deprecated),
            Arguments::Named(inner) | Arguments::Boxed(inner) => self.newtype(it, inner, &deprecated),
        };
        let cfg = self.cfg(when);
        let name = self.name(id);
        let wire = &definition.name;
        let flags = self.flags(definition, command);
        let features = self.features_or_none(&definition.features);
        let returns = self.returns(definition, command);
        let module = parse(MODULE);
        quote! {
            #arguments
            #cfg
            impl __Rt::Command for #name {
                const SPEC: __Rt::CommandSpec = __Rt::CommandSpec::new(#wire, #flags, #features);
                type Ok = #returns;
                type Protocol = super::#module;
            }
        }
    }

    /// The return type of the command, as a path from the command's type.
    pub(super) fn returns(&self, definition: &Definition, command: &Command) -> TokenStream {
        let place = self.place(definition);
        match command.returns {
            Some(ty) => self.ty(ty, place),
            None => quote!(()),
        }
    }

    fn flags(&self, definition: &Definition, command: &Command) -> TokenStream {
        let is_async = self.cx.is_async(command, definition.module);
        let flags = [
            ("ALLOW_OOB", command.allow_oob),
            ("ALLOW_PRECONFIG", command.allow_preconfig),
            ("COROUTINE", is_async),
            ("NO_SUCCESS_RESPONSE", !command.success_response),
            ("RAW", !command.generate),
        ];
        let set = flags.into_iter().filter(|(_, set)| *set).map(|(name, _)| {
            let name = Ident::new(name, Span::call_site());
            quote!(__Rt::CommandFlags::#name)
        });
        let union = set.reduce(|left, right| quote!(#left.union(#right)));
        union.unwrap_or_else(|| quote!(__Rt::CommandFlags::NONE))
    }
}
