//! The results.

use serde_json::{Value, json};

/// One comparison.
pub(super) struct Row {
    pub(super) what: String,
    /// Medians, ours and the peer's.
    pub(super) ours: f64,
    pub(super) peer: Option<(&'static str, f64)>,
    pub(super) unit: Unit,
    pub(super) target: Option<Target>,
}

/// A target.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Target {
    /// So many times better than the peer.
    Ratio(f64),
    /// At most this figure, independent of the peer.
    AtMost(f64),
}

/// The unit of a figure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Seconds,
    Megabytes,
    Kilobytes,
    Microseconds,
    PerSecond,
    Times,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Unit::Seconds => "s",
            Unit::Megabytes => "MB",
            Unit::Kilobytes => "kB",
            Unit::Microseconds => "us",
            Unit::PerSecond => "/s",
            Unit::Times => "x",
        }
    }

    pub(super) fn text(self, value: f64) -> String {
        let digits = match self {
            Unit::Seconds => 3,
            Unit::Times | Unit::Microseconds => 2,
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

    /// Whether the target is met; `None` without a target, or for a ratio without a peer.
    fn is_met(&self) -> Option<bool> {
        match self.target? {
            Target::Ratio(target) => self.ratio().map(|ratio| ratio >= target),
            Target::AtMost(most) => Some(self.ours <= most),
        }
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
    pub(super) fn figure(&mut self, what: impl Into<String>, ours: f64, unit: Unit, target: Option<Target>) {
        self.add(Row { what: what.into(), ours, peer: None, unit, target });
    }

    pub(super) fn skip(&mut self, what: impl Into<String>, why: impl Into<String>) {
        let (what, why) = (what.into(), why.into());
        eprintln!("skipped: {what}: {why}");
        self.skipped.push((what, why));
    }

    pub(super) fn print_table(&self) {
        println!("| what | ratio | target | met | ours | peer |\n|---|---|---|---|---|---|");
        for row in &self.rows {
            let ratio = row.ratio().map_or("-".to_owned(), |ratio| format!("{ratio:.2} x"));
            let target = match row.target {
                None => "-".to_owned(),
                Some(Target::Ratio(target)) => format!("{target} x"),
                Some(Target::AtMost(most)) => format!("at most {}", row.unit.text(most)),
            };
            let met = match (row.target, row.is_met()) {
                (None, _) => "-",
                (Some(_), None) => "not measured",
                (Some(_), Some(true)) => "yes",
                (Some(_), Some(false)) => "NO",
            };
            let peer =
                row.peer.map_or("-".to_owned(), |(name, value)| format!("{name} {}", row.unit.text(value)));
            println!("| {} | {ratio} | {target} | {met} | {} | {peer} |", row.what, row.unit.text(row.ours));
        }
        let with_target = || self.rows.iter().filter(|row| row.target.is_some());
        let met = with_target().filter(|row| row.is_met() == Some(true)).count();
        let unknown = with_target().filter(|row| row.is_met().is_none()).count();
        println!("\n{met} of {} targets met, {unknown} not measured", with_target().count());
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
                    "ratio": row.ratio(), "target": row.target.map(target_json), "met": row.is_met(),
                })
            })
            .collect();
        let skipped: Vec<Value> =
            self.skipped.iter().map(|(what, why)| json!({ "what": what, "why": why })).collect();
        println!("{:#}", json!({ "rows": rows, "skipped": skipped }));
    }
}

fn target_json(target: Target) -> Value {
    match target {
        Target::Ratio(ratio) => json!({ "ratio": ratio }),
        Target::AtMost(most) => json!({ "at_most": most }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(ours: f64, peer: Option<f64>, unit: Unit, target: Option<Target>) -> Option<bool> {
        Row { what: String::new(), ours, peer: peer.map(|peer| ("peer", peer)), unit, target }.is_met()
    }

    #[test]
    fn a_target_is_met_by_what_is_better() {
        let four = Some(Target::Ratio(4.0));
        assert_eq!(met(1.0, Some(4.0), Unit::Seconds, four), Some(true));
        assert_eq!(met(1.0, Some(3.9), Unit::Seconds, four), Some(false));
        assert_eq!(met(40.0, Some(10.0), Unit::PerSecond, four), Some(true));
        assert_eq!(met(10.0, Some(40.0), Unit::PerSecond, four), Some(false));
        let limit = Some(Target::AtMost(45.0));
        assert_eq!(met(45.0, Some(1.0), Unit::Megabytes, limit), Some(true));
        assert_eq!(met(45.1, None, Unit::Megabytes, limit), Some(false));
    }

    #[test]
    fn a_target_beside_a_peer_that_is_not_there_is_not_measured() {
        assert_eq!(met(1.0, None, Unit::Seconds, Some(Target::Ratio(4.0))), None);
        assert_eq!(met(1.0, Some(9.0), Unit::Seconds, None), None);
    }
}
