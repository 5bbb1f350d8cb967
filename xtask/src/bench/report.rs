//! What was measured.

use serde_json::{Value, json};

/// One comparison.
pub(super) struct Row {
    pub(super) what: String,
    /// Medians, ours and the peer's.
    pub(super) ours: f64,
    pub(super) peer: Option<(&'static str, f64)>,
    pub(super) unit: Unit,
    /// How many times better than the peer we mean to be; without a peer, the figure itself.
    pub(super) target: Option<f64>,
}

/// What a figure counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Seconds,
    Megabytes,
    Kilobytes,
    PerSecond,
    Times,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Unit::Seconds => "s",
            Unit::Megabytes => "MB",
            Unit::Kilobytes => "kB",
            Unit::PerSecond => "/s",
            Unit::Times => "x",
        }
    }

    fn text(self, value: f64) -> String {
        let digits = match self {
            Unit::Seconds => 3,
            Unit::Times => 2,
            Unit::Megabytes | Unit::Kilobytes => 1,
            Unit::PerSecond => 0,
        };
        format!("{value:.digits$} {}", self.name()).trim_end().to_owned()
    }
}

impl Row {
    /// How many times better we are.
    fn ratio(&self) -> Option<f64> {
        let (_, peer) = self.peer?;
        let more_is_better = self.unit == Unit::PerSecond;
        Some(if more_is_better { self.ours / peer } else { peer / self.ours })
    }
}

#[derive(Default)]
pub(super) struct Report {
    rows: Vec<Row>,
    skipped: Vec<(String, String)>,
}

impl Report {
    pub(super) fn add(&mut self, row: Row) {
        eprintln!("{}: {}", row.what, row.unit.text(row.ours));
        self.rows.push(row);
    }

    /// A figure without a peer.
    pub(super) fn figure(&mut self, what: impl Into<String>, ours: f64, unit: Unit, target: Option<f64>) {
        self.add(Row { what: what.into(), ours, peer: None, unit, target });
    }

    pub(super) fn skip(&mut self, what: impl Into<String>, why: impl Into<String>) {
        let (what, why) = (what.into(), why.into());
        eprintln!("skipped: {what}: {why}");
        self.skipped.push((what, why));
    }

    pub(super) fn print_table(&self) {
        println!("| what | ratio | target | ours | peer |\n|---|---|---|---|---|");
        for row in &self.rows {
            let ratio = row.ratio().map_or("-".to_owned(), |ratio| format!("{ratio:.2} x"));
            let target = match (row.target, row.peer) {
                (None, _) => "-".to_owned(),
                (Some(target), Some(_)) => format!("{target} x"),
                (Some(target), None) => row.unit.text(target),
            };
            let peer =
                row.peer.map_or("-".to_owned(), |(name, value)| format!("{name} {}", row.unit.text(value)));
            println!("| {} | {ratio} | {target} | {} | {peer} |", row.what, row.unit.text(row.ours));
        }
        for (what, why) in &self.skipped {
            println!("\nSKIPPED {what}: {why}");
        }
    }

    pub(super) fn print_json(&self) {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                json!({
                    "what": row.what, "unit": row.unit.name(), "ours": row.ours,
                    "peer": row.peer.map(|(name, value)| json!({ "name": name, "value": value })),
                    "ratio": row.ratio(), "target": row.target,
                })
            })
            .collect();
        let skipped: Vec<Value> =
            self.skipped.iter().map(|(what, why)| json!({ "what": what, "why": why })).collect();
        println!("{:#}", json!({ "rows": rows, "skipped": skipped }));
    }
}
