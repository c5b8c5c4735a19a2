#include "catalog_gen/view_check.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace tickwitness::catalog_gen {
namespace {

const std::vector<std::string> kStats{"sum",    "count", "max", "worst",
                                      "rate60", "p50",   "p95", "p99"};

// Which kinds of instruments a statistic can be taken of.
std::vector<std::string> kinds_for(std::string_view stat) {
  if (stat == "sum" || stat == "max") return {"counter", "gauge"};
  if (stat == "count") return {"gauge", "stateset", "histogram", "info"};
  if (stat == "worst") return {"gauge", "stateset"};
  if (stat == "rate60") return {"counter"};
  if (quantile_of(stat)) return {"histogram"};
  return {};
}

bool contains(const std::vector<std::string>& all, std::string_view word) {
  return std::find(all.begin(), all.end(), word) != all.end();
}

std::vector<std::string> texts(const std::vector<Word>& words) {
  std::vector<std::string> out;
  for (const auto& word : words) out.push_back(word.text);
  return out;
}

const Instrument* find_instrument(const Catalog& catalog, const Word& word, Problems& problems) {
  const Instrument* found = catalog.instrument(word.text);
  if (found == nullptr) {
    std::vector<std::string> names;
    for (const auto& instrument : catalog.instruments) names.push_back(instrument.name);
    problems.add(word.mark, fmt::format("instrument \"{}\" is not declared in instruments.yaml{}",
                                        word.text, nearest(word.text, names)));
  }
  return found;
}

bool has_label(const Instrument& instrument, const Word& label, Problems& problems) {
  const auto labels = texts(instrument.labels);
  if (contains(labels, label.text)) return true;
  problems.add(label.mark, fmt::format("instrument \"{}\" has no label \"{}\"{}", instrument.name,
                                       label.text, nearest(label.text, labels)));
  return false;
}

void has_value(const Catalog& catalog, const Word& label, const Word& value, Problems& problems) {
  const Label* found = catalog.label(label.text);
  if (found == nullptr || !found->closed() || contains(found->values, value.text)) return;
  problems.add(value.mark, fmt::format("label \"{}\" has no value \"{}\"{}", label.text, value.text,
                                       nearest(value.text, found->values)));
}

void check_labels(const Catalog& catalog, const View& view, const Instrument& instrument,
                  Problems& problems) {
  for (const auto& where : view.where) {
    if (!has_label(instrument, where.label, problems)) continue;
    for (const auto& value : where.values) has_value(catalog, where.label, value, problems);
  }
  for (const auto& by : view.by) {
    if (!has_label(instrument, by.label, problems)) continue;
    for (const auto& [from, to] : by.renames) has_value(catalog, by.label, from, problems);
  }
}

void check_order(const Catalog& catalog, const View& view, const Instrument& instrument,
                 Problems& problems) {
  if (view.order.empty()) {
    problems.add(view.mark, "`stat: worst` needs `order`, the worst first");
    return;
  }
  if (view.order_names_states != instrument.states.has_value()) {
    problems.add(view.mark,
                 "`order` is {state: number, ...} for statesets and [number, ...] for gauges");
    return;
  }
  if (!instrument.states) return;
  std::set<std::string> named;
  for (const auto& step : view.order) {
    has_value(catalog, *instrument.states, step.what, problems);
    named.insert(step.what.text);
  }
  const Label* states = catalog.label(instrument.states->text);
  if (states == nullptr) return;
  for (const auto& state : states->values) {
    if (!named.contains(state)) {
      problems.add(view.mark, fmt::format("state \"{}\" is missing in `order`", state));
    }
  }
}

void check_stat(const Catalog& catalog, const View& view, const Instrument& instrument,
                Problems& problems) {
  const std::string stat = view.stat ? view.stat->text : "sum";
  const Mark& mark = view.stat ? view.stat->mark : view.mark;
  if (!view.stat && instrument.kind != "counter") {
    problems.add(mark, fmt::format("`stat` is missing: only counters are summed without saying so, "
                                   "\"{}\" is a {}",
                                   instrument.name, instrument.kind));
    return;
  }
  const auto kinds = kinds_for(stat);
  if (kinds.empty()) {
    problems.add(mark, fmt::format("unknown stat \"{}\"{}", stat, nearest(stat, kStats)));
    return;
  }
  if (!contains(kinds, instrument.kind)) {
    problems.add(mark, fmt::format("`stat: {}` is of a {}, \"{}\" is a {}", stat,
                                   fmt::join(kinds, " or a "), instrument.name, instrument.kind));
  }
  if (view.type == "counter" && (instrument.kind != "counter" || stat != "sum" || view.over)) {
    problems.add(mark, "a view of `type: counter` is a sum of a counter, else it could fall");
  }
  if (view.over && stat != "sum") problems.add(mark, "`over` goes with `stat: sum`");
  if (stat == "worst") {
    check_order(catalog, view, instrument, problems);
  } else if (!view.order.empty()) {
    problems.add(mark, "`order` goes with `stat: worst`");
  }
}

// All of a histogram, under bounds of the view's own.
void check_histogram(const View& view, const Instrument& instrument, Problems& problems) {
  if (instrument.kind != "histogram") {
    problems.add(view.from.mark,
                 fmt::format("a view of `type: histogram` reads one, \"{}\" is a {}",
                             instrument.name, instrument.kind));
  }
  if (view.stat || view.over || !view.order.empty() || view.scale != 1) {
    problems.add(view.mark, "`stat`, `over`, `order`, `scale` do not go with `type: histogram`");
  }
  if (view.buckets.empty()) problems.add(view.mark, "`type: histogram` needs `buckets`");
  check_bounds(view.mark, instrument, view.buckets, problems);
}

}  // namespace

