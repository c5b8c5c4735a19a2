// What people and tools read of the catalogue: docs/metrics.md, JSON for help texts, the golden
// list.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "catalog_gen/model.h"

namespace tickwitness::catalog_gen {
namespace {

std::vector<std::string> exported_labels(const Catalog& catalog, const Instrument& instrument) {
  std::vector<std::string> out;
  for (const auto& word : instrument.labels) out.push_back(catalog.label(word.text)->exported);
  if (instrument.states) out.push_back(catalog.label(instrument.states->text)->exported);
  return out;
}

std::vector<std::string> exported_labels(const View& view) {
  std::vector<std::string> out;
  for (const auto& by : view.by) out.push_back(by.name.text);
  for (const auto& [name, value] : view.constants) out.push_back(name.text);
  return out;
}

// As the text format 0.0.4 has it: what it has no word for is a gauge.
std::string text_type(const Instrument& instrument) {
  return instrument.kind == "counter" || instrument.kind == "histogram" ? instrument.kind : "gauge";
}

std::string formula(const View& view) {
  std::string out = fmt::format("{} of `{}`", view.stat ? view.stat->text : "sum", view.from.text);
  if (view.over) out += fmt::format(" over `{}`", view.over->text);
  for (const auto& where : view.where) {
    std::vector<std::string> values;
    for (const auto& value : where.values) values.push_back(value.text);
    out += fmt::format(", {} = {}", where.label.text, fmt::join(values, " or "));
  }
  for (const auto& by : view.by) out += fmt::format(", by {} as {}", by.label.text, by.name.text);
  if (view.scale != 1) out += fmt::format(", × {}", view.scale);
  return out;
}

std::string code_list(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += fmt::format("{}`{}`", out.empty() ? "" : ", ", word);
  return out.empty() ? "—" : out;
}

std::string json_family(std::string_view name, std::string_view dialect, std::string_view type,
                        std::string_view help, const std::vector<std::string>& labels,
                        std::string_view from) {
  std::vector<std::string> words;
  for (const auto& label : labels) words.push_back(literal(label));
  return fmt::format(R"({{"name":{},"dialect":{},"type":{},"labels":[{}],"help":{},"from":{}}})",
                     literal(name), literal(dialect), literal(type), fmt::join(words, ","),
                     literal(help), literal(from));
}

}  // namespace

std::string emit_markdown(const Catalog& catalog) {
  std::string out =
      "# Metrics\n\nGenerated from `catalog/` by `tools/catalog_gen`; to regenerate: `cmake "
      "--build "
      "build/dev --target catalog_docs`.\n\nEverything is measured once, by the instruments of the "
      "first table; the other tables are views of them under names that\nexisting dashboards "
      "expect. "
      "Counters are 0 from the moment their source runs; gauges and quantiles are absent until\n"
      "something was observed.\n\n## tickwitness\n\n| name | type | labels | meaning "
      "|\n|---|---|---|---|\n";
  for (const auto& instrument : catalog.instruments) {
    out += fmt::format("| `{}` | {} | {} | {} |\n", exported_name(instrument), instrument.kind,
                       code_list(exported_labels(catalog, instrument)), instrument.help);
  }
  for (const auto& dialect : catalog.dialects) {
    out += fmt::format("\n## {}\n\n", dialect.name);
    if (dialect.name == kEventDialect) {
      out += "Fields of the event `kraken_metrics` on `/sse/metrics`; not scraped.\n\n";
    }
    out += "| name | type | labels | meaning | value |\n|---|---|---|---|---|\n";
    for (const auto& view : dialect.views) {
      out += fmt::format("| `{}` | {} | {} | {} | {} |\n", view.name, view.type,
                         code_list(exported_labels(view)), view.help, formula(view));
    }
  }
  out +=
      "\n## Labels\n\nA bounded label has room for that many values; what comes after is counted "
      "as "
      "`other`, and in\n`tickwitness_label_overflow_total`.\n\n| label | on the wire | values | "
      "meaning |\n"
      "|---|---|---|---|\n";
  for (const auto& label : catalog.labels) {
    out +=
        fmt::format("| `{}` | `{}` | {} | {} |\n", label.id, label.exported,
                    label.closed() ? code_list(label.values) : fmt::format("at most {}", label.max),
                    label.help);
  }
  return out;
}

std::string emit_json(const Catalog& catalog) {
  std::vector<std::string> families;
  for (const auto& instrument : catalog.instruments) {
    families.push_back(json_family(exported_name(instrument), "tickwitness", instrument.kind,
                                   instrument.help, exported_labels(catalog, instrument),
                                   instrument.name));
  }
  for (const auto& dialect : catalog.dialects) {
    for (const auto& view : dialect.views) {
      families.push_back(json_family(view.name, dialect.name, view.type, view.help,
                                     exported_labels(view), formula(view)));
    }
  }
  return fmt::format("{{\"families\":[\n{}\n]}}\n", fmt::join(families, ",\n"));
}

std::string emit_golden(const Catalog& catalog) {
  std::vector<std::string> lines;
  const auto add = [&](std::string_view name, std::string_view type,
                       std::vector<std::string> labels) {
    std::sort(labels.begin(), labels.end());
    lines.push_back(fmt::format("{} {} {}\n", name, type,
                                labels.empty() ? "-" : fmt::format("{}", fmt::join(labels, ","))));
  };
  for (const auto& instrument : catalog.instruments) {
    add(exported_name(instrument), text_type(instrument), exported_labels(catalog, instrument));
  }
  for (const auto& dialect : catalog.dialects) {
    if (dialect.name == kEventDialect) continue;
    for (const auto& view : dialect.views) add(view.name, view.type, exported_labels(view));
  }
  std::sort(lines.begin(), lines.end());
  return fmt::format("{}", fmt::join(lines, ""));
}

}  // namespace tickwitness::catalog_gen
