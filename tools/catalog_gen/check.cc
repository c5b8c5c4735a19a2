// What must hold between the files: names known and unique, verbs fitting to kinds, series bounded.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "catalog_gen/bounds.h"
#include "catalog_gen/model.h"
#include "catalog_gen/view_check.h"

namespace tickwitness::catalog_gen {
namespace {

constexpr std::size_t kSeriesMax = 2000;  // per instrument; OpenTelemetry's default limit as well

bool is_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && text[0] >= 'a' && text[0] <= 'z' &&
         std::all_of(text.begin(), text.end(), fits);
}

void check_help(const Mark& mark, std::string_view help, Problems& problems) {
  if (help.empty()) return;  // read.cc has said that it is missing
  if (help.back() != '.') problems.add(mark, "`help` must end with a full stop");
  if (help.find('\n') != std::string_view::npos) problems.add(mark, "`help` must be one line");
}

void check_label(const Label& label, Problems& problems) {
  if (!is_name(label.id) || !is_name(label.exported)) {
    problems.add(label.mark, fmt::format("label \"{}\": a name is [a-z][a-z0-9_]*", label.id));
  }
  if (label.exported == "le" || label.exported == "quantile") {
    problems.add(label.mark, fmt::format("\"{}\" is a label of Prometheus's own", label.exported));
  }
  if (label.closed() == (label.max != 0)) {
    problems.add(label.mark, fmt::format("label \"{}\" needs either `values` or `max`", label.id));
  }
  std::set<std::string> seen;
  for (const auto& value : label.values) {
    if (!is_name(value)) {
      problems.add(label.mark, fmt::format("value \"{}\": a value is [a-z][a-z0-9_]*", value));
    }
    if (!seen.insert(value).second) {
      problems.add(label.mark, fmt::format("value \"{}\" stands twice", value));
    }
  }
  check_help(label.mark, label.help, problems);
}

std::size_t values_of(const Label& label) {
  return label.closed() ? label.values.size() : label.max + 1;  // + other
}

void check_series(const Catalog& catalog, const Instrument& instrument, Problems& problems) {
  std::size_t product = 1;
  for (const auto& word : instrument.labels) {
    const Label* label = catalog.label(word.text);
    if (label == nullptr) return;
    product *= label->closed() ? label->values.size() : label->max;
  }
  if (instrument.series_max != 0) product = std::min(product, instrument.series_max);
  if (instrument.states) {
    const Label* states = catalog.label(instrument.states->text);
    if (states != nullptr) product *= values_of(*states);
  }
  if (product > kSeriesMax) {
    problems.add(
        instrument.mark,
        fmt::format("\"{}\" may come to {} series, the limit is {}: drop a label, lower its "
                    "`max`, or give the instrument a `series_max`",
                    instrument.name, product, kSeriesMax));
  }
}

void check_labels_of(const Catalog& catalog, const Instrument& instrument, Problems& problems) {
  std::vector<std::string> ids;
  for (const auto& label : catalog.labels) ids.push_back(label.id);
  std::map<std::string, std::string> exported;
  auto words = instrument.labels;
  if (instrument.states) words.push_back(*instrument.states);
  for (const auto& word : words) {
    const Label* label = catalog.label(word.text);
    if (label == nullptr) {
      problems.add(word.mark, fmt::format("label \"{}\" is not declared in labels.yaml{}",
                                          word.text, nearest(word.text, ids)));
    } else if (const auto [at, fresh] = exported.emplace(label->exported, label->id); !fresh) {
      problems.add(word.mark, fmt::format("labels \"{}\" and \"{}\" are both exported as \"{}\"",
                                          at->second, label->id, label->exported));
    }
  }
}

void check_name_and_unit(const Instrument& instrument, Problems& problems) {
  const std::string& name = instrument.name;
  if (!is_name(name)) {
    problems.add(instrument.mark, fmt::format("\"{}\": a name is [a-z][a-z0-9_]*", name));
  }
  for (const char* suffix : {"_total", "_bucket", "_sum", "_count", "_created"}) {
    if (name.ends_with(suffix)) {
      problems.add(instrument.mark,
                   fmt::format("\"{}\" must not end with {}: the exposition adds what is needed",
                               name, suffix));
    }
  }
  if (!instrument.unit.empty() && instrument.unit != "seconds" && instrument.unit != "bytes") {
    problems.add(instrument.mark,
                 fmt::format("`unit` is seconds or bytes, not \"{}\"", instrument.unit));
  }
  for (const char* unit : {"seconds", "bytes"}) {
    if (name.ends_with(fmt::format("_{}", unit)) != (instrument.unit == unit)) {
      problems.add(instrument.mark,
                   fmt::format("\"{}\": `unit: {}` and a name that ends with _{} belong together",
                               name, unit, unit));
    }
  }
}

void check_awaits(const Catalog& catalog, const Instrument& instrument, Problems& problems) {
  if (!instrument.awaits) return;
  const Word& awaits = *instrument.awaits;
  const Capability* found = catalog.capability(awaits.text);
  if (found == nullptr) {
    std::vector<std::string> ids;
    for (const auto& capability : catalog.capabilities) ids.push_back(capability.id);
    problems.add(awaits.mark,
                 fmt::format("capability \"{}\" is not declared in capabilities.yaml{}",
                             awaits.text, nearest(awaits.text, ids)));
  } else if (found->built) {
    problems.add(awaits.mark,
                 fmt::format("\"{}\" awaits \"{}\", which is built ({}:{}): measure "
                             "it, then take `awaits` away",
                             instrument.name, awaits.text, found->mark.file, found->mark.line));
  }
}

void check_kind(const Catalog& catalog, const Instrument& instrument, Problems& problems) {
  const std::string& kind = instrument.kind;
  const auto wrong = [&](const std::string& what) { problems.add(instrument.mark, what); };
  const std::vector<std::string> kinds{"counter", "gauge", "histogram", "stateset", "info"};
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
    wrong(fmt::format("unknown kind \"{}\"{}", kind, nearest(kind, kinds)));
    return;
  }
  if ((kind == "histogram") != !instrument.buckets.empty()) {
    wrong("`buckets` and `kind: histogram` belong together");
  }
  check_resolution(instrument, problems);
  check_bounds(instrument.mark, instrument, instrument.buckets, problems);
  if ((kind == "stateset") != instrument.states.has_value()) {
    wrong("`states` and `kind: stateset` belong together");
  }
  if (instrument.states) {
    const Label* states = catalog.label(instrument.states->text);
    if (states != nullptr && !states->closed()) wrong("`states` must be a label with `values`");
  }
  if ((kind == "info") != instrument.name.ends_with("_info")) {
    wrong("`kind: info` and a name that ends with _info belong together");
  }
  if (kind == "info" && instrument.labels.empty()) wrong("an info without labels says nothing");
  if (instrument.fractional && kind != "counter") wrong("`fractional` is for counters");
}

