//! Emits enumerations.

use super::Emitter;
use super::attributes::Derives;
use super::values::{self, Spelled};
use crate::rust::cfg::When;
use crate::rust::context::Present;
use crate::rust::docs;
use crate::schema::{DefId, Enum, EnumValue};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

impl Emitter<'_> {
    pub(super) fn emit_enum(&self, it: Present, value: &Enum) -> TokenStream {
        let cx = self.cx;
        let Present { id, definition, when } = it;
        let cfg = self.cfg(when);
        let open = cx.is_open(id);
        let name = self.name(id);
        let docs = self.docs(it);
        let attributes = self.type_attributes(it, Derives { default: false, eq: true, copy: !open });
        let values: Vec<Value> = self.values(id, value);
        let unknown = open.then(|| {
            let docs = self.doc("A value that the schema does not know, as the peer spelled it.");
            quote!(#docs Unknown(__String))
        });
        let variants = values.iter().map(|Value { variant, cfg, value }| {
            let docs =
                self.doc(docs::member(cx, id, id, &value.name, &value.features, self.place(definition)));
            let alias = self.alias(&variant.to_string(), &value.name);
            quote!(#docs #alias #cfg #variant)
        });
        let variants = variants.chain(unknown);
        let spelled: Vec<Spelled> = values.iter().map(Value::spelled).collect();
        let doc = |text| self.doc(text);
        let consts = values::constants(&spelled, doc);
        let as_str = if open { values::open_name(&spelled, doc) } else { values::closed_name(&spelled, doc) };
        let codec = self.enum_codec(&name, &values, open, &cfg);
        quote! {
            #docs
            #cfg
            #attributes
            pub enum #name { #(#variants,)* }
            #cfg
            impl #name {
                #consts
                #as_str
            }
            #codec
        }
    }

    fn values<'v>(&self, id: DefId, value: &'v Enum) -> Vec<Value<'v>> {
        let present = value.values.iter().filter_map(|value| {
            let when = self.cx.decide(When::always().and(value.condition.as_ref()), None)?;
            let cfg = self.cfg(&when);
            Some(Value { variant: self.cx.variant(id, &value.name), cfg, value })
        });
        present.collect()
    }

    fn enum_codec(&self, name: &Ident, values: &[Value], open: bool, cfg: &TokenStream) -> TokenStream {
        let features = self.value_features(values);
        let codec = if open { quote!(open_enum) } else { quote!(closed_enum) };
        quote!(#cfg __Rt::private::#codec!(#name, #features);)
    }

    /// The features of all values, or an empty slice when no value has any.
    fn value_features(&self, values: &[Value]) -> TokenStream {
        if values.iter().all(|Value { value, .. }| self.features(&value.features).is_none()) {
            return quote!(&[]);
        }
        let features = values.iter().map(|Value { cfg, value, .. }| {
            let features = self.features_or_none(&value.features);
            quote!(#cfg #features)
        });
        quote!(const { &[#(#features),*] })
    }
}

/// A value that exists.
struct Value<'a> {
    variant: Ident,
    cfg: TokenStream,
    value: &'a EnumValue,
}

impl Value<'_> {
    fn spelled(&self) -> Spelled<'_> {
        let Value { variant, cfg, value } = self;
        Spelled { variant, cfg, wire: &value.name }
    }
}
