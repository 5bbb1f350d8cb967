//! The back end for devices: a type for each driver, with a setter and a constant for each property.
//!
//! The types are newtypes over the runtime's `Device`, whose macro gives them all that does not depend on the driver.

mod docs;
mod enumerations;
mod spelling;

use super::assemble::header;
use super::emit::dispatch::GENERATION;
use super::emit::modules::allow;
use super::emit::{alias, plain};
use super::names;
use super::options::Options;
use super::print::{self, Style};
use super::vocabulary::Docs;
use crate::devices::{Devices, Driver, Kind, Property};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use spelling::{Spelling, Types};

/// Generates the Rust code of devices: the content of a module. Of the options, those count that are about any code: the
/// path of the runtime, documentation, layout.
pub fn generate(devices: &Devices, options: &Options) -> String {
    let types = Types::new(devices);
    let all: Vec<usize> = (0..devices.labels.len()).collect();
    let emitter = Emitter { devices, types: &types, options, docs: Docs::default() };
    let mut out = header(&format!("what QEMU {} says of its devices", devices.list(&all)));
    let style = Style { runtime: &options.runtime_path, wrap: options.format };
    let mut append = |tokens: TokenStream| {
        out.push('\n');
        out.push_str(&print::print(tokens, &emitter.docs.take(), 0, style));
    };
    devices.drivers.iter().for_each(|driver| append(emitter.driver(driver)));
    devices.enumerations.iter().for_each(|(name, values)| append(emitter.enumeration(name, values)));
    append(quote!(const _: () = __Rt::private::assert_generation(#GENERATION);));
    out
}

/// The properties of a driver that have a setter, each with the setter's name.
pub fn fields(driver: &Driver) -> Vec<(&Property, String)> {
    let spelling = Spelling::new(driver);
    let settable = driver.properties.iter().filter(|property| is_settable(property));
    settable.map(|property| (property, spelling.setter(&property.name))).collect()
}

/// `device_add` takes these members itself, so a property of the same name cannot be set by it.
fn is_settable(property: &Property) -> bool {
    !matches!(&property.name[..], "driver" | "bus" | "id")
}

struct Emitter<'a> {
    devices: &'a Devices,
    types: &'a Types,
    options: &'a Options,
    docs: Docs,
}

impl Emitter<'_> {
    /// The text as documentation, if the options ask for it.
    fn doc(&self, text: impl FnOnce() -> String) -> Option<Ident> {
        self.options.docs.then(|| self.docs.add(text()))
    }

    fn alias(&self, rust: &str, wire: &str) -> Option<TokenStream> {
        if self.options.docs { alias(rust, wire) } else { None }
    }

    fn driver(&self, driver: &Driver) -> TokenStream {
        let spelling = Spelling::new(driver);
        let wire = &driver.name;
        let rust = self.types.driver(wire);
        let docs = self.doc(|| docs::driver(self.devices, driver));
        let alias = self.alias(&rust, wire);
        let name = names::ident(&rust);
        let constants = driver.properties.iter().map(|property| self.constant(property, &spelling));
        let settable = driver.properties.iter().filter(|property| is_settable(property));
        let allow = allow(self.options.docs);
        let setters = settable.map(|property| self.setter(driver, property, &spelling));
        quote! {
            #docs
            #alias
            #[derive(Clone, Debug, PartialEq)]
            #allow
            #[must_use = "a device is added when a client executes it"]
            pub struct #name(__Rt::device::Device);
            #allow
            impl #name {
                #(#constants)*
                #(#setters)*
            }
            __Rt::private::device!(#name, #wire);
        }
    }

    fn constant(&self, property: &Property, spelling: &Spelling) -> TokenStream {
        let wire = &property.name;
        let docs = self.doc(|| format!("The property `{wire}`."));
        let name = names::ident(&spelling.constant(wire));
        let ty = self.ty(&property.kind);
        quote! {
            #docs
            pub const #name: __Rt::device::Property<#ty> = __Rt::device::Property::new(#wire);
        }
    }

    fn setter(&self, driver: &Driver, property: &Property, spelling: &Spelling) -> TokenStream {
        let wire = &property.name;
        let rust = spelling.setter(wire);
        let docs = self.doc(|| docs::property(self.devices, driver, property));
        let alias = self.alias(&rust, wire);
        let name = names::ident(&rust);
        let constant = names::ident(&spelling.constant(wire));
        let ty = self.ty(&property.kind);
        let parameter = match property.kind {
            // For an integer, rustc could not infer the type of a literal.
            Kind::Bool | Kind::Integer(_) | Kind::Address | Kind::Enumeration(_) => ty,
            Kind::Text | Kind::Any => quote!(impl __Into<#ty>),
        };
        quote! {
            #docs
            #alias
            pub fn #name(self, value: #parameter) -> Self { self.set(Self::#constant, value) }
        }
    }

    fn ty(&self, kind: &Kind) -> TokenStream {
        match kind {
            Kind::Bool => quote!(bool),
            Kind::Integer(builtin) => plain(*builtin),
            Kind::Text => quote!(__String),
            Kind::Address => quote!(__Rt::device::PciAddress),
            Kind::Enumeration(name) => names::ident(&self.types.enumeration(name)).into_token_stream(),
            Kind::Any => quote!(__Rt::Any),
        }
    }
}
