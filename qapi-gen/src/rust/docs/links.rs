//! Resolves `@name` and other names in documentation to links.

use crate::rust::cfg::When;
use crate::rust::context::{Context, Place};
use crate::schema::{Condition, DefId, DefinitionKind};

/// Resolves names for the documentation of one item.
pub(super) struct Links<'a> {
    cx: Option<&'a Context<'a>>,
    /// The documented definition.
    of: Option<DefId>,
    /// Whether the documented item is the definition's own type or a part of it, so that members are `Self::member`.
    inside: bool,
    place: Place,
}

impl<'a> Links<'a> {
    /// For the type of a definition and its parts.
    pub(super) fn inside(cx: &'a Context<'a>, id: DefId, place: Place) -> Self {
        Links { cx: Some(cx), of: Some(id), inside: true, place }
    }

    /// For another item that shows the definition's documentation: members have no path from there.
    pub(super) fn outside(cx: &'a Context<'a>, id: Option<DefId>, place: Place) -> Self {
        Links { cx: Some(cx), of: id, inside: false, place }
    }

    /// Resolves nothing.
    pub(super) fn none() -> Self {
        Links { cx: None, of: None, inside: false, place: Place::Beside }
    }

    /// `name` as Markdown: a link if its target exists wherever the documentation does.
    pub(super) fn name(&self, name: &str) -> String {
        let target = self.cx.and_then(|cx| match self.of.and_then(|of| member(cx, of, name)) {
            Some(member) => member.filter(|_| self.inside),
            None => self.definition(cx, name),
        });
        match target {
            Some(target) if target == name => format!("[`{name}`]"),
            Some(target) => format!("[`{name}`]({target})"),
            None => format!("`{name}`"),
        }
    }

    fn definition(&self, cx: &Context, name: &str) -> Option<String> {
        let id = cx.find(name)?;
        let known = self.of.and_then(|of| cx.when(of)).cloned().unwrap_or_else(When::always);
        let linked =
            cx.is_present(id) && cx.when(id)?.known_in(&known) && !cx.options.extern_types.contains_key(name);
        linked.then(|| plain(&cx.path(id, self.place)))
    }
}

/// The link target for the member or value `name` of a definition; `None` if there is none or it may not exist.
fn member(cx: &Context, of: DefId, name: &str) -> Option<Option<String>> {
    let variant = |condition: Option<&Condition>| {
        let linked = cx.decide(When::always().and(condition), None).is_some_and(|when| when.is_always());
        linked.then(|| format!("Self::{}", plain(&cx.variant(of, name).to_string())))
    };
    match &cx.definition(of).kind {
        DefinitionKind::Enum(value) => {
            let value = value.values.iter().find(|value| value.name == name)?;
            Some(variant(value.condition.as_ref()))
        }
        DefinitionKind::Alternate(value) => {
            let value = value.alternatives.iter().find(|value| value.name == name)?;
            Some(
                cx.decide(When::always(), Some(value.ty))
                    .and_then(|when| if when.is_always() { variant(value.condition.as_ref()) } else { None }),
            )
        }
        _ => {
            let members = cx.members(of);
            let placed = members.iter().find(|placed| placed.member.name == name)?;
            let field = cx.field(of, name).to_string();
            Some(placed.when.is_always().then(|| format!("Self::{}", plain(&field))))
        }
    }
}

/// Links write raw identifiers without their mark.
fn plain(path: &str) -> String {
    path.replace("r#", "")
}
