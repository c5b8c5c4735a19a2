//! rust_bench [--quick] CASE...
//! Prints a line of JSON for each case; nothing for one that it does not have.
mod workload;

use prometheus::core::Collector;
use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts, Registry,
    TextEncoder,
};
use std::sync::{Arc, Barrier};
use std::time::Instant;
use workload::*;

const PEER: &str = "rust_prometheus";

#[derive(Clone, Copy)]
struct Plan {
    repetitions: usize,
    seconds: f64, // of each repetition of the cases in nanoseconds, at least
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(|a, b| a.total_cmp(b));
    samples[samples.len() / 2]
}

/// Four digits, as the other programs print them.
fn short(value: f64) -> f64 {
    format!("{:.3e}", value).parse().unwrap_or(value)
}

/// Seconds of one run in all threads.
fn timed<R>(threads: usize, operations: u64, run: &R) -> f64
where
    R: Fn(u64, usize) + Sync,
{
    if threads == 1 {
        let start = Instant::now();
        run(operations, 0);
        return start.elapsed().as_secs_f64();
    }
    let barrier = Arc::new(Barrier::new(threads + 1));
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads)
            .map(|thread| {
                let barrier = barrier.clone();
                scope.spawn(move || {
                    barrier.wait();
                    run(operations, thread);
                })
            })
            .collect();
        barrier.wait();
        let start = Instant::now();
        for one in all {
            let _ = one.join();
        }
        start.elapsed().as_secs_f64()
    })
}

/// Nanoseconds of one operation, in each of the threads.
fn measure<R, C>(name: &str, plan: Plan, threads: usize, run: R, counted: C)
where
    R: Fn(u64, usize) + Sync,
    C: Fn() -> u64,
{
    let mut operations = 1024u64;
    let mut total = operations * threads as u64;
    // doubled until it is long enough to be scaled, which also warms everything up
    let mut took = timed(threads, operations, &run);
    while took < plan.seconds / 4.0 {
        operations *= 2;
        total += operations * threads as u64;
        took = timed(threads, operations, &run);
    }
    operations = (operations as f64 * (plan.seconds / took * 1.1).max(1.0)) as u64 + 1;
    let mut samples = Vec::new();
    for _ in 0..plan.repetitions {
        total += operations * threads as u64;
        samples.push(timed(threads, operations, &run) / operations as f64 * 1e9);
    }
    if counted() != total {
        refuse(&format!(
            "{}: {} of {} were counted",
            name,
            counted(),
            total
        ));
    }
    let figure = short(median(samples));
    println!(
        "{{\"peer\":\"{}\",\"case\":\"{}\",\"ns_per_op\":{}}}",
        PEER, name, figure
    );
}

fn inc(name: &str, plan: Plan, threads: usize) {
    let counter = IntCounter::new("bench_total", "Events counted.").unwrap();
    let run = |operations: u64, _| {
        for _ in 0..operations {
            counter.inc();
        }
    };
    measure(name, plan, threads, run, || counter.get());
}

fn latency() -> HistogramOpts {
    HistogramOpts::new("bench_latency_seconds", "Delays measured.").buckets(BOUNDS.to_vec())
}

fn observe(name: &str, plan: Plan, threads: usize) {
    let histogram = Histogram::with_opts(latency()).unwrap();
    let values = durations();
    let run = |operations: u64, thread: usize| {
        let mut at = thread * DURATIONS / 2; // threads are out of step
        for _ in 0..operations {
            histogram.observe(values[at & (DURATIONS - 1)]);
            at += 1;
        }
    };
    measure(name, plan, threads, run, || histogram.get_sample_count());
}

fn counters(name: &str) -> IntCounterVec {
    let names = ["exchange", "symbol", "channel"];
    IntCounterVec::new(Opts::new(name, "Events counted."), &names).unwrap()
}

fn one(family: &IntCounterVec, labels: &Labels) -> IntCounter {
    family.with_label_values(&[&labels.exchange, &labels.symbol, &labels.channel])
}

fn lookup(name: &str, plan: Plan) {
    let family = counters("bench_lookup_total");
    let series = shuffled_series();
    for labels in &series {
        one(&family, labels); // the series exist
    }
    let run = |operations: u64, _| {
        let mut at = 0;
        for _ in 0..operations {
            one(&family, &series[at]).inc();
            at += 1;
            if at == LOOKUP_SERIES {
                at = 0;
            }
        }
    };
    let found = || {
        let counts: Vec<_> = series
            .iter()
            .map(|labels| one(&family, labels).get())
            .collect();
        sum_if_even(&counts)
    };
    measure(name, plan, 1, run, found);
}

