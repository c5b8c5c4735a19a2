#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "catalog_gen/model.h"
#include "catalog_gen/view_check.h"

namespace tickwitness::catalog_gen {
namespace {

// A small catalogue that is right; each case replaces one of its files.
constexpr const char* kLabels =
    "- {id: exchange, values: [kraken, binance], help: A venue.}\n"
    "- {id: symbol, max: 64, help: A market.}\n"
    "- {id: stream, max: 64, help: A stream.}\n"
    "- {id: state, values: [closed, open], help: A state.}\n";
constexpr const char* kCapabilities =
    "- {id: wires, built: true, help: Wires.}\n"
    "- {id: moon, help: The moon.}\n";
constexpr const char* kInstruments =
    "- {name: events, kind: counter, labels: [exchange, symbol], help: Events.}\n"
    "- {name: link, kind: gauge, labels: [exchange], help: Link.}\n"
    "- {name: wait_seconds, kind: histogram, unit: seconds, buckets: [0.1, 1], help: Wait.}\n"
    "- {name: gate, kind: stateset, states: state, labels: [exchange], help: Gate.}\n";
constexpr const char* kViews =
    "- {name: old_events_total, type: counter, help: Events, from: events, where: {exchange: "
    "kraken}}\n";

Catalog catalog_of(const char* labels, const char* instruments, const char* views,
                   Problems& problems) {
  Catalog catalog;
  read_labels({"labels.yaml", labels}, catalog, problems);
  read_capabilities({"capabilities.yaml", kCapabilities}, catalog, problems);
  read_instruments({"instruments.yaml", instruments}, catalog, problems);
  read_dialect({"older.yaml", "- {name: bare, type: gauge, help: Bare, from: link, stat: max}"},
               "older", catalog, problems);
  read_dialect({"old.yaml", views}, "old", catalog, problems);
  check(catalog, problems);
  return catalog;
}

std::vector<std::string> problems_of(const char* labels, const char* instruments,
                                     const char* views) {
  Problems problems;
  catalog_of(labels, instruments, views, problems);
  return problems.all();
}

struct Case {
  const char* text;
  const char* expected;
};

TEST(CatalogGen, AcceptsWhatIsRight) {
  EXPECT_THAT(problems_of(kLabels, kInstruments, kViews), testing::IsEmpty());
}

TEST(CatalogGen, LabelErrors) {
  const Case cases[] = {
      {"- {id: a, help: A.}", "labels.yaml:1:3: label \"a\" needs either `values` or `max`"},
      {"- {id: a, max: 2, values: [x], help: A.}",
       "labels.yaml:1:3: label \"a\" needs either `values` or `max`"},
      {"- {id: A-b, max: 2, help: A.}",
       "labels.yaml:1:3: label \"A-b\": a name is [a-z][a-z0-9_]*"},
      {"- {id: le, max: 2, help: A.}", "labels.yaml:1:3: \"le\" is a label of Prometheus's own"},
      {"- {id: a, values: [x, x], help: A.}", "labels.yaml:1:3: value \"x\" stands twice"},
      {"- {id: a, max: 2, help: A}", "labels.yaml:1:3: `help` must end with a full stop"},
      {"- {id: a, max: 2}", "labels.yaml:1:3: `help` is missing"},
      {"- {id: a, max: 0, help: A.}", "labels.yaml:1:16: `max` must be a whole number from 1 on"},
      {"- {id: a, value: [x], max: 1, help: A.}",
       "labels.yaml:1:11: unknown key \"value\"; the nearest is \"values\""},
      {"- {id: a, max: 1, help: A.}\n- {id: a, max: 1, help: A.}",
       "labels.yaml:2:3: name \"a\" is taken by labels.yaml:1"},
      {"id: a", "labels.yaml:1:1: expected a list of entries (- name: ...)"},
      {"- id: a\n  help: a: b", "labels.yaml:2:10: not YAML: illegal map value"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_THAT(problems_of(text, "[]", "[]"), testing::Contains(expected)) << text;
  }
}

TEST(CatalogGen, InstrumentErrors) {
  const Case cases[] = {
      {"- {name: a, kind: gage, help: A.}",
       "instruments.yaml:1:3: unknown kind \"gage\"; the nearest is \"gauge\""},
      {"- name: a\n  kind: gauge\n  labels: [exchnage]\n  help: A.",
       "instruments.yaml:3:12: label \"exchnage\" is not declared in labels.yaml; the nearest is "
       "\"exchange\""},
      {"- {name: a_total, kind: counter, help: A.}",
       "instruments.yaml:1:3: \"a_total\" must not end with _total: the exposition adds what is "
       "needed"},
      {"- {name: a_seconds, kind: gauge, help: A.}",
       "instruments.yaml:1:3: \"a_seconds\": `unit: seconds` and a name that ends with _seconds "
       "belong together"},
      {"- {name: a, kind: gauge, unit: furlongs, help: A.}",
       "instruments.yaml:1:3: `unit` is seconds or bytes, not \"furlongs\""},
      {"- {name: a, kind: gauge}", "instruments.yaml:1:3: `help` is missing"},
      {"- {name: a, kind: gauge, help: No stop}",
       "instruments.yaml:1:3: `help` must end with a full stop"},
      {"- {name: a_seconds, kind: histogram, unit: seconds, help: A.}",
       "instruments.yaml:1:3: `buckets` and `kind: histogram` belong together"},
      {"- {name: a_seconds, kind: histogram, unit: seconds, buckets: [1, 1], help: A.}",
       "instruments.yaml:1:3: `buckets` must be above 0 and rise"},
      {"- {name: a, kind: stateset, help: A.}",
       "instruments.yaml:1:3: `states` and `kind: stateset` belong together"},
      {"- {name: a, kind: stateset, states: symbol, help: A.}",
       "instruments.yaml:1:3: `states` must be a label with `values`"},
      {"- {name: a, kind: info, labels: [symbol], help: A.}",
       "instruments.yaml:1:3: `kind: info` and a name that ends with _info belong together"},
      {"- {name: a, kind: gauge, labels: [exchange, symbol, stream], help: A.}",
       "instruments.yaml:1:3: \"a\" may come to 8192 series, the limit is 2000: drop a label, "
       "lower "
       "its `max`, or give the instrument a `series_max`"},
      {"- {name: a, kind: gauge, labels: [symbol, symbol], help: A.}",
       "instruments.yaml:1:43: labels \"symbol\" and \"symbol\" are both exported as \"symbol\""},
      {"- {name: a, kind: gauge, help: A.}\n- {name: a, kind: gauge, help: A.}",
       "instruments.yaml:2:3: name \"tickwitness_a\" is taken by instruments.yaml:1"},
      {"- name: a\n  kind: gauge\n  awaits: mooon\n  help: A.",
       "instruments.yaml:3:11: capability \"mooon\" is not declared in capabilities.yaml; the "
       "nearest is \"moon\""},
      {"- name: a\n  kind: gauge\n  awaits: wires\n  help: A.",
       "instruments.yaml:3:11: \"a\" awaits \"wires\", which is built (capabilities.yaml:1): "
       "measure it, then take `awaits` away"},
      {"- {name: a_bytes, kind: histogram, unit: bytes, buckets: [2, 1], help: A.}",
       "instruments.yaml:1:3: `buckets` must not be below 0, and rise"},
      {"- {name: a, kind: histogram, buckets: [-1, 1], help: A.}",
       "instruments.yaml:1:3: `buckets` must not be below 0, and rise"},
      {"- name: a_bytes\n  kind: histogram\n  unit: bytes\n  buckets: [1, 2.5]\n  help: A.",
       "instruments.yaml:4:16: the bound 2.5 is no whole multiple of 1, the `resolution` of "
       "\"a_bytes\""},
      {"- name: a_ratio\n  kind: histogram\n  buckets: [0.5, 0.25]\n  resolution: 0.5\n  help: A.",
       "instruments.yaml:1:3: `buckets` must not be below 0, and rise"},
      {"- name: a_ratio\n  kind: histogram\n  buckets: [0.25, 0.5]\n  resolution: 0.5\n  help: A.",
       "instruments.yaml:3:13: the bound 0.25 is no whole multiple of 0.5, the `resolution` of "
       "\"a_ratio\""},
      {"- {name: a_seconds, kind: histogram, unit: seconds, buckets: [0.5e-9], help: A.}",
       "instruments.yaml:1:63: the bound 5e-10 is no whole multiple of 1e-09, the `resolution` of "
       "\"a_seconds\""},
      {"- {name: a_bytes, kind: histogram, unit: bytes, buckets: [1e300], help: A.}",
       "instruments.yaml:1:59: the bound 1e+300 is too large"},
      {"- {name: a, kind: histogram, buckets: [1], resolution: 0.3, help: A.}",
       "instruments.yaml:1:56: `resolution` must be 1 or a whole fraction of it, such as 0.001 or "
       "1e-6"},
      {"- {name: a, kind: histogram, buckets: [1], resolution: 0, help: A.}",
       "instruments.yaml:1:56: `resolution` must be 1 or a whole fraction of it, such as 0.001 or "
       "1e-6"},
      {"- {name: a, kind: histogram, buckets: [1], resolution: fine, help: A.}",
       "instruments.yaml:1:56: `resolution` must be a number"},
      {"- {name: a, kind: gauge, resolution: 1, help: A.}",
       "instruments.yaml:1:38: `resolution` is for histograms"},
      {"- {name: a_seconds, kind: histogram, unit: seconds, buckets: [1], resolution: 1, help: A.}",
       "instruments.yaml:1:79: `resolution` is not for `unit: seconds`: nanoseconds are observed"},
      {"- {name: a, kind: counter, native: true, help: A.}",
       "instruments.yaml:1:36: `native` is for histograms"},
      {"- {name: a, kind: histogram, buckets: 1, help: A.}",
       "instruments.yaml:1:39: `buckets` must be a list of numbers"},
      {"- {name: a, kind: gauge, awaits: moon, help: A.}\n- {name: a, kind: gauge, help: A.}",
       "instruments.yaml:2:3: name \"tickwitness_a\" is taken by instruments.yaml:1"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_THAT(problems_of(kLabels, text, "[]"), testing::Contains(expected)) << text;
  }
}

TEST(CatalogGen, ViewErrors) {
  const Case cases[] = {
      {"- {name: v, type: counter, help: V, from: event}",
       "old.yaml:1:43: instrument \"event\" is not declared in instruments.yaml; the nearest is "
       "\"events\""},
      {"- {name: v, type: counter, help: V, from: events, by: {pair: simbol}}",
       "old.yaml:1:62: instrument \"events\" has no label \"simbol\"; the nearest is \"symbol\""},
      {"- {name: v, type: counter, help: V, from: events, where: {exchange: krakn}}",
       "old.yaml:1:69: label \"exchange\" has no value \"krakn\"; the nearest is \"kraken\""},
      {"- {name: v, type: gauge, help: V, from: events, stat: rate6}",
       "old.yaml:1:55: unknown stat \"rate6\"; the nearest is \"rate60\""},
      {"- {name: v, type: gauge, help: V, from: link}",
       "old.yaml:1:3: `stat` is missing: only counters are summed without saying so, \"link\" is a "
       "gauge"},
      {"- {name: v, type: gauge, help: V, from: link, stat: p95}",
       "old.yaml:1:53: `stat: p95` is of a histogram, \"link\" is a gauge"},
      {"- {name: v, type: counter, help: V, from: link, stat: sum}",
       "old.yaml:1:55: a view of `type: counter` is a sum of a counter, else it could fall"},
      {"- {name: v, type: gauge, help: V, from: gate, stat: worst}",
       "old.yaml:1:3: `stat: worst` needs `order`, the worst first"},
      {"- {name: v, type: gauge, help: V, from: gate, stat: worst, order: [0, 1]}",
       "old.yaml:1:3: `order` is {state: number, ...} for statesets and [number, ...] for gauges"},
      {"- {name: v, type: gauge, help: V, from: gate, stat: worst, order: {open: 1}}",
       "old.yaml:1:3: state \"closed\" is missing in `order`"},
      {"- {name: v, type: gauge, help: \"V\\nW\", from: link, stat: max}",
       "old.yaml:1:3: `help` must be one line"},
      {"- {name: v, type: gauge, from: link, stat: max}", "old.yaml:1:3: `help` is missing"},
      {"- {name: v, type: summary, help: V, from: link, stat: max}",
       "old.yaml:1:3: `type` is counter, gauge or histogram, not \"summary\""},
      {"- {name: v, type: gauge, help: V, from: link, stat: sum, over: wait_seconds}",
       "old.yaml:1:64: `over` must be a counter or a gauge, \"wait_seconds\" is a histogram"},
      {"- {name: tickwitness_link, type: gauge, help: V, from: link, stat: max}",
       "old.yaml:1:3: name \"tickwitness_link\" is taken by instruments.yaml:2"},
      {"- {name: tickwitness_wait_seconds_sum, type: gauge, help: V, from: link, stat: max}",
       "old.yaml:1:3: name \"tickwitness_wait_seconds_sum\" is taken by instruments.yaml:3"},
      {"- {name: tickwitness_events, type: gauge, help: V, from: link, stat: max}",
       "old.yaml:1:3: name \"tickwitness_events\" is taken by instruments.yaml:1"},
      {"- {name: bare, type: counter, help: V, from: events}",
       "old.yaml:1:3: name \"bare\" is taken by older.yaml:1"},
      {"- {name: bare_total, type: counter, help: V, from: events}",
       "old.yaml:1:3: name \"bare\" is taken by older.yaml:1"},
      {"- {name: w, type: histogram, help: V, from: wait_seconds, buckets: [1]}\n"
       "- {name: w_count, type: gauge, help: V, from: link, stat: max}",
       "old.yaml:2:3: name \"w_count\" is taken by old.yaml:1"},
      {"- {name: w_bucket, type: gauge, help: V, from: link, stat: max}\n"
       "- {name: w, type: histogram, help: V, from: wait_seconds, buckets: [1]}",
       "old.yaml:2:3: name \"w_bucket\" is taken by old.yaml:1"},
      {"- {name: v, type: histogram, help: V, from: link, buckets: [1]}",
       "old.yaml:1:45: a view of `type: histogram` reads one, \"link\" is a gauge"},
      {"- {name: v, type: histogram, help: V, from: wait_seconds}",
       "old.yaml:1:3: `type: histogram` needs `buckets`"},
      {"- {name: v, type: histogram, help: V, from: wait_seconds, buckets: [1, 1]}",
       "old.yaml:1:3: `buckets` must be above 0 and rise"},
      {"- {name: v, type: histogram, help: V, from: wait_seconds, buckets: [1e-10]}",
       "old.yaml:1:69: the bound 1e-10 is no whole multiple of 1e-09, the `resolution` of "
       "\"wait_seconds\""},
      {"- {name: v, type: histogram, help: V, from: wait_seconds, buckets: [1], scale: 1000}",
       "old.yaml:1:3: `stat`, `over`, `order`, `scale` do not go with `type: histogram`"},
      {"- {name: v, type: gauge, help: V, from: link, stat: max, buckets: [1]}",
       "old.yaml:1:3: `buckets` goes with `type: histogram`"},
      {"- {name: v, type: gauge, help: V, from: wait_seconds, stat: max}",
       "old.yaml:1:61: `stat: max` is of a counter or a gauge, \"wait_seconds\" is a histogram"},
      {"- {name: v, type: gauge, help: V, from: link, stat: max, also: [odler]}",
       "old.yaml:1:65: `also` names other dialects, not \"odler\"; the nearest is \"older\""},
      {"- {name: v, type: gauge, help: V, from: link, stat: max, also: [old]}",
       "old.yaml:1:65: `also` names other dialects, not \"old\"; the nearest is \"old\""},
      {"- {name: v, type: gauge, help: V, from: link, stat: max, scale: x}",
       "old.yaml:1:65: `scale` must be a number"},
      {"- {name: v, type: gauge, help: V, from: link, stat: max, filter: x}",
       "old.yaml:1:58: unknown key \"filter\""},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_THAT(problems_of(kLabels, kInstruments, text), testing::Contains(expected)) << text;
  }
}

TEST(CatalogGen, WhatAwaitsACapabilityIsNamedButHasNoCode) {
  Problems problems;
  const Catalog catalog = catalog_of(
      "- {id: exchange, values: [kraken], help: A venue.}\n- {id: crater, max: 4, help: A hole.}",
      "- {name: link, kind: gauge, labels: [exchange], help: Link.}\n"
      "- {name: dust, kind: counter, labels: [crater], awaits: moon, help: Dust.}\n"
      "- {name: label_overflow, kind: counter, labels: [exchange], help: Overflow.}",
      "- {name: dust_gathered_total, type: counter, help: Dust, from: dust, by: {where: crater}}",
      problems);
  ASSERT_THAT(problems.all(), testing::IsEmpty());
  EXPECT_THAT(
      emit_golden(catalog),
      testing::AllOf(testing::HasSubstr("tickwitness_dust_total counter crater awaits:moon\n"),
                     testing::HasSubstr("dust_gathered_total counter where awaits:moon\n"),
                     testing::HasSubstr("bare gauge -\n")));
  EXPECT_THAT(emit_markdown(catalog),
              testing::AllOf(testing::HasSubstr("| Dust. *Awaits moon.* |\n"),
                             testing::HasSubstr("| `moon` | 2 | The moon. |\n"),
                             testing::HasSubstr("| `wires` | built | Wires. |\n")));
  EXPECT_THAT(emit_json(catalog), testing::HasSubstr(R"("from":"dust","awaits":"moon"})"));
  EXPECT_THAT(emit_header(catalog), testing::Not(testing::HasSubstr("dust")));
  EXPECT_THAT(emit_header(catalog), testing::Not(testing::HasSubstr("Crater")));
  EXPECT_THAT(emit_source(catalog), testing::HasSubstr("tickwitness_link"));
  EXPECT_THAT(emit_source(catalog), testing::Not(testing::HasSubstr("dust")));
}

TEST(CatalogGen, ASharedNameStandsInBothDialectsAndIsOneFamily) {
  Problems problems;
  const Catalog catalog = catalog_of(
      kLabels, kInstruments,
      "- {name: v, type: gauge, help: V, from: link, stat: max, also: [older]}", problems);
  ASSERT_THAT(problems.all(), testing::IsEmpty());
  for (const auto& dialect : catalog.dialects) {
    EXPECT_EQ(std::ranges::count(dialect.views, "v", &View::name), 1) << dialect.name;
  }
  const std::string golden = emit_golden(catalog);
  EXPECT_EQ(golden.find("v gauge -\n"), golden.rfind("v gauge -\n"));
}

TEST(CatalogGen, AHistogramHasTheBoundsOfItsViewsAsWell) {
  Problems problems;
  const Catalog catalog = catalog_of(
      kLabels, kInstruments,
      "- {name: v, type: histogram, help: V, from: wait_seconds, buckets: [0.5, 1, 2]}", problems);
  ASSERT_THAT(problems.all(), testing::IsEmpty());
  EXPECT_THAT(catalog.instrument("wait_seconds")->bounds,
              testing::ElementsAre(100'000'000, 500'000'000, 1'000'000'000, 2'000'000'000));
}

TEST(CatalogGen, AHistogramIsCountedInItsResolutionAndSaysWhetherItIsNative) {
  Problems problems;
  const Catalog catalog = catalog_of(
      kLabels,
      "- {name: link, kind: gauge, help: Link.}\n"
      "- {name: size_bytes, kind: histogram, unit: bytes, buckets: [100, 1000], help: Sizes.}\n"
      "- {name: share, kind: histogram, buckets: [0, 0.1, 0.7], resolution: 1e-6, native: true, "
      "help: Shares.}\n"
      "- {name: slip, kind: histogram, buckets: [-5, 0, 5], awaits: moon, help: Slips.}",
      "- {name: v, type: histogram, help: V, from: share, buckets: [0.000001, 1]}", problems);
  ASSERT_THAT(problems.all(), testing::IsEmpty());
  EXPECT_THAT(catalog.instrument("size_bytes")->bounds, testing::ElementsAre(100, 1000));
  EXPECT_THAT(catalog.instrument("share")->bounds,
              testing::ElementsAre(0, 1, 100'000, 700'000, 1'000'000));
  EXPECT_THAT(catalog.dialects.back().views.front().bounds, testing::ElementsAre(1, 1'000'000));
  // …, fractional, per_unit, native}
  const std::string source = emit_source(catalog);
  EXPECT_THAT(source, testing::ContainsRegex("\"size_bytes\".*, false, 1, false},"));
  EXPECT_THAT(source, testing::ContainsRegex("\"share\".*, false, 1000000, true},"));
}

TEST(CatalogGen, SaysEverythingThatIsWrongAtOnce) {
  EXPECT_THAT(
      problems_of(kLabels, "- {name: a, kind: x, help: A}\n- {name: b, kind: y, help: B.}", "[]"),
      testing::SizeIs(4));  // the dialect `older` misses its instrument
}

TEST(CatalogGen, QuantileWords) {
  EXPECT_EQ(quantile_of("p50"), 0.5);
  EXPECT_EQ(quantile_of("p5"), 0.05);
  EXPECT_EQ(quantile_of("p999"), 0.999);
  for (const char* word : {"p", "p0", "p00", "q50", "p5x", "p99999"}) {
    EXPECT_EQ(quantile_of(word), std::nullopt) << word;
  }
}

// The repository's own catalogue, and what is checked in of it.
TEST(CatalogGen, CheckedInDocumentsAreCurrent) {
  const std::filesystem::path root = TW_SOURCE_DIR;
  Problems problems;
  const Catalog catalog = load(root / "catalog", problems);
  ASSERT_THAT(problems.all(), testing::IsEmpty());
  const char* advice = "out of date; regenerate: cmake --build build/dev --target catalog_docs";
  EXPECT_TRUE(slurp(root / "docs/metrics.md") == emit_markdown(catalog))
      << "docs/metrics.md is " << advice;
  EXPECT_TRUE(slurp(root / "tests/golden/metrics.txt") == emit_golden(catalog))
      << "tests/golden/metrics.txt is " << advice;
}

}  // namespace
}  // namespace tickwitness::catalog_gen
