//! Counts the results of tests while it shows their output.

use super::shown;
use crate::Failure;
use std::collections::BTreeSet;
use std::fmt;
use std::io::{BufRead, BufReader};
use std::process::Command;

/// How many tests passed, failed and were ignored, and what the passed ones skipped.
#[derive(Debug, Default)]
pub(super) struct Tally {
    passed: u64,
    failed: u64,
    ignored: u64,
    skipped: BTreeSet<String>,
}

impl Tally {
    /// Runs tests, shows their output, and counts their results.
    pub(super) fn run(&mut self, command: &mut Command) -> Result<(), Failure> {
        let (output, input) = std::io::pipe()?;
        // One pipe for both streams, so that lines stay in order.
        command.stdout(input.try_clone()?).stderr(input);
        let mut tests = command.spawn().map_err(|error| format!("{}: {error}", shown(command)))?;
        let said = shown(command);
        // The command owns the writing end of the pipe. Until it is dropped, the reader sees no end.
        *command = Command::new("true");
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line)? > 0 {
            let text = String::from_utf8_lossy(&line);
            print!("{text}");
            self.count(text.trim_end());
            line.clear();
        }
        let status = tests.wait()?;
        if status.success() { Ok(()) } else { Err(format!("{said}: {status}").into()) }
    }

    /// Reports something that cannot run here, now and at the end.
    pub(super) fn skip(&mut self, what: &str, why: &str) {
        let line = format!("skipped: {what}: {why}");
        println!("{line}");
        self.skipped.insert(line);
    }

    fn count(&mut self, line: &str) {
        // A test may print its remark in the middle of a line of the harness.
        if let Some(start) = line.find("skipped: ") {
            self.skipped.insert(line[start..].to_owned());
        }
        let Some(result) = line.strip_prefix("test result: ") else { return };
        let words: Vec<&str> = result.split([' ', ';']).collect();
        for pair in words.windows(2) {
            let Ok(count) = pair[0].parse::<u64>() else { continue };
            match pair[1] {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.ignored += count,
                _ => {}
            }
        }
    }

    /// Prints what the tests skipped.
    pub(super) fn print_skipped(&self) {
        for line in &self.skipped {
            println!("{line}");
        }
        if self.skipped.is_empty() {
            println!("no test was skipped");
        }
    }
}

/// The totals as a line; ignored tests count as skipped.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.ignored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_added_and_skips_are_listed_once() {
        let mut tally = Tally::default();
        for line in [
            "test a ... skipped: what needs x: it is not here",
            "skipped: what needs x: it is not here",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.1s",
            "test result: FAILED. 2 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s",
        ] {
            tally.count(line);
        }
        assert_eq!(tally.to_string(), "5 passed, 4 failed, 1 skipped");
        assert_eq!(tally.skipped.len(), 1);
        tally.skip("what needs y", "it is not here");
        assert_eq!(tally.skipped.len(), 2);
    }

    #[test]
    fn a_command_that_fails_is_a_failure() {
        let mut tally = Tally::default();
        tally.run(Command::new("sh").args(["-c", "echo 'test result: ok. 1 passed;' >&2"])).expect("success");
        let failure = tally.run(Command::new("sh").args(["-c", "exit 3"])).expect_err("it fails");
        assert!(failure.to_string().contains("sh -c exit 3"), "{failure}");
        assert_eq!(tally.to_string(), "1 passed, 0 failed, 0 skipped");
    }
}
