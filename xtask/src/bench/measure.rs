//! Runs programs, and measures their time and memory.

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
    /// The CPU time of the program and the children that it waited for, in seconds.
    pub(super) processor: f64,
    /// The peak resident memory of any one of its processes, in megabytes (of 1,000,000 bytes).
    pub(super) megabytes: f64,
}

/// The interval between two looks at the process group.
const LOOKS: Duration = Duration::from_millis(100);

/// Runs a program to its end and discards its output. A failure of the program is an error unless `may_fail`.
pub(super) fn once(command: &mut Command, may_fail: bool) -> Result<Sample, Failure> {
    command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null()).process_group(0);
    let before = processor()?;
    let started = Instant::now();
    let mut child = command.spawn().map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    let group = child.id();
    let mut peak = 0;
    let mut looked = started;
    let status = loop {
        // The kernel keeps the peak, so little is missed between two looks. A look costs CPU time that the process may
        // need: little for one process, but much for the whole group, which has to be found among all processes.
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

/// Runs programs in turn, `rounds` times, and returns the medians of each.
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

/// The CPU time of all child programs that have ended, in seconds.
fn processor() -> Result<f64, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}

/// The largest peak of resident memory in a process group, in bytes; 0 if the system does not report it.
fn peak_of_group(group: u32) -> u64 {
    let Ok(entries) = std::fs::read_dir("/proc") else { return 0 };
    let processes = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    processes
        .filter(|id| group_of(*id) == Some(group))
        .filter_map(|id| memory(id, "VmHWM:"))
        .max()
        .unwrap_or(0)
}

/// The group of a process: the third word after its name, which is in parentheses.
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
