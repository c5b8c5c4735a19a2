// What the catalogue declares, as static tables: tools/catalog_gen writes them from catalog/*.yaml,
// tests write small ones of their own. Everything points to storage that lives as long as the
// process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "telemetry/core/kind.h"

namespace tickwitness::telemetry {

using LabelId = std::uint16_t;       // index into Schema::labels
using InstrumentId = std::uint16_t;  // index into Schema::instruments
inline constexpr std::uint16_t kNone = 0xFFFF;

using core::Kind;

struct LabelDecl {
  std::string_view id;
  std::string_view exported;                     // the name on the wire
  std::span<const std::string_view> words = {};  // every value of a closed label; empty: bounded
  std::size_t values_max = 0;                    // bounded labels only
};

struct InstrumentDecl {
  std::string_view name;      // in the catalogue
  std::string_view exported;  // in the dialect tickwitness, counters with _total
  Kind kind = Kind::counter;
  std::string_view help;
  std::string_view unit;  // "seconds", "bytes" or empty
  std::span<const LabelId> labels = {};
  // Histogram: upper bounds in the observed unit, ascending, without +Inf.
  std::span<const std::int64_t> bounds = {};
  LabelId states = kNone;      // stateset: the label whose values are the states
  std::size_t series_max = 0;  // 0: the labels' bounds are enough
  bool rated = false;          // a view takes rate60 of it
  bool sketched = false;       // a view takes quantiles of it
  bool fractional = false;     // a counter of seconds, not of things
  double per_unit = 1e9;       // histogram: how many observed units are one exported one
  bool native = false;         // histogram: exponential buckets as well
};

enum class Stat : std::uint8_t { sum, count, max, worst, rate60, quantile, histogram };

struct WhereDecl {
  LabelId label = kNone;
  std::span<const std::string_view> values = {};  // any of these
};

struct RenameDecl {
  std::string_view from, to;
  friend bool operator==(const RenameDecl&, const RenameDecl&) = default;
};

struct ByDecl {
  std::string_view name;  // the view's label
  LabelId label = kNone;  // the instrument's
  std::span<const RenameDecl> renames = {};
};

struct ConstantDecl {
  std::string_view name, value;
};

// One step of `worst`, the worst first. `word` is the state of a stateset, empty for gauges.
struct OrderDecl {
  std::string_view word;
  double value = 0;
};

struct ViewDecl {
  std::string_view name = {};
  Kind kind = Kind::gauge;  // counter, gauge or, with Stat::histogram, histogram
  std::string_view help = {};
  InstrumentId from = kNone;
  InstrumentId over = kNone;  // the denominator of a ratio
  Stat stat = Stat::sum;
  double quantile = 0;  // 0 … 1
  double scale = 1;
  std::span<const WhereDecl> where = {};
  std::span<const ByDecl> by = {};
  std::span<const ConstantDecl> constants = {};
  std::span<const OrderDecl> order = {};
  std::span<const std::int64_t> bounds = {};  // histogram: each is one of the instrument's
};

// The dialect that is always on.
inline constexpr std::string_view kOwnDialect = "tickwitness";

struct DialectDecl {
  std::string_view name;
  bool scraped = true;  // false: read by name only (fields of a JSON event)
  std::span<const ViewDecl> views = {};
};

struct Schema {
  std::span<const LabelDecl> labels = {};
  std::span<const InstrumentDecl> instruments = {};
  std::span<const DialectDecl> dialects = {};
  InstrumentId overflow = kNone;  // the counter with one label that counts overflowing labels
};

// The project's own, generated.
const Schema& catalog_schema();

}  // namespace tickwitness::telemetry