// No two families, and no sample of one and another family, may share a name.
class Names {
 public:
  explicit Names(Problems& problems) : problems_(problems) {}
  void add(const Mark& mark, const std::string& name) {
    const auto [at, fresh] = seen_.emplace(name, mark);
    if (!fresh) {
      problems_.add(mark, fmt::format("name \"{}\" is taken by {}:{}", name, at->second.file,
                                      at->second.line));
    }
  }

 private:
  Problems& problems_;
  std::map<std::string, Mark> seen_;
};

void check_names(const Catalog& catalog, Problems& problems) {
  Names names(problems);
  const auto add_parts = [&](const Mark& mark, const std::string& histogram) {
    for (const char* suffix : {"_bucket", "_sum", "_count"}) names.add(mark, histogram + suffix);
  };
  for (const auto& instrument : catalog.instruments) {
    const std::string exported = exported_name(instrument);
    names.add(instrument.mark, exported);
    if (instrument.kind == "histogram") add_parts(instrument.mark, exported);
  }
  for (const auto& dialect : catalog.dialects) {
    for (const auto& view : dialect.views) {
      names.add(view.mark, view.name);
      if (view.type == "histogram") add_parts(view.mark, view.name);
    }
  }
  // OpenMetrics calls the family of a counter by the name without _total.
  Names families(problems);
  const auto add_family = [&](const Mark& mark, std::string name, bool counter) {
    if (counter && name.ends_with("_total")) name.resize(name.size() - 6);
    families.add(mark, name);
  };
  for (const auto& instrument : catalog.instruments) {
    add_family(instrument.mark, exported_name(instrument), instrument.kind == "counter");
  }
  for (const auto& dialect : catalog.dialects) {
    if (dialect.name == kEventDialect) continue;
    for (const auto& view : dialect.views) add_family(view.mark, view.name, view.type == "counter");
  }
  Names labels(problems);
  for (const auto& label : catalog.labels) labels.add(label.mark, label.id);
  Names capabilities(problems);
  for (const auto& capability : catalog.capabilities) {
    capabilities.add(capability.mark, capability.id);
  }
}

// What the views ask of the instruments they read.
void ask_instruments(Catalog& catalog) {
  for (const auto& dialect : catalog.dialects) {
    for (const auto& view : dialect.views) {
      for (auto& instrument : catalog.instruments) {
        if (view.from.text != instrument.name) continue;
        if (view.stat) {
          instrument.rated |= view.stat->text == "rate60";
          instrument.sketched |= quantile_of(view.stat->text).has_value();
        }
      }
    }
  }
}

// Copies each view into the other dialects that have its name as well.
void share_views(Catalog& catalog, Problems& problems) {
  std::vector<std::string> names;
  for (const auto& dialect : catalog.dialects) names.push_back(dialect.name);
  for (std::size_t i = 0; i < catalog.dialects.size(); ++i) {
    const std::vector<View> views = catalog.dialects[i].views;
    for (const auto& view : views) {
      for (const auto& word : view.also) {
        const auto to = std::find(names.begin(), names.end(), word.text);
        if (to == names.end() || word.text == catalog.dialects[i].name) {
          problems.add(word.mark, fmt::format("`also` names other dialects, not \"{}\"{}",
                                              word.text, nearest(word.text, names)));
          continue;
        }
        View& copy =
            catalog.dialects[static_cast<std::size_t>(to - names.begin())].views.emplace_back(view);
        copy.copied = true;
        copy.also.clear();
      }
    }
  }
}

}  // namespace

void check(Catalog& catalog, Problems& problems) {
  for (const auto& label : catalog.labels) check_label(label, problems);
  for (const auto& capability : catalog.capabilities) {
    check_help(capability.mark, capability.help, problems);
  }
  for (const auto& instrument : catalog.instruments) {
    check_name_and_unit(instrument, problems);
    check_help(instrument.mark, instrument.help, problems);
    check_labels_of(catalog, instrument, problems);
    check_awaits(catalog, instrument, problems);
    check_kind(catalog, instrument, problems);
    check_series(catalog, instrument, problems);
  }
  check_names(catalog, problems);
  for (const auto& dialect : catalog.dialects) {
    for (const auto& view : dialect.views) check_view(catalog, view, problems);
  }
  // Numbers that make no sense would not fit into whole ones.
  if (problems.all().empty()) settle_bounds(catalog);
  ask_instruments(catalog);
  share_views(catalog, problems);
}

}  // namespace tickwitness::catalog_gen