fn register<C: Collector + Clone + 'static>(registry: &Registry, collector: &C) {
    registry.register(Box::new(collector.clone())).unwrap();
}

fn filled(series: usize) -> Registry {
    let registry = Registry::new();
    let families: Vec<_> = (0..FAMILIES).map(|i| counters(&family_name(i))).collect();
    families
        .iter()
        .for_each(|family| register(&registry, family));
    for i in 0..series {
        one(&families[i % FAMILIES], &labels_of(i / FAMILIES)).inc_by(value_of(i));
    }
    registry
}

// In place of what is there, whose memory is used again.
fn scrape(registry: &Registry, out: &mut Vec<u8>) {
    out.clear();
    TextEncoder::new().encode(&registry.gather(), out).unwrap();
}

fn scrapes(name: &str, plan: Plan, registry: &Registry, holds: impl Fn(&Samples) -> bool) {
    let mut body = Vec::new();
    scrape(registry, &mut body);
    let mut samples = Vec::new();
    for _ in 0..plan.repetitions {
        let start = Instant::now();
        scrape(registry, &mut body);
        samples.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let said = read_samples(std::str::from_utf8(&body).unwrap_or_default());
    if !holds(&said) {
        refuse(&format!("{}: {:?}", name, said));
    }
    println!(
        "{{\"peer\":\"{}\",\"case\":\"{}\",\"ms\":{},\"bytes\":{}}}",
        PEER,
        name,
        short(median(samples)),
        body.len()
    );
}

fn scrape_counters(name: &str, plan: Plan, series: usize) {
    let sum: u64 = (0..series).map(value_of).sum();
    scrapes(name, plan, &filled(series), |said| {
        said.lines == series && said.sum == sum
    });
}

fn scrape_histograms(name: &str, plan: Plan) {
    let registry = Registry::new();
    let family = HistogramVec::new(latency(), &["symbol"]).unwrap();
    register(&registry, &family);
    let values = durations();
    for i in 0..HISTOGRAMS {
        let histogram = family.with_label_values(&[&symbol_of(i)]);
        for n in 0..OBSERVATIONS_EACH {
            histogram.observe(values[(i * OBSERVATIONS_EACH + n) & (DURATIONS - 1)]);
        }
    }
    scrapes(name, plan, &registry, |said| {
        // each bound, +Inf, _sum and _count
        said.lines == HISTOGRAMS * (BOUNDS.len() + 3)
            && said.counts == (HISTOGRAMS * OBSERVATIONS_EACH) as u64
    });
}

fn bytes_per_series() {
    const SERIES: usize = 1_000_000;
    let before = resident_bytes();
    let registry = filled(SERIES);
    let bytes = (resident_bytes() - before) / SERIES as f64;
    let mut body = Vec::new();
    scrape(&registry, &mut body);
    let said = read_samples(std::str::from_utf8(&body).unwrap_or_default());
    if said.lines != SERIES {
        refuse(&format!("bytes_per_series: {:?}", said));
    }
    println!(
        "{{\"peer\":\"{}\",\"case\":\"bytes_per_series\",\"bytes\":{:.0}}}",
        PEER, bytes
    );
}

fn main() {
    let mut plan = Plan {
        repetitions: 7,
        seconds: 0.25,
    };
    for name in std::env::args().skip(1) {
        match name.as_str() {
            "--quick" => {
                plan = Plan {
                    repetitions: 3,
                    seconds: 0.05,
                }
            }
            "inc1" => inc(&name, plan, 1),
            "inc2" => inc(&name, plan, 2),
            "observe1" => observe(&name, plan, 1),
            "observe2" => observe(&name, plan, 2),
            "lookup_inc" => lookup(&name, plan),
            "lookup_inc_prebuilt" => {} // its keys are the texts themselves
            "scrape_counters_100k" => scrape_counters(&name, plan, 100_000),
            "scrape_1m" => scrape_counters(&name, plan, 1_000_000),
            "scrape_histograms_10k" => scrape_histograms(&name, plan),
            "bytes_per_series" => bytes_per_series(),
            _ => refuse(&format!("there is no case {}", name)),
        }
    }
}
