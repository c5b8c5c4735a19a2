// YAML to model: shapes, types and keys. What the words mean together is check.cc's.
#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

#include "catalog_gen/model.h"

namespace tickwitness::catalog_gen {
namespace {

// One map of a file: gives its values by key, and complains about what is missing or not
// understood.
class Entry {
 public:
  Entry(const YAML::Node& node, const std::string& file, Problems& problems)
      : node_(node), file_(file), problems_(problems) {}

  Mark mark(const YAML::Node& node) const {
    return {file_, node.Mark().line + 1, node.Mark().column + 1};
  }
  Mark mark() const { return mark(node_); }
  void problem(const YAML::Node& node, const std::string& what) const {
    problems_.add(mark(node), what);
  }

  // False when the entry cannot be used at all.
  bool known_keys(const std::vector<std::string>& keys) const {
    if (!node_.IsMap()) {
      problem(node_, "expected a map of keys and values");
      return false;
    }
    for (const auto& item : node_) {
      const auto key = item.first.as<std::string>("");
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
        problem(item.first, fmt::format("unknown key \"{}\"{}", key, nearest(key, keys)));
      }
    }
    return true;
  }

  std::optional<Word> word(const char* key) const {
    const YAML::Node node = node_[key];
    if (!node) return std::nullopt;
    return scalar(node, key);
  }

  std::string text(const char* key, bool required) const {
    if (auto found = word(key)) return found->text;
    if (required) problem(node_, fmt::format("`{}` is missing", key));
    return {};
  }

  std::optional<Word> scalar(const YAML::Node& node, std::string_view what) const {
    if (node.IsScalar() && !node.Scalar().empty()) return Word{node.Scalar(), mark(node)};
    problem(node, fmt::format("`{}` must be one word or text", what));
    return std::nullopt;
  }

  // A list of words; a single word is a list of one.
  std::vector<Word> words(const YAML::Node& node, std::string_view what) const {
    std::vector<Word> out;
    if (!node) return out;
    if (node.IsSequence()) {
      for (const auto& item : node) {
        if (auto found = scalar(item, what)) out.push_back(*found);
      }
    } else if (auto found = scalar(node, what)) {
      out.push_back(*found);
    }
    return out;
  }

  std::optional<double> number(const YAML::Node& node, std::string_view what) const {
    try {
      const auto value = node.as<double>();
      if (std::isfinite(value)) return value;
    } catch (const YAML::Exception&) {
    }
    problem(node, fmt::format("`{}` must be a number", what));
    return std::nullopt;
  }

  std::size_t positive(const char* key) const {
    const YAML::Node node = node_[key];
    if (!node) return 0;
    const auto value = number(node, key);
    if (value && *value >= 1 && *value == std::floor(*value)) {
      return static_cast<std::size_t>(*value);
    }
    if (value) problem(node, fmt::format("`{}` must be a whole number from 1 on", key));
    return 0;
  }

  void for_map(const char* key, const std::function<void(Word, const YAML::Node&)>& each) const {
    const YAML::Node node = node_[key];
    if (!node) return;
    if (!node.IsMap()) {
      problem(node, fmt::format("`{}` must be a map", key));
      return;
    }
    for (const auto& item : node) {
      if (auto name = scalar(item.first, key)) each(*name, item.second);
    }
  }

  YAML::Node operator[](const char* key) const { return node_[key]; }

 private:
  const YAML::Node node_;
  const std::string& file_;
  Problems& problems_;
};

void for_entries(const Source& source, Problems& problems,
                 const std::function<void(const Entry&)>& each) {
  YAML::Node root;
  try {
    root = YAML::Load(source.text);
  } catch (const YAML::Exception& error) {
    problems.add({source.name, error.mark.line + 1, error.mark.column + 1},
                 fmt::format("not YAML: {}", error.msg));
    return;
  }
  if (!root.IsSequence()) {
    problems.add({source.name, 1, 1}, "expected a list of entries (- name: ...)");
    return;
  }
  for (const auto& node : root) each(Entry(node, source.name, problems));
}

std::vector<Bound> buckets_of(const Entry& entry) {
  std::vector<Bound> bounds;
  const YAML::Node node = entry["buckets"];
  if (!node) return bounds;
  if (!node.IsSequence()) {
    entry.problem(node, "`buckets` must be a list of numbers");
    return bounds;
  }
  for (const auto& item : node) {
    if (const auto value = entry.number(item, "buckets")) {
      bounds.push_back({*value, entry.mark(item)});
    }
  }
  return bounds;
}

std::optional<Bound> resolution_of(const Entry& entry) {
  const YAML::Node node = entry["resolution"];
  if (!node) return std::nullopt;
  const auto value = entry.number(node, "resolution");
  return value ? std::optional(Bound{*value, entry.mark(node)}) : std::nullopt;
}

std::vector<Where> where_of(const Entry& entry) {
  std::vector<Where> out;
  entry.for_map("where", [&](Word label, const YAML::Node& values) {
    out.push_back({std::move(label), entry.words(values, "where")});
  });
  return out;
}

// `pair: symbol`, or `pair: {label: symbol, rename: {from: to}}`.
std::vector<By> by_of(const Entry& entry, const std::string& file, Problems& problems) {
  std::vector<By> out;
  entry.for_map("by", [&](Word name, const YAML::Node& value) {
    By by{.name = std::move(name), .label = {}, .renames = {}};
    if (!value.IsMap()) {
      if (auto label = entry.scalar(value, "by")) {
        by.label = *label;
        out.push_back(std::move(by));
      }
      return;
    }
    const Entry inner(value, file, problems);
    inner.known_keys({"label", "rename"});
    const auto label = inner.word("label");
    if (!label) {
      problems.add(inner.mark(), "`label` is missing");
      return;
    }
    by.label = *label;
    inner.for_map("rename", [&](Word from, const YAML::Node& to) {
      if (auto word = inner.scalar(to, "rename")) by.renames.emplace_back(from, word->text);
    });
    out.push_back(std::move(by));
  });
  return out;
}

// `{open: 1, closed: 0}` for statesets, `[0, 1]` for gauges; the worst first.
void read_order(const Entry& entry, View& view) {
  const YAML::Node node = entry["order"];
  if (!node) return;
  view.order_names_states = node.IsMap();
  if (node.IsMap()) {
    entry.for_map("order", [&](Word word, const YAML::Node& value) {
      if (const auto number = entry.number(value, "order")) view.order.push_back({word, *number});
    });
    return;
  }
  for (const auto& word : entry.words(node, "order")) {
    const YAML::Node value(word.text);
    try {
      view.order.push_back({word, value.as<double>()});
    } catch (const YAML::Exception&) {
      entry.problem(node, fmt::format("\"{}\" in `order` must be a number", word.text));
    }
  }
}

}  // namespace

