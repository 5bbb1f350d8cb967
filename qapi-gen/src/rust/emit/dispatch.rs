//! Emits the parts that exist once for each schema: tables, and the dispatcher.

use super::{Emitter, parse};
use crate::rust::context::{Place, Present, ROOT};
use crate::rust::docs;
use crate::schema::{Command, DefinitionKind};
use proc_macro2::TokenStream;
use quote::quote;

/// The generation of the contract with the runtime.
pub(in crate::rust) const GENERATION: u32 = 1;

impl Emitter<'_> {
    /// The module of the tables and the dispatcher.
    pub(in crate::rust) fn root_module(&self) -> TokenStream {
        let allow = self.allow();
        let root = parse(ROOT);
        let tables = self.tables();
        let dispatcher = self.dispatcher();
        let client = self.client();
        let schema_docs = self.doc(docs::schema(self.cx));
        quote! {
            #allow
            mod #root {
                #schema_docs
                #[derive(Clone, Copy, Debug)]
                pub struct Schema;
                impl __Rt::Schema for Schema {
                    const TABLES: &'static __Rt::Tables = &#tables;
                }
                #dispatcher
                #client
            }
        }
    }

    fn tables(&self) -> TokenStream {
        let commands = self.commands().into_iter().map(|(it, _)| {
            let (cfg, path) = self.entry(it);
            // The thread of a handler concerns this server only, so the table has it and not the command's type.
            let blocking =
                self.cx.is_blocking(it.definition).then(|| quote!(.with_flags(__Rt::CommandFlags::BLOCKING)));
            quote!(#cfg <#path as __Rt::Command>::SPEC #blocking)
        });
        let mut events = self.present(|kind| matches!(kind, DefinitionKind::Event(_)));
        events.sort_by_key(|it| &it.definition.name);
        let events = events.into_iter().map(|it| {
            let (cfg, path) = self.entry(it);
            quote!(#cfg <#path as __Rt::Event>::NAME)
        });
        let introspection = self.introspection();
        quote! {
            __Rt::Tables {
                generation: #GENERATION,
                commands: &[#(#commands),*],
                events: &[#(#events),*],
                introspection: &[#(#introspection),*],
            }
        }
    }

    fn dispatcher(&self) -> TokenStream {
        let bounds = self.handler_bounds();
        let calls = self.commands().into_iter().map(|(it, command)| self.call(it, command));
        let docs = self.doc("Finds a command's handler, and runs it.");
        let trait_path = format!("{}::Dispatch", self.cx.options.runtime_path);
        let new_docs = self.doc(format!(
            "A dispatcher to these handlers.\n\nIt lends them to each call. How a handler gets an `Arc` of its own, to start \
             a thread for\ninstance, is shown at [`Dispatch`]({trait_path})."
        ));
        quote! {
            #docs
            #[derive(Debug)]
            pub struct Dispatcher<T>(__Arc<T>);
            impl<T> Dispatcher<T> {
                #new_docs
                #[inline]
                #[must_use]
                pub fn new(handlers: __Arc<T>) -> Self { Self(handlers) }
            }
            impl<T> __Clone for Dispatcher<T> {
                #[inline]
                fn clone(&self) -> Self { Self(__Arc::clone(&self.0)) }
            }
            impl<T: #bounds> Dispatcher<T> {
                const CALLS: &'static [fn(&Self, __Rt::Call<'_>) -> __Rt::Outcome] = &[#(#calls),*];
            }
            impl<T: #bounds> __Rt::Dispatch for Dispatcher<T> {
                #[inline]
                fn tables(&self) -> &'static __Rt::Tables { <Schema as __Rt::Schema>::TABLES }
                #[inline]
                fn call(&self, index: usize, call: __Rt::Call<'_>) -> __Rt::Outcome { Self::CALLS[index](self, call) }
            }
        }
    }

    /// The traits of all modules that have commands to handle.
    fn handler_bounds(&self) -> TokenStream {
        let traits =
            self.cx.schema.modules.ids().filter(|module| !self.handled(*module).is_empty()).map(|module| {
                let path = parse(&self.cx.module_path(module, Place::Beside));
                quote!(+ #path Commands)
            });
        quote!(__Send + __Sync + 'static #(#traits)*)
    }

    fn call(&self, it: Present, command: &Command) -> TokenStream {
        let Present { id, definition, .. } = it;
        let (cfg, path) = self.entry(it);
        if self.cx.is_served(&definition.name) {
            return quote!(#cfg |_: &Self, call: __Rt::Call<'_>| __Rt::private::served_by_session(call));
        }
        let module = parse(&self.cx.module_path(definition.module, Place::Beside));
        let method = self.cx.method(id);
        let handler = quote!(<T as #module Commands>::#method);
        let run = if !command.generate {
            quote!(call.run_raw(|cx, args| #handler(&this.0, cx, args)))
        } else if self.cx.is_async(command, definition.module) {
            quote!({
                let handlers = __Arc::clone(&this.0);
                call.run_async::<#path, _, _>(move |cx, args| async move { #handler(&handlers, &cx, args).await })
            })
        } else {
            quote!(call.run::<#path>(|cx, args| #handler(&this.0, cx, args)))
        };
        quote!(#cfg |this: &Self, call: __Rt::Call<'_>| #run)
    }

    /// The commands that exist, in the order of the table.
    fn commands(&self) -> Vec<(Present<'_>, &Command)> {
        let mut commands: Vec<_> = self.cx.all_present().filter_map(with_command).collect();
        commands.sort_by_key(|(it, _)| &it.definition.name);
        commands
    }

    /// The existing definitions of the `wanted` kinds.
    pub(super) fn present(&self, wanted: impl Fn(&DefinitionKind) -> bool) -> Vec<Present<'_>> {
        self.cx.all_present().filter(|it| wanted(&it.definition.kind)).collect()
    }

    /// The `#[cfg]` before an entry of a table, and the entry's type.
    pub(super) fn entry(&self, it: Present) -> (TokenStream, TokenStream) {
        (self.cfg(it.when), self.path(it.id, Place::Beside))
    }
}

/// A definition as a command, if it is one.
pub(super) fn with_command(it: Present<'_>) -> Option<(Present<'_>, &Command)> {
    match &it.definition.kind {
        DefinitionKind::Command(command) => Some((it, command)),
        _ => None,
    }
}
