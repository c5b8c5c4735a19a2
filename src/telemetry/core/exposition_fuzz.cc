// Any operations on any families, label values of any bytes: the three formats, read back by
// readers that share nothing with the writers, say what a plain model of the operations says, to
// the bit.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <stdexcept>

#include "base/utf8.h"
#include "telemetry/core/exposition.h"
#include "telemetry/core/test_protobuf_reader.h"
#include "telemetry/core/test_text_reader.h"

namespace {

using namespace tickwitness::telemetry::core;
using Values = std::vector<std::string>;

void must(bool good, const char* what, const std::string& page = {}) {
  if (good) return;
  std::fprintf(stderr, "%s\n%s\n", what, page.c_str());
  std::abort();
}

// Bytes as choices; zeros when there are no more.
class Choices {
 public:
  Choices(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}
  bool empty() const { return rest_.empty(); }
  std::uint64_t word(unsigned bytes) {
    std::uint64_t out = 0;
    for (; bytes > 0; --bytes) {
      out = out << 8 | (rest_.empty() ? 0 : static_cast<unsigned char>(rest_[0]));
      if (!rest_.empty()) rest_.remove_prefix(1);
    }
    return out;
  }
  std::size_t below(std::size_t bound) { return word(1) % bound; }
  std::string text(std::size_t size_max) {
    const std::size_t size = below(size_max + 1);
    const std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(out.size());
    return std::string(out);
  }

 private:
  std::string_view rest_;
};

std::string utf8(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = tickwitness::base::utf8_at(text, at).bytes;
    out += bytes == 0 ? "\xEF\xBF\xBD" : text.substr(at, bytes);
    at += std::max<std::size_t>(bytes, 1);
  }
  return out;
}

struct Named {
  std::string value;  // of the label `id`
  std::int64_t observed = 0;
  WallTime at;
};

// What one series should say.
struct Model {
  Values values;
  bool hidden = false;
  std::uint64_t integer = 0;         // of counters
  std::optional<double> real;        // of gauges and fractional counters
  std::optional<std::size_t> state;  // of state sets
  std::vector<std::int64_t> observed;
  std::optional<Named> named;
};

struct FamilyModel {
  FamilyDecl decl;
  Family* family = nullptr;
  std::deque<Model> series;

  Model& at(Values values) {
    for (std::string& value : values) value = utf8(value);
    const auto there = [&] { return std::ranges::find(series, values, &Model::values); };
    const auto is_other = [](const std::string& value) { return value == kOther; };
    if (there() == series.end() && decl.series_max != 0 && series.size() >= decl.series_max &&
        !std::ranges::all_of(values, is_other)) {
      values.assign(values.size(), std::string(kOther));
    }
    auto found = there();
    if (found == series.end()) {
      found = series.insert(series.end(), Model{.values = values});
      if (decl.fractional) found->real = 0;
    }
    found->hidden = false;
    return *found;
  }
};

FamilyDecl declare(Choices& choices, std::size_t number) {
  FamilyDecl decl{.name = "f" + std::to_string(number)};
  decl.kind = static_cast<Kind>(choices.below(6));
  const std::size_t shape = choices.below(64);
  if (decl.kind == Kind::summary) decl.quantiles = {0, 0.5, 0.99};
  if (decl.kind == Kind::histogram) {
    decl.native = (shape & 1) != 0;
    decl.per_unit = std::array{1.0, 1e3, 1e9}[(shape >> 1) % 3];
    for (std::size_t n = choices.below(6); n > 0; --n) {
      const std::uint64_t bits = choices.word(8);
      decl.bounds.push_back(static_cast<std::int64_t>(bits >> (2 + choices.below(62))));
    }
    std::ranges::sort(decl.bounds);
    const auto doubled = std::ranges::unique(decl.bounds);
    decl.bounds.erase(doubled.begin(), doubled.end());
  }
  decl.fractional = decl.kind == Kind::counter && (shape & 1) != 0;
  decl.shared = (shape & 2) != 0;
  if ((shape & 8) != 0) decl.name += "_seconds";
  if ((shape & 12) == 12 && decl.kind != Kind::info) decl.unit = "seconds";
  if ((shape & 16) != 0 && decl.kind == Kind::counter) decl.name += "_total";
  if ((shape & 16) != 0 && decl.kind == Kind::info) decl.name += "_info";
  if (decl.kind == Kind::stateset) decl.state_label = "state";
  if (decl.kind == Kind::stateset) decl.states = {"on", "\"off\"", "a\\b\nc"};
  if ((shape & 32) != 0) decl.series_max = 2;
  decl.labels.resize(choices.below(4));
  for (std::size_t i = 0; i < decl.labels.size(); ++i) {
    decl.labels[i] = std::string(1 + i, static_cast<char>('a' + i));
  }
  decl.help = choices.text(20);
  return decl;
}

