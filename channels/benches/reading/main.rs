//! How fast mail is read: all of a folder of real mail against the bare mail-parser crate, and worst cases
//! in growing sizes, whose time and memory must grow as they do. Ends with an error where they do not.
//!
//! `SHOUWEN_MAIL_CORPUS` names the folder; without one only the worst cases are measured, and with words behind `--`
//! only those of whose name they are a part.
#![allow(clippy::print_stdout, reason = "printing is its purpose")]

mod worst;
mod worst_html;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use shouwen_channels::email::{html, inspect};

/// Twice the size may take so many times as long: noise and caches are in it.
const GROWTH: f64 = 2.7;
/// Shorter measurements say nothing of growth.
const MEASURABLE: Duration = Duration::from_millis(20);
const PER_MEGABYTE: Duration = Duration::from_millis(100);
/// Beside the raw mail its decoded files, its text and the answer in it are in memory at once.
const MEMORY: f64 = 6.0;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, name, size] = &arguments[..]
        && flag == "--memory-of"
    {
        return report_memory(name, size.parse().unwrap_or(0));
    }
    let wanted: Vec<&String> = arguments
        .iter()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    if wanted.is_empty() {
        corpus();
    }
    let mut kept = true;
    println!(
        "{:<28} {:>9} {:>9} {:>9} {:>7} {:>10} {:>8}",
        "worst case", "1 MB", "2 MB", "4 MB", "growth", "4 MB takes", "memory"
    );
    for case in cases() {
        if wanted.is_empty() || wanted.iter().any(|part| case.name.contains(part.as_str())) {
            kept &= measure(case);
        }
    }
    if kept {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn cases() -> impl Iterator<Item = &'static worst::Case> {
    worst::CASES.iter().chain(worst_html::CASES)
}

fn corpus() {
    let Some(folder) = std::env::var_os("SHOUWEN_MAIL_CORPUS").map(PathBuf::from) else {
        println!("SHOUWEN_MAIL_CORPUS is not set: no real mail is read");
        return;
    };
    let mut mails = Vec::new();
    collect(&folder, &mut mails);
    let octets: usize = mails.iter().map(Vec::len).sum();
    if mails.is_empty() {
        println!("no mail in {}", folder.display());
        return;
    }
    let ours = rounds(&mails, |raw| drop(inspect(raw)));
    let bare = rounds(&mails, |raw| {
        drop(mail_parser::MessageParser::default().parse(raw));
    });
    let show = |who: &str, seconds: f64| {
        let count = u32::try_from(mails.len()).unwrap_or(u32::MAX);
        let megabytes = u32::try_from(octets / 1000).unwrap_or(u32::MAX);
        println!(
            "{who:<44} {:>8.0} mails/s {:>8.1} MB/s",
            f64::from(count) / seconds,
            f64::from(megabytes) / 1000.0 / seconds
        );
    };
    println!("{} mails, {} octets, one thread", mails.len(), octets);
    show("inspect: parts, words, reply, reports, JSON", ours);
    show("mail-parser alone: parts", bare);
}

fn collect(folder: &Path, mails: &mut Vec<Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, mails);
        } else if path.extension().is_some_and(|extension| extension == "eml") {
            mails.extend(fs::read(&path).ok());
        }
    }
}

/// Seconds for one round over all mails, the best of five.
fn rounds(mails: &[Vec<u8>], read: impl Fn(&[u8])) -> f64 {
    let round = || {
        let start = Instant::now();
        for raw in mails {
            read(raw);
        }
        start.elapsed().as_secs_f64()
    };
    (0..5).map(|_| round()).fold(f64::MAX, f64::min)
}

fn measure(case: &worst::Case) -> bool {
    let times: Vec<Duration> = [1, 2, 4].map(|megabytes| best(case, megabytes << 20)).to_vec();
    let growth = times[2].as_secs_f64() / times[0].as_secs_f64().max(1e-9);
    // Two doublings.
    let proportional = times[2] < MEASURABLE || growth <= GROWTH * GROWTH;
    let in_time = times[0] <= PER_MEGABYTE && times[2] <= PER_MEGABYTE * 4;
    let memory = memory(case, 4 << 20);
    let fits = memory.is_none_or(|times| times <= MEMORY);
    println!(
        "{:<28} {:>9.1?} {:>9.1?} {:>9.1?} {:>7.1} {:>10} {:>8}{}",
        case.name,
        times[0],
        times[1],
        times[2],
        growth,
        if in_time { "in time" } else { "TOO LONG" },
        memory.map_or("?".to_owned(), |times| format!("{times:.1} x")),
        if proportional && fits {
            ""
        } else {
            "  OUT OF PROPORTION"
        }
    );
    proportional && in_time && fits
}

fn best(case: &worst::Case, size: usize) -> Duration {
    let raw = (case.make)(size);
    let once = || {
        let start = Instant::now();
        read(case, &raw);
        start.elapsed()
    };
    (0..3).map(|_| once()).min().unwrap_or_default()
}

fn read(case: &worst::Case, raw: &[u8]) {
    drop(inspect(raw));
    if case.sanitised {
        drop(html::sanitise(&String::from_utf8_lossy(raw)));
    }
}

/// How many times its size a message takes at its peak, measured in a process of its own.
fn memory(case: &worst::Case, size: usize) -> Option<f64> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new(program)
        .args(["--memory-of", case.name, &size.to_string()])
        .output()
        .ok()?;
    let kilobytes: u32 = String::from_utf8(output.stdout).ok()?.trim().parse().ok()?;
    Some(f64::from(kilobytes) * 1024.0 / f64::from(u32::try_from(size).ok()?))
}

/// Prints by how many kilobytes reading raised the peak.
fn report_memory(name: &str, size: usize) -> ExitCode {
    let Some(case) = cases().find(|case| case.name == name) else {
        return ExitCode::FAILURE;
    };
    // What is made once for all mails is not this one's.
    let small = b"From: a@b.c\r\nContent-Type: text/html\r\n\r\n<style>p{color:red}</style><p>On Monday a@b.c wrote:</p>";
    read(case, small);
    let raw = (case.make)(size);
    // From here on the peak is that of reading.
    let _ = fs::write("/proc/self/clear_refs", "5");
    let before = peak();
    read(case, &raw);
    println!("{}", peak().saturating_sub(before));
    ExitCode::SUCCESS
}

fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
