//! What is generated once a schema: tables, and the dispatcher.

use super::{Emitter, parse};
use crate::rust::context::Place;
use crate::schema::{Command, DefId, DefinitionKind};
use proc_macro2::TokenStream;
use quote::quote;

/// The module of the tables and the dispatcher. Types elsewhere refer to it, so its name never depends on the schema.
pub(in crate::rust) const ROOT: &str = "__schema";

/// The generation of the contract with the runtime.
pub(super) const GENERATION: u32 = 1;

impl Emitter<'_> {
    /// The module of the tables and the dispatcher.
    pub(in crate::rust) fn root_module(&self) -> TokenStream {
        let allow = self.allow();
        let root = parse(ROOT);
        let tables = self.tables();
        let dispatcher = self.dispatcher();
        let client = self.client();
        let schema_docs = self.doc("The schema as a type: its tables, and what its events are sent through.");
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
        let commands = self.commands().into_iter().map(|(id, _)| {
            let (cfg, path) = self.entry(id);
            // Where a handler runs is this server's affair, and nothing that the command's type tells a client.
            let blocking =
                (self.cx.is_blocking(id)).then(|| quote!(.with_flags(__Rt::CommandFlags::BLOCKING)));
            quote!(#cfg <#path as __Rt::Command>::SPEC #blocking)
        });
        let mut events: Vec<DefId> = self.present(|kind| matches!(kind, DefinitionKind::Event(_)));
        events.sort_by_key(|id| &self.cx.definition(*id).name);
        let events = events.into_iter().map(|id| {
            let (cfg, path) = self.entry(id);
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
        let calls = self.commands().into_iter().map(|(id, command)| self.call(id, command));
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

    fn call(&self, id: DefId, command: &Command) -> TokenStream {
        let definition = self.cx.definition(id);
        let (cfg, path) = self.entry(id);
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

    /// The commands that are there, in the order of the table.
    fn commands(&self) -> Vec<(DefId, &Command)> {
        let ids = self.present(|kind| matches!(kind, DefinitionKind::Command(_)));
        let command = |id: DefId| match &self.cx.definition(id).kind {
            DefinitionKind::Command(command) => Some((id, command)),
            _ => None,
        };
        let mut commands: Vec<_> = ids.into_iter().filter_map(command).collect();
        commands.sort_by_key(|(id, _)| &self.cx.definition(*id).name);
        commands
    }

    pub(super) fn present(&self, wanted: impl Fn(&DefinitionKind) -> bool) -> Vec<DefId> {
        self.cx
            .schema
            .definitions
            .ids()
            .filter(|id| self.cx.is_present(*id) && wanted(&self.cx.definition(*id).kind))
            .collect()
    }

    pub(super) fn entry(&self, id: DefId) -> (TokenStream, TokenStream) {
        let cfg = self.cx.when(id).map(|when| self.cfg(when));
        (quote!(#cfg), self.path(id, Place::Beside))
    }
}