std::optional<double> quantile_of(std::string_view stat) {
  if (stat.size() < 2 || stat.size() > 4 || stat[0] != 'p') return std::nullopt;
  double value = 0;
  double unit = 1;
  for (const char c : stat.substr(1)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
    unit *= 10;
  }
  const double quantile = stat.size() == 2 ? value / 100 : value / unit;
  if (quantile <= 0 || quantile >= 1) return std::nullopt;
  return quantile;
}

void check_view(const Catalog& catalog, const View& view, Problems& problems) {
  if (view.type != "counter" && view.type != "gauge" && view.type != "histogram") {
    problems.add(view.mark,
                 fmt::format("`type` is counter, gauge or histogram, not \"{}\"", view.type));
  }
  if (view.help.find('\n') != std::string::npos) {
    problems.add(view.mark, "`help` must be one line");
  }
  if (view.scale == 0) problems.add(view.mark, "`scale` must not be 0");
  std::set<std::string> names;
  for (const auto& by : view.by) names.insert(by.name.text);
  for (const auto& [name, value] : view.constants) {
    if (!names.insert(name.text).second) {
      problems.add(name.mark,
                   fmt::format("label \"{}\" stands in `by` and in `labels`", name.text));
    }
  }
  const Instrument* from = find_instrument(catalog, view.from, problems);
  if (from != nullptr) {
    check_labels(catalog, view, *from, problems);
    if (view.type == "histogram") {
      check_histogram(view, *from, problems);
    } else {
      check_stat(catalog, view, *from, problems);
      if (!view.buckets.empty()) {
        problems.add(view.mark, "`buckets` goes with `type: histogram`");
      }
    }
  }
  if (!view.over) return;
  const Instrument* over = find_instrument(catalog, *view.over, problems);
  if (over == nullptr) return;
  check_labels(catalog, view, *over, problems);
  if (!contains(kinds_for("sum"), over->kind)) {
    problems.add(view.over->mark, fmt::format("`over` must be a counter or a gauge, \"{}\" is a {}",
                                              over->name, over->kind));
  }
}

}  // namespace tickwitness::catalog_gen
