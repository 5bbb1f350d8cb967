//! What `@name` and other names in documentation link to.

use crate::rust::cfg::When;
use crate::rust::context::{Context, Place};
use crate::rust::names;
use crate::schema::DefId;

/// Resolves names for the documentation of one item.
pub(super) struct Links<'a> {
    cx: Option<&'a Context<'a>>,
    /// The definition that is documented, where its members are Rust's fields.
    of: Option<DefId>,
    place: Place,
}

impl<'a> Links<'a> {
    /// For what documents the type of a definition itself.
    pub(super) fn of(cx: &'a Context<'a>, id: DefId, place: Place) -> Self {
        Links { cx: Some(cx), of: Some(id), place }
    }

    /// For what stands elsewhere: members have no path from there.
    pub(super) fn outside(cx: &'a Context<'a>, place: Place) -> Self {
        Links { cx: Some(cx), of: None, place }
    }

    /// Resolves nothing.
    #[cfg(test)]
    pub(super) fn none() -> Self {
        Links { cx: None, of: None, place: Place::Beside }
    }

    /// `name` as Markdown: a link where there is something to link to, which exists wherever the documentation does.
    pub(super) fn name(&self, name: &str) -> String {
        match self.target(name) {
            Some(target) => format!("[`{name}`]({target})"),
            None => format!("`{name}`"),
        }
    }

    fn target(&self, name: &str) -> Option<String> {
        let cx = self.cx?;
        if let Some(id) = self.of {
            let members = cx.members(id);
            if let Some(member) = members.iter().find(|placed| placed.member.name == name) {
                let field = names::ident(&names::field(name)).to_string();
                let own = matches!(self.place, Place::Module(_) | Place::Nested(_));
                return (own && member.when.is_always())
                    .then(|| format!("Self::{}", field.trim_start_matches("r#")));
            }
        }
        let id = cx.find(name)?;
        let known = self.of.and_then(|of| cx.when(of)).cloned().unwrap_or_else(When::always);
        let linked =
            cx.is_present(id) && cx.when(id)?.known_in(&known) && !cx.options.extern_types.contains_key(name);
        linked.then(|| cx.path(id, self.place).replace("r#", ""))
    }
}