void read_labels(const Source& source, Catalog& catalog, Problems& problems) {
  for_entries(source, problems, [&](const Entry& entry) {
    if (!entry.known_keys({"id", "exported", "values", "max", "help"})) return;
    Label label;
    label.mark = entry.mark();
    label.id = entry.text("id", true);
    label.exported = entry.text("exported", false);
    if (label.exported.empty()) label.exported = label.id;
    label.help = entry.text("help", true);
    for (auto& word : entry.words(entry["values"], "values")) {
      label.values.push_back(std::move(word.text));
    }
    label.max = entry.positive("max");
    if (!label.id.empty()) catalog.labels.push_back(std::move(label));
  });
}

void read_capabilities(const Source& source, Catalog& catalog, Problems& problems) {
  for_entries(source, problems, [&](const Entry& entry) {
    if (!entry.known_keys({"id", "built", "help"})) return;
    Capability capability;
    capability.mark = entry.mark();
    capability.id = entry.text("id", true);
    capability.built = entry.text("built", false) == "true";
    capability.help = entry.text("help", true);
    if (!capability.id.empty()) catalog.capabilities.push_back(std::move(capability));
  });
}

void read_instruments(const Source& source, Catalog& catalog, Problems& problems) {
  for_entries(source, problems, [&](const Entry& entry) {
    if (!entry.known_keys({"name", "kind", "labels", "states", "help", "unit", "buckets",
                           "resolution", "native", "series_max", "fractional", "awaits"})) {
      return;
    }
    Instrument instrument;
    instrument.mark = entry.mark();
    instrument.name = entry.text("name", true);
    instrument.kind = entry.text("kind", true);
    instrument.help = entry.text("help", true);
    instrument.unit = entry.text("unit", false);
    instrument.labels = entry.words(entry["labels"], "labels");
    instrument.states = entry.word("states");
    instrument.awaits = entry.word("awaits");
    instrument.buckets = buckets_of(entry);
    instrument.resolution = resolution_of(entry);
    if (entry.text("native", false) == "true") instrument.native = entry.word("native");
    instrument.series_max = entry.positive("series_max");
    instrument.fractional = entry.text("fractional", false) == "true";
    if (!instrument.name.empty()) catalog.instruments.push_back(std::move(instrument));
  });
}

void read_dialect(const Source& source, std::string name, Catalog& catalog, Problems& problems) {
  Dialect dialect{std::move(name), {}};
  for_entries(source, problems, [&](const Entry& entry) {
    if (!entry.known_keys({"name", "type", "help", "from", "over", "where", "by", "labels", "stat",
                           "order", "scale", "buckets", "also"})) {
      return;
    }
    View view;
    view.mark = entry.mark();
    view.name = entry.text("name", true);
    view.type = entry.text("type", true);
    view.help = entry.text("help", true);
    const auto from = entry.word("from");
    if (!from) problems.add(view.mark, "`from` is missing");
    view.over = entry.word("over");
    view.stat = entry.word("stat");
    view.where = where_of(entry);
    view.by = by_of(entry, source.name, problems);
    entry.for_map("labels", [&](Word label, const YAML::Node& value) {
      if (auto word = entry.scalar(value, "labels")) view.constants.emplace_back(label, word->text);
    });
    read_order(entry, view);
    view.buckets = buckets_of(entry);
    view.also = entry.words(entry["also"], "also");
    if (const YAML::Node scale = entry["scale"]) {
      view.scale = entry.number(scale, "scale").value_or(1);
    }
    if (!from || view.name.empty()) return;
    view.from = *from;
    dialect.views.push_back(std::move(view));
  });
  catalog.dialects.push_back(std::move(dialect));
}

}  // namespace tickwitness::catalog_gen
