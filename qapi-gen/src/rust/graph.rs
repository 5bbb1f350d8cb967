//! Graphs over definitions, for recursion and reachability.

use crate::ids::IdVec;
use crate::schema::DefId;

/// A directed graph over the definitions.
pub(super) struct Graph {
    edges: IdVec<DefId, Vec<DefId>>,
}

impl Graph {
    /// A graph with edges from each definition to the ones that it uses.
    pub(super) fn new(edges: IdVec<DefId, Vec<DefId>>) -> Self {
        Graph { edges }
    }

    /// The definitions that can be reached from `roots`, including `roots`.
    pub(super) fn reachable(&self, roots: impl IntoIterator<Item = DefId>) -> IdVec<DefId, bool> {
        let mut seen = self.edges.map(|_| false);
        let mut open: Vec<DefId> = roots.into_iter().collect();
        while let Some(node) = open.pop() {
            if !std::mem::replace(&mut seen[node], true) {
                open.extend(&self.edges[node]);
            }
        }
        seen
    }

    /// The cycles.
    pub(super) fn cycles(&self) -> Cycles {
        Search::new(self).run()
    }
}

/// The nodes that are on a common cycle.
pub(super) struct Cycles {
    component: IdVec<DefId, usize>,
}

impl Cycles {
    /// Whether a path leads back from `to` to `from`, given the edge between them.
    pub(super) fn closed_by(&self, from: DefId, to: DefId) -> bool {
        self.component[from] == self.component[to]
    }
}

/// Tarjan's search for strongly connected components, with an explicit stack: a schema may be 100,000 types deep.
struct Search<'a> {
    graph: &'a Graph,
    index: IdVec<DefId, usize>,
    low: IdVec<DefId, usize>,
    component: IdVec<DefId, usize>,
    stack: Vec<DefId>,
    next: usize,
    components: usize,
}

const UNSEEN: usize = usize::MAX;

impl<'a> Search<'a> {
    fn new(graph: &'a Graph) -> Self {
        let unseen = graph.edges.map(|_| UNSEEN);
        Search {
            graph,
            index: unseen.clone(),
            low: unseen.clone(),
            component: unseen,
            stack: Vec::new(),
            next: 0,
            components: 0,
        }
    }

    fn run(mut self) -> Cycles {
        for root in self.graph.edges.ids() {
            if self.index[root] == UNSEEN {
                self.visit(root);
            }
        }
        Cycles { component: self.component }
    }

    fn visit(&mut self, root: DefId) {
        let mut frames = vec![(self.enter(root), 0)];
        while let Some((node, edge)) = frames.last_mut() {
            let node = *node;
            let Some(&to) = self.graph.edges[node].get(*edge) else {
                frames.pop();
                self.leave(node);
                if let Some(&(parent, _)) = frames.last() {
                    self.low[parent] = self.low[parent].min(self.low[node]);
                }
                continue;
            };
            *edge += 1;
            if self.index[to] == UNSEEN {
                frames.push((self.enter(to), 0));
            } else if self.component[to] == UNSEEN {
                self.low[node] = self.low[node].min(self.index[to]);
            }
        }
    }

    fn enter(&mut self, node: DefId) -> DefId {
        self.index[node] = self.next;
        self.low[node] = self.next;
        self.next += 1;
        self.stack.push(node);
        node
    }

    fn leave(&mut self, node: DefId) {
        if self.low[node] != self.index[node] {
            return;
        }
        while let Some(member) = self.stack.pop() {
            self.component[member] = self.components;
            if member == node {
                break;
            }
        }
        self.components += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Id;

    fn id(index: usize) -> DefId {
        DefId::from_index(index)
    }

    fn graph(nodes: usize, edges: &[(usize, usize)]) -> Graph {
        let mut all: IdVec<DefId, Vec<DefId>> = (0..nodes).map(|_| Vec::new()).collect();
        edges.iter().for_each(|&(from, to)| all[id(from)].push(id(to)));
        Graph::new(all)
    }

    #[test]
    fn mutual_recursion_is_a_cycle() {
        let cycles = graph(4, &[(0, 1), (1, 2), (2, 1), (2, 3)]).cycles();
        assert!(!cycles.closed_by(id(0), id(1)));
        assert!(cycles.closed_by(id(1), id(2)));
        assert!(cycles.closed_by(id(2), id(1)));
        assert!(!cycles.closed_by(id(2), id(3)));
    }

    #[test]
    fn a_type_that_holds_itself_is_a_cycle() {
        assert!(graph(1, &[(0, 0)]).cycles().closed_by(id(0), id(0)));
    }

    #[test]
    fn depth_is_no_matter() {
        let edges: Vec<_> = (0..200_000).map(|node| (node, (node + 1) % 200_000)).collect();
        assert!(graph(200_000, &edges).cycles().closed_by(id(0), id(199_999)));
    }

    #[test]
    fn reachability_includes_the_roots() {
        let reached = graph(4, &[(0, 1), (1, 0), (2, 3)]).reachable([id(0)]);
        assert_eq!(reached.into_iter().collect::<Vec<_>>(), [true, true, false, false]);
    }
}
