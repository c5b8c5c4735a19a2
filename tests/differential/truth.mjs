// What a Prometheus must hold after a scrape of exposition_server, written by hand from the values
// that it sets and not from what it prints.
//   node truth.mjs API       exit 1 with every difference
const api = process.argv[2];
const get = async (path, parameters) => {
  const answer = await fetch(`${api}/${path}?${new URLSearchParams(parameters)}`);
  return (await answer.json()).data;
};

let differences = 0;
const equal = (what, actual, expected) => {
  const [a, e] = [actual, expected].map((value) => JSON.stringify(value));
  if (a === e) return;
  differences += 1;
  console.error(`${what}: ${a} instead of ${e}`);
};

// Labels that every scraped series has, and the order of keys, are not ours. An empty label is none.
const key = ({ __name__: name, job, instance, ...labels }) => {
  const shown = Object.entries(labels).filter(([, value]) => value !== "");
  return `${name} ${JSON.stringify(shown.sort())}`;
};
const samples = (name, rows) => rows.map(([labels, value]) => [{ __name__: name, ...labels }, value]);

const counters = [
  ...samples("fixed_exact_bytes_total", [
    [{ text: "plain" }, 3],
    [{ text: "2^53+1" }, 2 ** 53], // all that a double can hold of it
    [{ text: "2^64-1" }, 2 ** 64],
    [{ text: 'quote " backslash \\ newline \n end', other: "x" }, 5],
    [{ text: "back\\nslash-n", other: 'a="b",c' }, 6],
    [{ text: "hé 日本 😀" }, 7],
    [{ text: "bad \uFFFD byte" }, 8],
    [{}, 9],
  ]),
  ...samples("fixed_busy_seconds_total", [[{}, 0.1 + 0.2]]),
  ...samples("fixed_without_help_total", [[{}, 1]]),
  ...samples("fixed_untyped_in_openmetrics", [[{}, 4]]),
  ...samples("fixed_named_total", [[{}, 7]]),
  ...samples(
    "fixed_many_total",
    Array.from({ length: 2500 }, (_, i) => [{ number: String(i) }, i * i]),
  ),
];
const gauges = [
  ...samples("fixed_odd", [
    [{ value: "nan" }, NaN],
    [{ value: "up" }, Infinity],
    [{ value: "down" }, -Infinity],
    [{ value: "tiny" }, 1e-300],
    [{ value: "least" }, 5e-324],
    [{ value: "most" }, Number.MAX_VALUE],
    [{ value: "sum" }, 0.1 + 0.2],
    [{ value: "third" }, -1 / 3],
    [{ value: "minus zero" }, -0],
  ]),
  ...samples("fixed_warmth", [[{}, 21.5]]),
  ...samples("fixed_door", [
    [{ state: "shut" }, 0],
    [{ state: 'open "wide"' }, 1],
  ]),
  ...samples("fixed_build_info", [[{ version: "1.2" }, 1]]),
];
// 0, 12.5 µs, 12.501 µs, 5 ms, 90 times 500 ms, 1 s, 3,000,000 s.
const delaySum = 3000046.005025001;
const buckets = (name, labels, rows, sum, count) => [
  ...samples(`${name}_bucket`, rows.map(([le, value]) => [{ ...labels, le }, value])),
  ...samples(`${name}_sum`, [[labels, sum]]),
  ...samples(`${name}_count`, [[labels, count]]),
];
const bounds = ["1.25e-05", "0.005", "1.0", "2.5e+06", "+Inf"];
const delays = (name) => [
  ...buckets(name, { place: "nowhere" }, bounds.map((le) => [le, 0]), 0, 0),
  ...buckets(
    name,
    { place: 'he"re' },
    bounds.map((le, i) => [le, [2, 4, 95, 95, 96][i]]),
    delaySum,
    96,
  ),
];
const sizes = [
  ["1024.0", 1],
  ["1.048576e+06", 1],
  ["1.6777216e+07", 2],
  ["+Inf", 2],
];
const histograms = [
  ...delays("fixed_delay_seconds"),
  ...buckets("fixed_size_bytes", {}, sizes, 2001024, 2),
];

// Below 64 ns quantiles are exact.
const summaries = [
  ...samples("fixed_wait_seconds", [
    [{ place: "here", quantile: "0.5" }, 40e-9],
    [{ place: "here", quantile: "1.0" }, 60e-9],
  ]),
  ...samples("fixed_wait_seconds_sum", [
    [{ place: "here" }, 120e-9],
    [{ place: "nowhere" }, 0],
  ]),
  ...samples("fixed_wait_seconds_count", [
    [{ place: "here" }, 3],
    [{ place: "nowhere" }, 0],
  ]),
];

const number = (text) => Number(text.replace("Inf", "Infinity"));

async function checkSeries(job) {
  const expected = [...counters, ...gauges, ...histograms, ...summaries];
  // A native histogram is one series; where there is none, its buckets are the classic ones.
  if (job !== "protobuf") expected.push(...delays("fixed_native_seconds"));
  const { result } = await get("query", { query: `{job="${job}",__name__=~"fixed_.*"}` });
  const there = new Map();
  for (const { metric, value } of result) if (value) there.set(key(metric), number(value[1]));
  for (const [labels, value] of expected) {
    const name = key(labels);
    if (!there.has(name)) equal(`${job}: ${name}`, "absent", value);
    else if (!Object.is(there.get(name), value)) {
      equal(`${job}: ${name}`, String(there.get(name)), String(value));
    }
  }
  equal(`${job}: series`, there.size, expected.length);
}

