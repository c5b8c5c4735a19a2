//! The same in all languages: bench/rivals/README.md.

pub const FAMILIES: usize = 20;
pub const LOOKUP_SERIES: usize = 1000;
pub const HISTOGRAMS: usize = 10_000;
pub const OBSERVATIONS_EACH: usize = 20;
pub const DURATIONS: usize = 65536;
pub const BOUNDS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
];

pub struct Labels {
    pub exchange: String,
    pub symbol: String,
    pub channel: String,
}

struct Xorshift(u64);

impl Xorshift {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545F4914F6CDD1D)
    }
}

pub fn symbol_of(index: usize) -> String {
    format!("SYM{:05}-USD", index)
}

pub fn labels_of(index: usize) -> Labels {
    Labels {
        exchange: ["kraken", "binance"][index % 2].to_string(),
        symbol: symbol_of(index),
        channel: ["trade", "spread", "ohlc", "book"][index / 2 % 4].to_string(),
    }
}

pub fn family_name(family: usize) -> String {
    format!("bench_f{}_total", family)
}

pub fn value_of(i: usize) -> u64 {
    1 + (i * 7919 % 1_000_000) as u64
}

pub fn durations() -> Vec<f64> {
    let mut random = Xorshift(0x9E3779B97F4A7C15);
    let out: Vec<f64> = (0..DURATIONS)
        .map(|_| {
            let unit = (random.next() >> 11) as f64 / (1u64 << 53) as f64;
            1e-4 * (50_000f64.ln() * unit).exp()
        })
        .collect();
    if out.iter().filter(|&&value| value <= 0.05).count() != 37635 {
        refuse("the table of durations is another one");
    }
    out
}

pub fn shuffled_series() -> Vec<Labels> {
    let mut order: Vec<usize> = (0..LOOKUP_SERIES).collect();
    let mut random = Xorshift(0xD1B54A32D192ED03);
    for i in (1..LOOKUP_SERIES).rev() {
        order.swap(i, (random.next() % (i as u64 + 1)) as usize);
    }
    if order
        .iter()
        .enumerate()
        .map(|(i, index)| i * index)
        .sum::<usize>()
        != 246_912_291
    {
        refuse("the order of the series is another one");
    }
    order.into_iter().map(labels_of).collect()
}

/// The sum of what the series of a lookup hold; 0 if one was found much more often than another, as
/// each run goes round them from the first.
pub fn sum_if_even(counts: &[u64]) -> u64 {
    const RUNS_MAX: u64 = 100;
    let least = counts.iter().min().copied().unwrap_or(0);
    if counts.iter().any(|count| count - least > RUNS_MAX) {
        return 0;
    }
    counts.iter().sum()
}

#[derive(Debug, Default)]
pub struct Samples {
    pub lines: usize,
    /// of all values that are whole numbers
    pub sum: u64,
    /// of the values of *_count
    pub counts: u64,
}

pub fn read_samples(body: &str) -> Samples {
    let mut out = Samples::default();
    for line in body
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        out.lines += 1;
        let value: f64 = match line.rsplit(' ').next().unwrap_or("").parse() {
            Ok(value) => value,
            Err(_) => continue,
        };
        if !(0.0..1e15).contains(&value) || value != value.floor() {
            continue;
        }
        out.sum += value as u64;
        let name = line.split(|c| c == '{' || c == ' ').next().unwrap_or("");
        if name.ends_with("_count") {
            out.counts += value as u64;
        }
    }
    out
}

pub fn resident_bytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kib.unwrap_or_else(|| refuse("it does not know its own memory")) * 1024.0
}

/// A peer that does not count is no peer.
pub fn refuse(what: &str) -> ! {
    eprintln!("rust_bench: {}", what);
    std::process::exit(1)
}
