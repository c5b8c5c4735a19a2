#include "telemetry/exposition.h"

#include <algorithm>
#include <set>
#include <span>

#include "telemetry/text.h"
#include "telemetry/view.h"

namespace tickwitness::telemetry {
namespace {

bool contains(const std::vector<std::string>& all, std::string_view name) {
  return std::ranges::find(all, name) != all.end();
}

// OpenMetrics has no `_total`, `_info` in the name of the family, only in those of its samples.
std::string_view without(std::string_view name, std::string_view suffix) {
  return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
}

class Page {
 public:
  Page(const Registry::Reading& reading, const RenderOptions& options)
      : reading_(reading), options_(options), open_(options.format == Format::openmetrics_1_0) {}

  void instrument(InstrumentId id);
  void view(const ViewDecl& view);
  std::string finish() {
    if (open_) out_ += "# EOF\n";
    return std::move(out_);
  }

 private:
  bool wanted(std::string_view name, Kind kind) const;
  // Starts a family; its head is printed before its first sample only.
  void begin(std::string_view name, Kind kind, std::string_view help, std::string_view unit);
  void head();
  // `labels`: escaped, without braces; empty: none.
  template <class T>
  void sample(std::string_view name, std::string_view suffix, std::string_view labels, T value);

  void gauge(const InstrumentDecl& decl, const Series& series);
  void stateset(const InstrumentDecl& decl, const Series& series);
  // `labels`: of the series; `bounds_ns`: of the buckets of the snapshot.
  void histogram(std::string_view name, std::string_view labels,
                 std::span<const std::int64_t> bounds_ns, const HistogramSnapshot& snapshot);
  void view_samples(const ViewDecl& view);
  void counter(const InstrumentDecl& decl, const Series& series);

