//! Emits the heads of schema modules, and their handler traits.

use super::Emitter;
use super::dispatch::with_command;
use crate::rust::context::{Home, Place, Present};
use crate::rust::{docs, names};
use crate::schema::{Command, ModuleId};
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    /// `pub mod name {}`, to be filled.
    pub(in crate::rust) fn module_head(&self, module: ModuleId) -> TokenStream {
        let Home::Here(name) = self.cx.home(module) else {
            unreachable!("is_module_emitted leaves out what is generated elsewhere")
        };
        let docs = self.doc(docs::module(self.cx, module));
        let allow = self.allow();
        let name = super::parse(name);
        quote!(#docs #allow pub mod #name {})
    }

    /// `pub mod command {}` or `pub mod event {}`, to be filled.
    pub(in crate::rust) fn nested_head(&self, name: &str) -> TokenStream {
        let docs = self.doc(match name {
            "command" => "The commands, as types that hold their arguments.",
            _ => "The events, as types that hold their data.",
        });
        let name = names::ident(name);
        quote!(#docs pub mod #name {})
    }

    /// The fingerprint by which code in other crates checks the module, and the module's marker type for bounds.
    pub(in crate::rust) fn fingerprint(&self, module: ModuleId) -> TokenStream {
        let number = self.cx.fingerprints[module];
        let marker = self.module_marker();
        quote! {
            #[doc(hidden)]
            pub const FINGERPRINT: u64 = #number;
            #marker
        }
    }

    pub(super) fn allow(&self) -> TokenStream {
        allow(self.cx.options.docs)
    }

    /// The commands of a module that have handlers.
    pub(in crate::rust) fn handled(&self, module: ModuleId) -> Vec<(Present<'_>, &Command)> {
        let own = self.cx.all_present().filter(|it| it.definition.module == module);
        own.filter_map(with_command).filter(|(it, _)| !self.cx.is_served(&it.definition.name)).collect()
    }

    /// The module's handler trait; empty if the module has no commands to handle.
    pub(in crate::rust) fn handlers(&self, module: ModuleId) -> TokenStream {
        let handled = self.handled(module);
        if handled.is_empty() {
            return TokenStream::new();
        }
        let place = Place::Module(module);
        let methods = handled.into_iter().map(|(it, command)| self.handler(it, command, place));
        let file = &self.cx.schema.module(module).name;
        let docs = self.doc(format!("Handles the commands of `{file}`."));
        quote! {
            #docs
            pub trait Commands: __Send + __Sync + 'static {
                #(#methods)*
            }
        }
    }

    fn handler(&self, it: Present, command: &Command, place: Place) -> TokenStream {
        let Present { id, definition, when } = it;
        let cfg = self.cfg(when);
        let docs = self.doc(docs::handler(self.cx, id, place));
        let name = self.cx.method(id);
        if !command.generate {
            return quote! {
                #docs #cfg
                fn #name(&self, cx: &__Rt::Context<'_>, args: __Rt::Any) -> __Rt::Result<__Rt::Any>;
            };
        }
        let arguments = self.path(id, place);
        let returns = match command.returns {
            Some(ty) => self.ty(ty, place),
            None => quote!(()),
        };
        let result = quote!(__Rt::Result<#returns>);
        let result = if self.cx.is_async(command, definition.module) {
            quote!(impl __Future<Output = #result> + __Send)
        } else {
            result
        };
        quote! {
            #docs #cfg
            fn #name(&self, cx: &__Rt::Context<'_>, args: #arguments) -> #result;
        }
    }
}

/// Allows the lints that generated code triggers. An included file cannot have inner attributes.
pub(in crate::rust) fn allow(docs: bool) -> TokenStream {
    let docs = (!docs).then(|| quote!(missing_docs,));
    quote! {
        #[allow(
            #docs
            clippy::all,
            clippy::nursery,
            clippy::pedantic,
            deprecated,
            nonstandard_style,
            unreachable_pub,
            unused
        )]
    }
}
