//! Running programs, and how long and how large they were.

use crate::Failure;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// One run of a program.
#[derive(Clone, Copy)]
pub(super) struct Sample {
    pub(super) seconds: f64,
    /// The processor's, of it and of all that it waited for, in seconds.
    pub(super) processor: f64,
    /// The most resident memory of any one process of it, in megabytes (of 1,000,000 bytes).
    pub(super) megabytes: f64,
}

/// How long the group of a process is not looked at.
const LOOKS: Duration = Duration::from_millis(100);

/// Runs a program to its end; its output goes nowhere. A failure of the program is a failure unless `may_fail`.
pub(super) fn once(command: &mut Command, may_fail: bool) -> Result<Sample, Failure> {
    command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null()).process_group(0);
    let before = processor()?;
    let started = Instant::now();
    let mut child = command.spawn().map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    let group = child.id();
    let mut peak = 0;
    let mut looked = started;
    let status = loop {
        // The peak is kept by the system, so little is missed between two looks. To look costs time that the process may
        // want: at the one process little, at the whole group, which is found among all processes, much.
        peak = peak.max(memory(group, "VmHWM:").unwrap_or(0));
        if looked.elapsed() > LOOKS {
            peak = peak.max(peak_of_group(group));
            looked = Instant::now();
        }
        if let Some(status) = child.try_wait()? {
            break status;
        }
        let pause = started.elapsed() / 30;
        std::thread::sleep(pause.clamp(Duration::from_millis(1), LOOKS));
    };
    let seconds = started.elapsed().as_secs_f64();
    if !status.success() && !may_fail {
        return Err(format!("{command:?} failed").into());
    }
    Ok(Sample { seconds, processor: processor()? - before, megabytes: peak as f64 / 1e6 })
}

/// Runs programs in turn, `rounds` times, and gives the medians of each.
pub(super) fn alternate(
    rounds: usize,
    runs: &mut [&mut dyn FnMut() -> Result<Sample, Failure>],
) -> Result<Vec<Sample>, Failure> {
    let mut samples = vec![Vec::new(); runs.len()];
    for _ in 0..rounds.max(1) {
        for (run, samples) in runs.iter_mut().zip(&mut samples) {
            samples.push(run()?);
        }
    }
    Ok(samples
        .into_iter()
        .map(|samples| Sample {
            seconds: median(samples.iter().map(|sample| sample.seconds).collect()),
            processor: median(samples.iter().map(|sample| sample.processor).collect()),
            megabytes: median(samples.iter().map(|sample| sample.megabytes).collect()),
        })
        .collect())
}

pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.get(middle) {
        None => f64::NAN,
        Some(upper) if values.len().is_multiple_of(2) => f64::midpoint(values[middle - 1], *upper),
        Some(only) => *only,
    }
}

/// The processor's time of all programs that were run and have ended, in seconds.
fn processor() -> Result<f64, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}

/// The largest peak of resident memory in a group of processes, in bytes; 0 where the system does not tell.
fn peak_of_group(group: u32) -> u64 {
    let Ok(entries) = std::fs::read_dir("/proc") else { return 0 };
    let processes = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    processes
        .filter(|id| group_of(*id) == Some(group))
        .filter_map(|id| memory(id, "VmHWM:"))
        .max()
        .unwrap_or(0)
}

/// The group of a process: the third word behind its name, which stands in parentheses.
fn group_of(process: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit(')').next()?.split_whitespace().nth(2)?.parse().ok()
}

/// A line of a process's status, in bytes: `VmRSS:`, `VmHWM:`.
fn memory(process: u32, line: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let text = status.lines().find_map(|found| found.strip_prefix(line))?;
    text.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
