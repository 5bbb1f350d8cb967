//! Emits events: a type for the data, and its sender.

use super::{Emitter, parse};
use crate::rust::context::{Present, ROOT};
use crate::schema::{Arguments, Event};
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    pub(super) fn emit_event(&self, it: Present, event: &Event) -> TokenStream {
        let Present { id, definition, when } = it;
        // A server has to send the event as long as the schema has it, so only the client's enum of events warns.
        let deprecated = TokenStream::new();
        let data = match event.data {
            Arguments::None | Arguments::Inline(_) => self.record(it, &deprecated),
            Arguments::Named(inner) | Arguments::Boxed(inner) => self.newtype(it, inner, &deprecated),
        };
        let cfg = self.cfg(when);
        let name = self.name(id);
        let wire = &definition.name;
        let has_data = match &event.data {
            Arguments::None => false,
            Arguments::Inline(members) => !members.is_empty(),
            Arguments::Named(_) | Arguments::Boxed(_) => true,
        };
        let features = self.features_or_none(&definition.features);
        let root = parse(ROOT);
        let docs = self.doc("Sends the event to every session that has negotiated.");
        quote! {
            #data
            #cfg
            impl __Rt::Event for #name {
                const NAME: &'static str = #wire;
                const FEATURES: __Rt::Features = #features;
                const HAS_DATA: bool = #has_data;
                type Schema = super::super::#root::Schema;
            }
            #cfg
            impl #name {
                #docs
                #[inline]
                pub fn send(&self, events: &__Rt::EventSender<super::super::#root::Schema>) {
                    events.send(self);
                }
            }
        }
    }
}