void write(Choices& choices, FamilyModel& model, const Values& values) {
  const std::vector<std::string_view> views(values.begin(), values.end());
  const std::span<const std::string_view> texts(views);
  Family& family = *model.family;
  const std::size_t what = choices.below(4);
  if (what == 3 && family.find(texts) != nullptr) {
    must(family.remove(texts), "it was there");
    model.at(values).hidden = true;
    return;
  }
  Series& series = family.at(texts);
  Model& truth = model.at(values);
  const std::uint64_t bits = choices.word(8);
  const auto real = std::bit_cast<double>(bits);
  Named name{.value = choices.text(10)};
  name.observed = static_cast<std::int64_t>(bits >> (8 + choices.below(56)));
  name.at = WallTime(std::chrono::nanoseconds(static_cast<std::int64_t>(bits)));
  if (model.decl.fractional) {
    FractionalCounter(family, series).add(real);
    if (real > 0) *truth.real += real;
  } else if (model.decl.kind == Kind::counter) {
    const auto n = static_cast<std::uint64_t>(name.observed);
    truth.integer += n;
    if (what != 2) return Counter(family, series).add(n);
    Counter(family, series).add(n, {"id", name.value}, name.at);
    truth.named = name;
  } else if (model.decl.kind == Kind::gauge) {
    if (what == 0) Gauge(family, series).set(real);
    if (what == 1) Gauge(family, series).add(real);
    if (what == 2) Gauge(family, series).clear();
    truth.real = what == 0 ? real : truth.real.value_or(0) + real;
    if (what >= 2) truth.real.reset();
    if (what == 3) Gauge(family, series).clear();
  } else if (model.decl.kind == Kind::stateset) {
    truth.state = bits % 3;
    StateSet(family, series).set(static_cast<std::uint32_t>(*truth.state));
  } else if (model.decl.kind == Kind::summary) {
    // Negative ones are seen by the quantiles only.
    const std::int64_t value = what == 2 ? -name.observed : name.observed;
    truth.observed.push_back(value);
    must(Summary(family, series).observe(std::chrono::nanoseconds(value)) == (value >= 0), "sign");
  } else if (model.decl.kind == Kind::histogram) {
    truth.observed.push_back(name.observed);
    const std::chrono::nanoseconds value(name.observed);
    // One exemplar for each series: which of several is newest in a bucket is another test's.
    if (what != 2 || truth.named) {
      must(Histogram(family, series).observe(value), "not negative");
    } else {
      Histogram(family, series).observe(value, {"id", name.value}, name.at);
      truth.named = name;
    }
  }
}

class Expected {
 public:
  Expected(const std::deque<FamilyModel>& models, Format format) : format_(format) {
    for (const FamilyModel& model : models) family(model);
  }
  Page page;

 private:
  bool open() const { return format_ == Format::openmetrics_1_0; }

  void family(const FamilyModel& model) {
    const FamilyDecl& decl = model.decl;
    PageFamily out{.name = decl.name, .type = "gauge", .help = utf8(decl.help)};
    if (decl.kind == Kind::histogram) out.type = "histogram";
    if (decl.kind == Kind::summary) out.type = "summary";
    if (decl.kind == Kind::counter) out.type = "counter";
    const auto without = [&](std::string_view suffix) {
      if (!open() || !out.name.ends_with(suffix)) return false;
      out.name.resize(out.name.size() - suffix.size());
      return true;
    };
    if (decl.kind == Kind::counter && open() && !without("_total")) out.type = "unknown";
    if (decl.kind == Kind::info && without("_info")) out.type = "info";
    if (open() && !decl.unit.empty() && out.name.ends_with("_" + decl.unit)) out.unit = decl.unit;
    for (const Model& truth : model.series) {
      if (!truth.hidden) series(out, decl, truth);
    }
    if (!out.samples.empty()) page.families.push_back(std::move(out));
  }

