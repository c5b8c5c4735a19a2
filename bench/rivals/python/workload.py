"""The same in all languages: bench/rivals/README.md."""
import math
import sys

FAMILIES = 20
LOOKUP_SERIES = 1000
HISTOGRAMS = 10_000
OBSERVATIONS_EACH = 20
DURATIONS = 65536
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
EXCHANGES = ("kraken", "binance")
CHANNELS = ("trade", "spread", "ohlc", "book")


def refuse(what):
    """A peer that does not count is no peer."""
    sys.exit(f"prometheus_client: {what}")


def xorshift(state):
    mask = (1 << 64) - 1
    while True:
        state ^= state >> 12
        state = (state ^ state << 25) & mask
        state ^= state >> 27
        yield state * 0x2545F4914F6CDD1D & mask


def symbol_of(index):
    return f"SYM{index:05}-USD"


def labels_of(index):
    return EXCHANGES[index % 2], symbol_of(index), CHANNELS[index // 2 % 4]


def value_of(i):
    return 1 + i * 7919 % 1_000_000


def durations():
    random = xorshift(0x9E3779B97F4A7C15)
    out = [1e-4 * math.exp(math.log(50_000) * ((next(random) >> 11) / 2**53))
           for _ in range(DURATIONS)]
    if sum(value <= 0.05 for value in out) != 37635:
        refuse("the table of durations is another one")
    return out


def shuffled_series():
    order = list(range(LOOKUP_SERIES))
    random = xorshift(0xD1B54A32D192ED03)
    for i in range(LOOKUP_SERIES - 1, 0, -1):
        j = next(random) % (i + 1)
        order[i], order[j] = order[j], order[i]
    if sum(i * index for i, index in enumerate(order)) != 246_912_291:
        refuse("the order of the series is another one")
    return [labels_of(index) for index in order]


def sum_if_even(counts):
    """The sum of what the series of a lookup hold; 0 if one was found much more often than another,
    as each run goes round them from the first."""
    runs_max = 100
    even = len(counts) == LOOKUP_SERIES and max(counts) - min(counts) <= runs_max
    return int(sum(counts)) if even else 0


def read_samples(body):
    """Lines of samples; the sum of values that are whole numbers; that of *_count alone."""
    lines = total = counts = 0
    for line in body.decode().splitlines():
        if not line or line[0] == "#":
            continue
        lines += 1
        value = float(line[line.rindex(" ") + 1:])
        if not value.is_integer():
            continue
        total += int(value)
        if line.replace("{", " ").split(" ", 1)[0].endswith("_count"):
            counts += int(value)
    return lines, total, counts


def resident_bytes():
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) * 1024