// Eight buckets for each power of two.
async function checkNative() {
  const name = "fixed_native_seconds";
  const one = async (query) => (await get("query", { query })).result;
  const selector = `${name}{job="protobuf",place='he"re'}`;
  const [{ histogram }] = await one(selector);
  equal("native count and sum", [histogram[1].count, histogram[1].sum], ["96", String(delaySum)]);
  const expected = [
    [0, 1],
    [12.501e-6, 2],
    [0.005, 1],
    [0.5, 90],
    [1, 1],
    [3_000_000, 1],
  ];
  equal("native buckets", histogram[1].buckets.length, expected.length);
  histogram[1].buckets.forEach(([, low, high, count], i) => {
    const [value, wanted] = expected[i];
    const [from, to] = [Number(low), Number(high)];
    equal(`native bucket of ${value}`, Number(count), wanted);
    equal(`${value} is in (${low}, ${high}]`, from < value && value <= to, true);
    if (value === 0) return;
    equal(`width of (${low}, ${high}]`, Math.abs(to / from / 2 ** (1 / 8) - 1) < 1e-12, true);
  });
  const [, , , half, second] = histogram[1].buckets;
  equal("powers of two are bounds", [half?.[2], second?.[2]], ["0.5", "1"]);
  const value = async (query) => Number((await one(query))[0].value[1]);
  equal("histogram_count", await value(`histogram_count(${selector})`), 96);
  equal("histogram_sum", await value(`histogram_sum(${selector})`), delaySum);
  const median = await value(`histogram_quantile(0.5, ${selector})`);
  equal("histogram_quantile", median > 0.458 && median <= 0.5, true);
  const fraction = await value(`histogram_fraction(0, 0.5, ${selector})`);
  equal("histogram_fraction", Math.abs(fraction - 94 / 96) < 1e-12, true);
  const [nowhere] = await one(`${name}{job="protobuf",place="nowhere"}`);
  equal("native, empty", nowhere?.histogram?.[1], { count: "0", sum: "0" });
}

// Prometheus 2.42 leaves the escapes of exemplars in OpenMetrics as they are, and keeps the first
// exemplar of a native histogram only.
async function checkExemplars(job) {
  const escaped = (text) => text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
  const shown = job === "openmetrics" ? escaped : (text) => text;
  const place = 'he"re';
  const of = (labels, id, value, timestamp) => [
    key(labels),
    [{ labels: { trade_id: shown(id) }, value, timestamp }],
  ];
  const classic = (__name__) => [
    of({ __name__, place, le: "0.005" }, 'a "5"', "0.005", 1700000000.125),
    of({ __name__, place, le: "1.0" }, "b", "1", 1700000000.25),
    of({ __name__, place, le: "+Inf" }, "c", "3000000", 1700000000.375),
  ];
  const native = { __name__: "fixed_native_seconds", place };
  const expected = [
    ...classic("fixed_delay_seconds_bucket"),
    ...(job === "openmetrics"
      ? classic("fixed_native_seconds_bucket")
      : [of(native, 'a "5"', "0.005", 1700000000.125)]),
    of({ __name__: "fixed_named_total" }, "n\\\n1", "7", 1700000000.5),
  ];
  const query = `{job="${job}",__name__=~"fixed_.*"}`;
  const found = await get("query_exemplars", { query, start: 1700000000, end: 1700000001 });
  const actual = found.map(({ seriesLabels, exemplars }) => [key(seriesLabels), exemplars]);
  equal(`${job}: exemplars`, actual.sort(), job === "text" ? [] : expected.sort());
}

async function checkMetadata(job) {
  const odd = 'Quotes " and \\ backslashes\nand a second line.';
  const open = job === "openmetrics";
  const families = [
    // name, type, help, and in OpenMetrics: unit, name, type
    ["fixed_exact_bytes_total", "counter", odd, "bytes", "fixed_exact_bytes"],
    ["fixed_busy_seconds_total", "counter", "Busy.", "", "fixed_busy_seconds"],
    ["fixed_without_help_total", "counter", "", "", "fixed_without_help"],
    ["fixed_untyped_in_openmetrics", "counter", "No _total.", "", undefined, "unknown"],
    ["fixed_many_total", "counter", "Many.", "", "fixed_many"],
    ["fixed_named_total", "counter", "Named.", "", "fixed_named"],
    ["fixed_odd", "gauge", "Doubles."],
    ["fixed_warmth", "gauge", "\uFFFD!"],
    ["fixed_door", "gauge", "Door."],
    ["fixed_build_info", "gauge", "Build.", "", "fixed_build", "info"],
    ["fixed_delay_seconds", "histogram", "Delay.", "seconds"],
    ["fixed_native_seconds", "histogram", "Delay.", "seconds"],
    ["fixed_size_bytes", "histogram", "Sizes."],
    ["fixed_wait_seconds", "summary", "Wait."],
  ];
  const expected = families.map(([name, type, help, unit = "", openName = name, openType = type]) =>
    open ? [openName, openType, help, unit] : [name, type, help, ""],
  );
  const found = await get("targets/metadata", { match_target: `{job="${job}"}` });
  const actual = found.map(({ metric, type, help, unit }) => [metric, type, help, unit]);
  equal(`${job}: metadata`, actual.sort(), expected.sort());
}

for (const job of ["text", "openmetrics", "protobuf"]) {
  await checkSeries(job);
  await checkExemplars(job);
  await checkMetadata(job);
}
await checkNative();
process.exit(differences === 0 ? 0 : 1);