  std::optional<PageExemplar> exemplar(const FamilyDecl& decl, const Named& named) const {
    const double per_unit = decl.kind == Kind::histogram ? decl.per_unit : 1;
    if (format_ == Format::text_0_0_4 ||
        (open() && decl.kind == Kind::counter && !decl.name.ends_with("_total")))
      return std::nullopt;
    return PageExemplar{.name = "id",
                        .value = utf8(named.value),
                        .number = static_cast<double>(named.observed) / per_unit,
                        .at = named.at.time_since_epoch().count()};
  }

  void series(PageFamily& out, const FamilyDecl& decl, const Model& truth) {
    PageSample sample{.name = decl.name};
    for (std::size_t i = 0; i < decl.labels.size(); ++i) {
      sample.labels.emplace_back(decl.labels[i], truth.values[i]);
    }
    if (decl.kind == Kind::histogram) return histogram(out, decl, truth, sample);
    if (decl.kind == Kind::summary) return summary(out, decl, truth, sample);
    if (decl.kind == Kind::stateset) {
      if (!truth.state) return;
      sample.labels.emplace_back(decl.state_label, "");
      for (std::size_t i = 0; i < decl.states.size(); ++i) {
        sample.labels.back().second = decl.states[i];
        sample.value = i == *truth.state ? 1 : 0;
        out.samples.push_back(sample);
      }
      return;
    }
    if (decl.kind == Kind::counter) sample.value = static_cast<double>(truth.integer);
    if (decl.kind == Kind::info) sample.value = 1;
    if (decl.kind == Kind::gauge && !truth.real) return;
    if (truth.real) sample.value = *truth.real;
    if (sample.value != sample.value) sample.value = std::numeric_limits<double>::quiet_NaN();
    if (truth.named) sample.exemplar = exemplar(decl, *truth.named);
    out.samples.push_back(sample);
  }

  void summary(PageFamily& out, const FamilyDecl& decl, const Model& truth, PageSample sample) {
    std::vector<std::int64_t> all = truth.observed;
    std::ranges::sort(all);
    for (const double q : decl.quantiles) {
      if (all.empty()) break;
      const double rank = std::ceil(q * static_cast<double>(all.size()) - 1e-9);
      sample.quantile = q;
      sample.value = static_cast<double>(all[static_cast<std::size_t>(std::max(rank, 1.0)) - 1]);
      sample.value /= decl.per_unit;
      if (open() && sample.value < 0) continue;  // OpenMetrics forbids it
      out.samples.push_back(sample);
    }
    sample.quantile.reset();
    std::uint64_t sum = 0;
    std::uint64_t count = 0;
    for (const std::int64_t value : all) {
      if (value < 0) continue;
      sum += static_cast<std::uint64_t>(value);
      ++count;
    }
    sample.name = decl.name + "_sum";
    sample.value = static_cast<double>(sum) / decl.per_unit;
    out.samples.push_back(sample);
    sample.name = decl.name + "_count";
    sample.value = static_cast<double>(count);
    out.samples.push_back(sample);
  }

  void histogram(PageFamily& out, const FamilyDecl& decl, const Model& truth, PageSample sample) {
    sample.name = decl.name + "_bucket";
    std::int64_t last = -1;
    std::uint64_t sum = 0;
    for (const std::int64_t value : truth.observed) sum += static_cast<std::uint64_t>(value);
    for (std::size_t i = 0; i <= decl.bounds.size(); ++i) {
      const bool top = i == decl.bounds.size();
      const std::int64_t bound = top ? std::numeric_limits<std::int64_t>::max() : decl.bounds[i];
      sample.le = top ? std::numeric_limits<double>::infinity()
                      : static_cast<double>(bound) / decl.per_unit;
      sample.value = static_cast<double>(std::ranges::count_if(
          truth.observed, [&](std::int64_t value) { return value <= bound; }));
      const auto& named = truth.named;
      sample.exemplar = named && named->observed > last && named->observed <= bound
                            ? exemplar(decl, *named)
                            : std::nullopt;
      out.samples.push_back(sample);
      last = bound;
    }
    sample.le.reset();
    sample.exemplar.reset();
    sample.name = decl.name + "_sum";
    sample.value = static_cast<double>(sum) / decl.per_unit;
    out.samples.push_back(sample);
    sample.name = decl.name + "_count";
    sample.value = static_cast<double>(truth.observed.size());
    out.samples.push_back(sample);
  }

