//! Emits the client's items for the whole schema: an enum of all events, and the modules whose commands it may execute.

mod places;

use super::dispatch::with_command;
use super::{Emitter, parse};
use crate::rust::context::{Place, Present};
use crate::rust::names;
use crate::schema::{DefinitionKind, Dialect, ModuleId};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The enum of all events.
pub(super) const EVENT: &str = "Event";

/// The type that represents a module in bounds. Only vendors' types begin with two underscores, and those have a dot in
/// the prefix.
pub(super) const MODULE: &str = "__Module";

/// An event as a variant.
struct Variant {
    ident: Ident,
    wire: String,
    cfg: TokenStream,
    deprecated: TokenStream,
    path: TokenStream,
}

impl Emitter<'_> {
    /// The marker of a module.
    pub(super) fn module_marker(&self) -> TokenStream {
        let name = parse(MODULE);
        quote! {
            #[doc(hidden)]
            #[derive(Debug)]
            pub enum #name {}
        }
    }

    /// The items beside the tables; empty if no client is generated.
    pub(super) fn client(&self) -> TokenStream {
        if !self.cx.options.client {
            return TokenStream::new();
        }
        let event = parse(EVENT);
        let events = self.events_enum();
        let dialect = match self.cx.schema.dialect() {
            Dialect::Agent => quote!(Agent),
            Dialect::Monitor => quote!(Monitor),
        };
        let enumerations =
            places::enumerations(self.cx).into_iter().map(|(name, places)| quote!((#name, &[#(#places),*])));
        let marker = parse(MODULE);
        let speaks = self.spoken().into_iter().map(|module| {
            let path = parse(&module);
            quote!(impl __Rt::client::Speaks<#path #marker> for Schema {})
        });
        quote! {
            impl __Rt::client::ClientSchema for Schema {
                type Event = #event;
                const DIALECT: __Rt::session::Dialect = __Rt::session::Dialect::#dialect;
                const ENUMERATIONS: &'static [__Rt::private::EnumPlaces] = &[#(#enumerations),*];
            }
            #(#speaks)*
            #events
        }
    }

    /// The paths of the modules whose commands the schema's clients execute: its own, and the protocol's in the runtime. A
    /// schema that declares the protocol's commands itself has them as well: code for any monitor uses those.
    fn spoken(&self) -> Vec<String> {
        let own = self.cx.schema.modules.ids().filter(|module| self.has_commands(*module));
        let mut spoken: Vec<String> = own.map(|module| self.cx.module_path(module, Place::Beside)).collect();
        if self.cx.options.protocol && self.cx.schema.dialect() == Dialect::Monitor {
            let protocol = format!("{}::control::", self.cx.options.runtime_path);
            if !spoken.contains(&protocol) {
                spoken.push(protocol);
            }
        }
        spoken
    }

    fn has_commands(&self, module: ModuleId) -> bool {
        self.cx.all_present().filter_map(with_command).any(|(it, _)| it.definition.module == module)
    }

    fn events_enum(&self) -> TokenStream {
        let name = parse(EVENT);
        let variants: Vec<Variant> = self
            .present(|kind| matches!(kind, DefinitionKind::Event(_)))
            .into_iter()
            .map(|it| self.event_variant(it))
            .collect();
        let declared = variants.iter().map(|Variant { ident, wire, cfg, deprecated, path }| {
            let docs = self.doc(format!("`{wire}`"));
            quote!(#docs #deprecated #cfg #ident(#path))
        });
        let reads = variants.iter().map(|Variant { ident, wire, cfg, .. }| {
            quote!(#cfg #wire => __Rt::Decode::decode(data).map(Self::#ident))
        });
        let wires =
            variants.iter().map(|Variant { ident, wire, cfg, .. }| quote!(#cfg Self::#ident(_) => #wire));
        let docs = self.doc("All events of the schema.");
        let unknown = names::ident(names::UNKNOWN);
        let unknown_docs = self.doc("An event that the schema does not know.");
        quote! {
            #docs
            #[derive(Clone, Debug, PartialEq)]
            #[non_exhaustive]
            pub enum #name {
                #(#declared,)*
                #unknown_docs
                #unknown(__Rt::client::UnknownEvent),
            }
            impl __Rt::client::AnyEvent for #name {
                #[inline]
                fn decode(name: &str, data: __Rt::Input<'_>) -> __Rt::Result<Self> {
                    match name {
                        #(#reads,)*
                        _ => __Rt::client::UnknownEvent::new(name, data).map(Self::#unknown),
                    }
                }
                #[inline]
                fn name(&self) -> &str {
                    match self {
                        #(#wires,)*
                        Self::#unknown(event) => &event.name,
                    }
                }
            }
        }
    }

    fn event_variant(&self, it: Present) -> Variant {
        let (cfg, path) = self.entry(it);
        let wire = it.definition.name.clone();
        let deprecated = self.deprecated(&it.definition.features, &format!("the event `{wire}`"));
        Variant { ident: self.cx.event_variant(it.id), wire, cfg, deprecated, path }
    }
}