  const Registry::Reading& reading_;
  const RenderOptions& options_;
  bool open_;
  std::string out_;
  std::string labels_;  // scratch
  bool head_due_ = false;
  std::string_view name_, help_, unit_;
  Kind kind_ = Kind::gauge;
};

bool Page::wanted(std::string_view name, Kind kind) const {
  if (options_.names.empty() || contains(options_.names, name)) return true;
  if (kind == Kind::histogram) {
    return std::ranges::any_of(options_.names, [&](const std::string& asked) {
      return asked.starts_with(name) &&
             (asked.substr(name.size()) == "_bucket" || asked.substr(name.size()) == "_sum" ||
              asked.substr(name.size()) == "_count");
    });
  }
  // As OpenMetrics calls the family.
  return kind == Kind::counter && contains(options_.names, without(name, "_total"));
}

void Page::begin(std::string_view name, Kind kind, std::string_view help, std::string_view unit) {
  head_due_ = true;
  name_ = name;
  kind_ = kind;
  help_ = help;
  unit_ = unit;
}

void Page::head() {
  if (!head_due_) return;
  head_due_ = false;
  std::string_view family = name_;
  std::string_view type = "gauge";
  if (kind_ == Kind::histogram) type = "histogram";
  if (kind_ == Kind::counter) type = "counter";
  if (open_ && kind_ == Kind::counter) {
    family = without(name_, "_total");
    if (family.size() == name_.size()) type = "unknown";  // a counter must have _total there
  }
  if (open_ && kind_ == Kind::info) {
    family = without(name_, "_info");
    type = "info";
  }
  out_.append("# HELP ").append(family).append(" ");
  append_help(out_, help_, open_);
  out_.append("\n# TYPE ").append(family).append(" ").append(type).append("\n");
  if (open_ && !unit_.empty()) {
    out_.append("# UNIT ").append(family).append(" ").append(unit_).append("\n");
  }
}

template <class T>
void Page::sample(std::string_view name, std::string_view suffix, std::string_view labels,
                  T value) {
  head();
  out_.append(name).append(suffix);
  if (!labels.empty()) out_.append("{").append(labels).append("}");
  out_ += ' ';
  append_number(out_, value);
  out_ += '\n';
}

void Page::counter(const InstrumentDecl& decl, const Series& series) {
  const CounterCell& cell = series.counter();
  const double fraction = cell.fraction();
  if (fraction == 0) {
    sample(decl.exported, "", series.labels_text(), cell.whole());
  } else {
    sample(decl.exported, "", series.labels_text(), static_cast<double>(cell.whole()) + fraction);
  }
}

void Page::gauge(const InstrumentDecl& decl, const Series& series) {
  double value = 0;
  if (series.gauge().get(value)) sample(decl.exported, "", series.labels_text(), value);
}

// A gauge for each state in both formats: OpenMetrics has a type stateset, but demands that the
// label be called like the family, and then a series would have another name in each format.
void Page::stateset(const InstrumentDecl& decl, const Series& series) {
  const LabelDecl& states = reading_.schema().labels[decl.states];
  const auto state = series.state_index(states);
  if (!state) return;
  for (std::size_t i = 0; i < states.words.size(); ++i) {
    labels_ = series.labels_text();
    append_label(labels_, states.exported, states.words[i]);
    sample(decl.exported, "", labels_, std::uint64_t{i == *state});
  }
}

void Page::histogram(std::string_view name, std::string_view labels,
                     std::span<const std::int64_t> bounds_ns, const HistogramSnapshot& snapshot) {
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < snapshot.buckets.size(); ++i) {
    below += snapshot.buckets[i];
    std::string bound;
    if (i < bounds_ns.size()) {
      append_bound(bound, static_cast<double>(bounds_ns[i]) / 1e9);
    } else {
      bound = "+Inf";
    }
    labels_ = labels;
    append_label(labels_, "le", bound);
    sample(name, "_bucket", labels_, below);
  }
  sample(name, "_sum", labels, static_cast<double>(snapshot.sum_ns) / 1e9);
  sample(name, "_count", labels, snapshot.count);
}

void Page::instrument(InstrumentId id) {
  const InstrumentDecl& decl = reading_.schema().instruments[id];
  if (!wanted(decl.exported, decl.kind)) return;
  begin(decl.exported, decl.kind, decl.help, decl.unit);
  for (const auto& [key, series] : reading_.series(id)) {
    switch (decl.kind) {
      case Kind::counter:
        counter(decl, *series);
        break;
      case Kind::gauge:
        gauge(decl, *series);
        break;
      case Kind::stateset:
        stateset(decl, *series);
        break;
      case Kind::histogram:
        histogram(decl.exported, series->labels_text(), decl.bounds_ns,
                  series->histogram().snapshot());
        break;
      case Kind::info:
        sample(decl.exported, "", series->labels_text(), std::uint64_t{1});
        break;
    }
  }
}

void Page::view(const ViewDecl& view) {
  if (!wanted(view.name, view.kind)) return;
  // A unit only where the name ends with it, as OpenMetrics demands.
  const std::string_view stem =
      view.kind == Kind::counter ? without(view.name, "_total") : view.name;
  std::string_view unit;
  if (stem.ends_with("_seconds")) unit = "seconds";
  if (stem.ends_with("_bytes")) unit = "bytes";
  begin(view.name, view.kind, view.help, unit);
  view_samples(view);
}

void Page::view_samples(const ViewDecl& view) {
  const auto labels_of = [&](const std::vector<std::string>& by) {
    std::string labels;
    for (std::size_t i = 0; i < view.by.size(); ++i) append_label(labels, view.by[i].name, by[i]);
    for (const auto& constant : view.constants) append_label(labels, constant.name, constant.value);
    return labels;
  };
  if (view.stat == Stat::histogram) {
    for (const auto& found : evaluate_histogram(reading_, view)) {
      histogram(view.name, labels_of(found.by), view.bounds_ns, found.value);
    }
    return;
  }
  for (const auto& found : evaluate(reading_, view)) {
    const std::string labels = labels_of(found.by);
    if (found.value.whole) {
      sample(view.name, "", labels, found.value.integer);
    } else {
      sample(view.name, "", labels, found.value.real);
    }
  }
}

}  // namespace

std::string_view content_type(Format format) {
  return format == Format::openmetrics_1_0
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

std::string render(const Registry& registry, const RenderOptions& options) {
  const Registry::Reading reading(registry);
  const Schema& schema = reading.schema();
  Page page(reading, options);
  std::set<std::string_view> printed;  // some names belong to two dialects
  for (const auto& dialect : schema.dialects) {
    const bool on = dialect.name == kOwnDialect || contains(options.dialects, dialect.name);
    if (!dialect.scraped || !on) continue;
    for (const auto& view : dialect.views) {
      if (printed.insert(view.name).second) page.view(view);
    }
  }
  for (std::size_t id = 0; id < schema.instruments.size(); ++id) {
    page.instrument(static_cast<InstrumentId>(id));
  }
  return page.finish();
}

std::vector<std::string_view> known_dialects(const Schema& schema) {
  std::vector<std::string_view> out{kOwnDialect};
  for (const auto& dialect : schema.dialects) {
    if (dialect.scraped && dialect.name != kOwnDialect) out.push_back(dialect.name);
  }
  return out;
}

}  // namespace tickwitness::telemetry
