//! Expands the macros that make items, where that is simple: those with one rule whose parameters are names.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use std::collections::BTreeMap;
use syn::Item;

/// The macros of a package that are expanded, by their names.
pub(crate) struct Macros(BTreeMap<String, Rule>);

struct Rule {
    parameters: Vec<String>,
    body: TokenStream,
}

impl Macros {
    pub(crate) fn of<'a>(items: impl Iterator<Item = &'a Item>) -> Macros {
        let rules = items.filter_map(|item| match item {
            Item::Macro(item) => Some((item.ident.as_ref()?.to_string(), Rule::read(&item.mac.tokens)?)),
            _ => None,
        });
        Macros(rules.collect())
    }

    /// The items that an item stands for: itself, unless it is the call of a macro that is known.
    pub(crate) fn expand(&self, item: Item) -> Vec<Item> {
        let Item::Macro(call) = &item else { return vec![item] };
        let name = call.mac.path.segments.last().map(|segment| segment.ident.to_string());
        let Some(rule) = name.and_then(|name| self.0.get(&name)) else { return vec![item] };
        let mut arguments = Vec::new();
        for token in call.mac.tokens.clone() {
            if let TokenTree::Ident(name) = token {
                arguments.push(name);
            }
        }
        assert_eq!(arguments.len(), rule.parameters.len(), "a call with other arguments than names");
        let values = rule.parameters.iter().map(String::as_str).zip(&arguments).collect();
        let tokens = substitute(rule.body.clone(), &values);
        syn::parse2::<syn::File>(tokens).expect("the macro makes items").items
    }
}

impl Rule {
    /// The rule of a macro, if it has one, that takes names and makes items.
    fn read(tokens: &TokenStream) -> Option<Rule> {
        let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let [TokenTree::Group(matcher), _, _, TokenTree::Group(body), rest @ ..] = &tokens[..] else {
            return None;
        };
        if rest.len() > 1 {
            return None;
        }
        let mut parameters = Vec::new();
        let matcher: Vec<TokenTree> = matcher.stream().into_iter().collect();
        for parameter in matcher.split(|token| token.to_string() == ",") {
            match parameter {
                [] => {}
                [_, TokenTree::Ident(name), _, TokenTree::Ident(kind)] if kind == "ident" => {
                    parameters.push(name.to_string());
                }
                _ => return None,
            }
        }
        let rule = Rule { parameters, body: body.stream() };
        let names: Vec<Ident> = rule.parameters.iter().map(|_| quote::format_ident!("Name")).collect();
        let values = rule.parameters.iter().map(String::as_str).zip(&names).collect();
        syn::parse2::<syn::File>(substitute(rule.body.clone(), &values)).is_ok().then_some(rule)
    }
}

/// The tokens with the values in place of the parameters.
fn substitute(tokens: TokenStream, values: &BTreeMap<&str, &Ident>) -> TokenStream {
    let mut out = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let value = match (&token, tokens.peek()) {
            (TokenTree::Punct(dollar), Some(TokenTree::Ident(name))) if dollar.as_char() == '$' => {
                values.get(&*name.to_string()).copied()
            }
            _ => None,
        };
        out.push(match (value, token) {
            (Some(value), _) => {
                tokens.next();
                TokenTree::Ident(value.clone())
            }
            (None, TokenTree::Group(group)) => {
                let delimiter: Delimiter = group.delimiter();
                TokenTree::Group(Group::new(delimiter, substitute(group.stream(), values)))
            }
            (None, token) => token,
        });
    }
    out.into_iter().collect()
}
