"""prometheus_client_bench.py [--quick] CASE...

Prints a line of JSON for each case; nothing for one that the peer does not have.
"""
import gc
import itertools
import json
import os
import statistics
import sys
import threading
import time

# Without it each counter has a second sample, the time of its making, that no other client shows.
os.environ["PROMETHEUS_DISABLE_CREATED_SERIES"] = "true"

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest  # noqa: E402

from workload import (BOUNDS, DURATIONS, FAMILIES, HISTOGRAMS, OBSERVATIONS_EACH,  # noqa: E402
                      durations, labels_of, read_samples, refuse, resident_bytes,
                      shuffled_series, sum_if_even, symbol_of, value_of)

PEER = "prometheus_client"
NAMES = ("exchange", "symbol", "channel")
repetitions, seconds = 7, 0.25  # of each repetition of the cases in nanoseconds, at least


def report(case, **figures):
    print(json.dumps({"peer": PEER, "case": case, **figures}, separators=(",", ":")), flush=True)


def short(value):
    return float(f"{value:.4g}")


def timed(threads, operations, run):
    """Seconds of one run in all threads."""
    if threads == 1:
        start = time.perf_counter()
        run(operations, 0)
        return time.perf_counter() - start
    ready = threading.Barrier(threads + 1)

    def body(thread):
        ready.wait()
        run(operations, thread)

    all_threads = [threading.Thread(target=body, args=(i,)) for i in range(threads)]
    for thread in all_threads:
        thread.start()
    ready.wait()
    start = time.perf_counter()
    for thread in all_threads:
        thread.join()
    return time.perf_counter() - start


def loop(case, threads, run, counted):
    """Nanoseconds of one operation, in each of the threads."""
    operations, total = 1024, 1024 * threads
    # doubled until it is long enough to be scaled, which also warms everything up
    took = timed(threads, operations, run)
    while took < seconds / 4:
        operations *= 2
        total += operations * threads
        took = timed(threads, operations, run)
    operations = int(operations * max(1.0, seconds / took * 1.1)) + 1
    samples = []
    for _ in range(repetitions):
        total += operations * threads
        samples.append(timed(threads, operations, run) / operations * 1e9)
    if counted() != total:
        refuse(f"{case}: {counted()} of {total} were counted")
    report(case, ns_per_op=short(statistics.median(samples)))


def sample(registry, name):
    return int(registry.get_sample_value(name))


def inc(case, threads):
    registry = CollectorRegistry()
    increment = Counter("bench_total", "Events counted.", registry=registry).inc

    def run(operations, _):
        for _ in range(operations):
            increment()

    loop(case, threads, run, lambda: sample(registry, "bench_total"))


def latency(registry, names=()):
    return Histogram("bench_latency_seconds", "Delays measured.", names, buckets=BOUNDS,
                     registry=registry)


def observe(case, threads):
    registry = CollectorRegistry()
    take = latency(registry).observe
    values = durations()

    def run(operations, thread):
        at = thread * DURATIONS // 2  # threads are out of step
        own = itertools.cycle(values[at:] + values[:at])
        for value in itertools.islice(own, operations):
            take(value)

    loop(case, threads, run, lambda: sample(registry, "bench_latency_seconds_count"))


def counters(name, registry):
    return Counter(name, "Events counted.", NAMES, registry=registry)


def lookup(case):
    registry = CollectorRegistry()
    find = counters("bench_lookup_total", registry).labels
    series = shuffled_series()
    for labels in series:
        find(*labels)  # the series exist

    def run(operations, _):
        for exchange, symbol, channel in itertools.islice(itertools.cycle(series), operations):
            find(exchange, symbol, channel).inc()

    def counted():
        return sum_if_even([s.value for family in registry.collect() for s in family.samples])

    loop(case, 1, run, counted)


def filled(series):
    registry = CollectorRegistry()
    families = [counters(f"bench_f{i}_total", registry) for i in range(FAMILIES)]
    for i in range(series):
        families[i % FAMILIES].labels(*labels_of(i // FAMILIES)).inc(value_of(i))
    return registry


def scrapes(case, registry, holds):
    body = generate_latest(registry)
    samples = []
    for _ in range(repetitions):
        body = None  # freed before the clock runs
        start = time.perf_counter()
        body = generate_latest(registry)
        samples.append((time.perf_counter() - start) * 1e3)
    if not holds(*read_samples(body)):
        refuse(f"{case}: lines, sum, counts: {read_samples(body)}")
    report(case, ms=short(statistics.median(samples)), bytes=len(body))


def scrape_counters(case, series):
    expected = sum(map(value_of, range(series)))
    scrapes(case, filled(series), lambda lines, total, _: (lines, total) == (series, expected))


def scrape_histograms(case):
    registry = CollectorRegistry()
    family = latency(registry, ("symbol",))
    values = durations()
    for i in range(HISTOGRAMS):
        histogram = family.labels(symbol_of(i))
        for n in range(OBSERVATIONS_EACH):
            histogram.observe(values[(i * OBSERVATIONS_EACH + n) % DURATIONS])
    # each bound, +Inf, _sum and _count
    scrapes(case, registry, lambda lines, _, counts:
            (lines, counts) == (HISTOGRAMS * (len(BOUNDS) + 3), HISTOGRAMS * OBSERVATIONS_EACH))


def settled_bytes():
    gc.collect()
    return resident_bytes()


def bytes_per_series(case):
    series = 1_000_000
    before = settled_bytes()
    registry = filled(series)
    grown = (settled_bytes() - before) / series
    if read_samples(generate_latest(registry))[0] != series:
        refuse(f"{case}: not all series were made")
    report(case, bytes=round(grown))


CASES = {
    "inc1": lambda case: inc(case, 1),
    "inc2": lambda case: inc(case, 2),
    "observe1": lambda case: observe(case, 1),
    "observe2": lambda case: observe(case, 2),
    "lookup_inc": lookup,
    "lookup_inc_prebuilt": lambda case: None,  # its keys are the texts themselves
    "scrape_counters_100k": lambda case: scrape_counters(case, 100_000),
    "scrape_1m": lambda case: scrape_counters(case, 1_000_000),
    "scrape_histograms_10k": scrape_histograms,
    "bytes_per_series": bytes_per_series,
}


def main():
    global repetitions, seconds
    for name in sys.argv[1:]:
        if name == "--quick":
            repetitions, seconds = 3, 0.05
        elif name in CASES:
            CASES[name](name)
        else:
            refuse(f"there is no case {name}")


main()
