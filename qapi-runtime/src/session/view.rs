//! The interface that a session sees through its access, and the rendered replies that describe it.

use crate::access::Grants;
use crate::introspection::{self, Root};
use crate::json::Writer;
use crate::sync::{Mutex, lock};
use crate::{Features, Tables};
use std::sync::{Arc, OnceLock, Weak};

/// What sessions with one access and one policy see.
#[derive(Debug)]
pub(super) struct View {
    /// `None` grants everything.
    grants: Option<Arc<Grants>>,
    commands: OnceLock<Vec<u8>>,
    schema: OnceLock<Vec<u8>>,
}

impl View {
    /// Whether the command at this index of the table is granted.
    pub(super) fn has_command(&self, index: usize) -> bool {
        self.grants.as_ref().is_none_or(|grants| grants.command(index))
    }

    /// Whether a command is granted that the session answers itself and the table lacks.
    pub(super) fn serves(&self, name: &str) -> bool {
        self.grants.as_ref().is_none_or(|grants| grants.served(name))
    }

    /// Whether events of this name are granted. With full access no lookup is needed.
    pub(super) fn hears(&self, tables: &Tables, event: &str) -> bool {
        self.grants
            .as_ref()
            .is_none_or(|grants| tables.find_event(event).is_some_and(|index| grants.event(index)))
    }

    /// The answer to `query-commands`.
    pub(super) fn commands_reply(&self, tables: &Tables) -> &[u8] {
        self.commands.get_or_init(|| {
            let specs = tables.commands.iter().enumerate().filter(|(index, _)| self.has_command(*index));
            let mut out = Writer::new();
            out.array(|out| {
                for (_, spec) in specs {
                    out.separate();
                    out.object(|out| {
                        out.key("name");
                        out.string(spec.name);
                    });
                }
            });
            out.into_bytes()
        })
    }

    /// The answer to `query-qmp-schema`.
    pub(super) fn schema_reply(&self, tables: &Tables, hidden: Features) -> &[u8] {
        self.schema.get_or_init(|| {
            let whole = introspection::render(tables.introspection, hidden);
            let Some(grants) = &self.grants else { return whole.into_bytes() };
            let stays = |root: Root<'_>| match root {
                Root::Command(name) => match tables.find(name) {
                    Some(index) => grants.command(index),
                    None => grants.served(name),
                },
                Root::Event(name) => tables.find_event(name).is_some_and(|index| grants.event(index)),
            };
            introspection::restrict(&whole, &stays).into_bytes()
        })
    }
}

/// The views in use, so that equal accesses share one.
#[derive(Debug, Default)]
pub(super) struct Views(Mutex<Vec<Weak<View>>>);

impl Views {
    /// The view of these grants.
    pub(super) fn get(&self, grants: Option<Grants>) -> Arc<View> {
        self.find(grants.map(Arc::new))
    }

    /// The view of the grants of `other`, which may belong to other settings.
    pub(super) fn get_like(&self, other: &View) -> Arc<View> {
        self.find(other.grants.clone())
    }

    fn find(&self, grants: Option<Arc<Grants>>) -> Arc<View> {
        let mut views = lock(&self.0);
        views.retain(|view| view.strong_count() > 0);
        if let Some(view) = views.iter().filter_map(Weak::upgrade).find(|view| view.grants == grants) {
            return view;
        }
        let view = Arc::new(View { grants, commands: OnceLock::new(), schema: OnceLock::new() });
        views.push(Arc::downgrade(&view));
        view
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        lock(&self.0).len()
    }
}