  Format format_;
};

// Up to each bound of the native buckets there are as many values as were observed. A bound that is
// no whole number is known to a double's precision: what is nearer to it may count or not.
void check_native(const PageNative& native, const FamilyModel& model) {
  Values values;
  for (const auto& label : native.labels) values.push_back(label.second);
  const auto truth = std::ranges::find(model.series, values, &Model::values);
  must(truth != model.series.end(), "a series");
  must(native.schema <= kNativeSchema && native.schema >= -4, "schema");
  const auto& all = truth->observed;
  const auto zeros = static_cast<std::uint64_t>(std::ranges::count(all, 0));
  must(native.count == all.size() && native.zeros == zeros, "count and zeros");
  must(native.buckets.size() <= 160, "number of buckets");
  std::uint64_t below = zeros;
  for (const auto& [index, count] : native.buckets) {
    below += count;
    const long double power = std::ldexp(static_cast<long double>(index), -native.schema);
    const long double bound = std::exp2(power) * static_cast<long double>(model.decl.per_unit);
    const long double slack = power == std::floor(power) ? 0 : 0x1p-50L;
    std::uint64_t least = 0;
    std::uint64_t most = 0;
    for (const std::int64_t value : all) {
      least += static_cast<long double>(value) <= bound * (1 - slack);
      most += static_cast<long double>(value) <= bound * (1 + slack);
    }
    must(least <= below && below <= most, "native bucket");
  }
  must(below == native.count, "the buckets are all");
}

void check(const Registry& registry, const std::deque<FamilyModel>& models, std::size_t piece) {
  for (const Format format : {Format::text_0_0_4, Format::openmetrics_1_0, Format::protobuf}) {
    Exposition exposition(registry, {.format = format});
    std::string text;
    while (exposition.next(text, piece)) {
    }
    const bool protobuf = format == Format::protobuf;
    const std::optional<Page> page =
        protobuf ? ProtobufReader::read(text)
                 : TextReader(text, format == Format::openmetrics_1_0).read();
    must(page.has_value(), "not well-formed", text);
    must(*page == Expected(models, format).page, "not what was done", text);
    if (!protobuf) continue;
    std::size_t natives = 0;
    for (const FamilyModel& model : models) {
      if (!model.decl.native) continue;
      natives += static_cast<std::size_t>(std::ranges::count(model.series, false, &Model::hidden));
    }
    must(page->natives.size() == natives, "native histograms");
    for (const PageNative& native : page->natives) {
      check_native(native, *std::ranges::find(models, native.family, [](const FamilyModel& model) {
                     return model.decl.name;
                   }));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Choices choices(data, size);
  Registry registry;
  std::deque<FamilyModel> models;
  const std::size_t piece = 1 + choices.word(2);
  for (std::size_t n = 1 + choices.below(3); n > 0; --n) {
    const FamilyDecl decl = declare(choices, n);
    try {
      models.push_back({.decl = decl, .family = &registry.add(decl)});
    } catch (const std::invalid_argument&) {
      continue;  // what an exposition cannot have is refused, and leaves nothing behind
    }
  }
  if (models.empty()) return 0;
  // More series than one message of protobuf holds.
  const FamilyDecl& first = models[0].decl;
  const bool many =
      choices.below(128) == 127 && first.labels.size() == 1 && first.kind != Kind::summary;
  for (int step = 0; step < 200 && !choices.empty(); ++step) {
    FamilyModel& model = models[choices.below(models.size())];
    Values values;
    for (std::size_t i = 0; i < model.decl.labels.size(); ++i) values.push_back(choices.text(8));
    write(choices, model, values);
  }
  for (int i = 0; many && i < 1100; ++i) {
    Choices none(nullptr, 0);
    write(none, models[0], {std::to_string(i)});
  }
  registry.tick(std::chrono::seconds(1));  // what came before is in the windows
  check(registry, models, piece);
  return 0;
}
