//! Emits the root: re-exports, and checks at compile time.

use super::client::EVENT;
use super::dispatch::GENERATION;
use super::{Emitter, imports, parse};
use crate::rust::cfg::When;
use crate::rust::context::{Home, Present, ROOT};
use crate::rust::names;
use crate::schema::{DefinitionKind, ModuleId};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::BTreeMap;

impl Emitter<'_> {
    /// The root's own items: lists of re-exports, and the check of the runtime.
    pub(in crate::rust) fn root_items(&self) -> TokenStream {
        let root = parse(ROOT);
        let types =
            self.reexports("", |kind| !matches!(kind, DefinitionKind::Command(_) | DefinitionKind::Event(_)));
        let commands = self.reexports("command::", |kind| matches!(kind, DefinitionKind::Command(_)));
        let events = self.reexports("event::", |kind| matches!(kind, DefinitionKind::Event(_)));
        let command_docs = self.doc("The commands of all modules.");
        let event_docs = self.doc("The events of all modules.");
        let modules = self.extern_modules();
        let rename = |name: &str| {
            let shown = names::ident(&self.cx.helper_name(name.to_owned()));
            let name = names::ident(name);
            if shown == name { quote!(#name) } else { quote!(#name as #shown) }
        };
        let (schema, dispatcher) = (rename("Schema"), rename("Dispatcher"));
        let event = self.cx.options.client.then(|| rename(EVENT)).map(|event| quote!(#event,));
        let no_docs = (!self.cx.options.docs).then(|| quote!(missing_docs,));
        let allow = quote!(#[allow(#no_docs unreachable_pub)]);
        quote! {
            #command_docs #allow pub mod command { #commands }
            #event_docs #allow pub mod event { #events }
            #types
            #modules
            #[allow(unreachable_pub, unused_imports)]
            pub use self::#root::{#dispatcher, #event #schema};
            const _: () = __Rt::private::assert_generation(#GENERATION);
        }
    }

    /// `pub use` of the definitions that `wanted` accepts: one list for each module, and separate items for conditional
    /// ones.
    fn reexports(&self, nested: &str, wanted: impl Fn(&DefinitionKind) -> bool) -> TokenStream {
        let mut lists: BTreeMap<(ModuleId, String), (When, Vec<String>)> = BTreeMap::new();
        for Present { id, definition, when } in self.present(wanted) {
            if self.cx.options.extern_types.contains_key(&definition.name) {
                continue;
            }
            let key = (definition.module, self.cfg(when).to_string());
            let names = &mut lists.entry(key).or_insert_with(|| (when.clone(), Vec::new())).1;
            names.push(self.cx.name(id));
            if matches!(definition.kind, DefinitionKind::Union(_)) {
                names.push(self.cx.branch_name(id));
            }
        }
        let uses = lists.into_iter().map(|((module, _), (when, names))| {
            let cfg = self.cfg(&when);
            let prefix = match self.cx.home(module) {
                Home::Elsewhere(path) => format!("{path}::{nested}"),
                Home::Here(name) if nested.is_empty() => format!("self::{name}::"),
                Home::Here(name) => format!("super::{name}::{nested}"),
            };
            let prefix = parse(&prefix);
            let names = imports::list(names);
            quote!(#cfg #[allow(deprecated, unreachable_pub, unused_imports)] pub use #prefix #names;)
        });
        uses.collect()
    }

    /// Re-exports of modules that were generated elsewhere, under the names that they would have here.
    fn extern_modules(&self) -> TokenStream {
        let modules = self.cx.schema.modules.entries();
        let modules = modules.filter_map(|(id, module)| {
            let Home::Elsewhere(path) = self.cx.home(id) else { return None };
            let name = names::ident(&names::module(&module.name));
            let rename = (!path.ends_with(&format!("::{name}"))).then(|| quote!(as #name));
            let path = parse(path);
            let fingerprint = self.cx.fingerprints[id];
            let message = format!(
                "`{}` is not what the extern module was generated from: use versions that belong together",
                module.name
            );
            Some(quote! {
                #[allow(unreachable_pub, unused_imports)]
                pub use #path #rename;
                const _: () = ::core::assert!(#path::FINGERPRINT == #fingerprint, #message);
            })
        });
        modules.collect()
    }
}
