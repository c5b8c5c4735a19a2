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

const Word* awaits_of(const Instrument& instrument) {
  return instrument.awaits ? &*instrument.awaits : nullptr;
}

// Said after the meaning of what is not measured yet.
std::string waiting(const Word* awaits) {
  return awaits == nullptr ? "" : fmt::format(" *Awaits {}.*", awaits->text);
}

std::string formula(const View& view) {
  const std::string_view stat = view.stat                  ? std::string_view(view.stat->text)
                                : view.type == "histogram" ? "all"
                                                           : "sum";
  std::string out = fmt::format("{} of `{}`", stat, view.from.text);
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
                        std::string_view from, const Word* awaits) {
  std::vector<std::string> words;
  for (const auto& label : labels) words.push_back(literal(label));
  const std::string waiting =
      awaits == nullptr ? "" : fmt::format(",\"awaits\":{}", literal(awaits->text));
  return fmt::format(R"({{"name":{},"dialect":{},"type":{},"labels":[{}],"help":{},"from":{}{}}})",
                     literal(name), literal(dialect), literal(type), fmt::join(words, ","),
                     literal(help), literal(from), waiting);
}

std::string capabilities_table(const Catalog& catalog) {
  std::string out = "\n## Capabilities\n\n| capability | families that await it | meaning |\n";
  out += "|---|---|---|\n";
  for (const auto& capability : catalog.capabilities) {
    std::size_t families = 0;
    const auto count = [&](const Word* awaits) {
      if (awaits != nullptr && awaits->text == capability.id) ++families;
    };
    for (const auto& instrument : catalog.instruments) count(awaits_of(instrument));
    for (const auto& dialect : catalog.dialects) {
      for (const auto& view : dialect.views) {
        if (!view.copied) count(catalog.awaits(view));
      }
    }
    out += fmt::format("| `{}` | {} | {} |\n", capability.id,
                       capability.built ? "built" : std::to_string(families), capability.help);
  }
  return out;
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
      "something was observed. What *awaits* a capability is named here already and absent from "
      "scrapes until that is built.\n`up`, `node_*` and `container_*` come from Prometheus, "
      "node_exporter and cAdvisor themselves.\n\n## tickwitness\n\n| name | type | labels | "
      "meaning |\n|---|---|---|---|\n";
  for (const auto& instrument : catalog.instruments) {
    out += fmt::format("| `{}` | {} | {} | {}{} |\n", exported_name(instrument), instrument.kind,
                       code_list(exported_labels(catalog, instrument)), instrument.help,
                       waiting(awaits_of(instrument)));
  }
  std::vector<const Dialect*> chapters;
  for (const auto& dialect : catalog.dialects) {
    const bool own = dialect.name == kOwnDialect;
    chapters.insert(own ? chapters.begin() : chapters.end(), &dialect);
  }
  for (const Dialect* chapter : chapters) {
    const Dialect& dialect = *chapter;
    // What is ours is one chapter: the instruments above, and names that every exporter has.
    out += dialect.name == kOwnDialect ? "\n" : fmt::format("\n## {}\n\n", dialect.name);
    if (dialect.name == kEventDialect) {
      out += "Fields of the event `kraken_metrics` on `/sse/metrics`; not scraped.\n\n";
    }
    out += "| name | type | labels | meaning | value |\n|---|---|---|---|---|\n";
    for (const auto& view : dialect.views) {
      out += fmt::format("| `{}` | {} | {} | {}{} | {} |\n", view.name, view.type,
                         code_list(exported_labels(view)), view.help, waiting(catalog.awaits(view)),
                         formula(view));
    }
  }
  out += capabilities_table(catalog);
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
                                   instrument.name, awaits_of(instrument)));
  }
  for (const auto& dialect : catalog.dialects) {
    for (const auto& view : dialect.views) {
      families.push_back(json_family(view.name, dialect.name, view.type, view.help,
                                     exported_labels(view), formula(view), catalog.awaits(view)));
    }
  }
  std::vector<std::string> capabilities;
  for (const auto& capability : catalog.capabilities) {
    capabilities.push_back(fmt::format(R"({{"id":{},"built":{},"help":{}}})",
                                       literal(capability.id), capability.built,
                                       literal(capability.help)));
  }
  return fmt::format("{{\"families\":[\n{}\n],\"capabilities\":[\n{}\n]}}\n",
                     fmt::join(families, ",\n"), fmt::join(capabilities, ",\n"));
}

std::string emit_golden(const Catalog& catalog) {
  std::vector<std::string> lines;
  const auto add = [&](std::string_view name, std::string_view type,
                       std::vector<std::string> labels, const Word* awaits) {
    std::sort(labels.begin(), labels.end());
    lines.push_back(fmt::format("{} {} {}{}\n", name, type,
                                labels.empty() ? "-" : fmt::format("{}", fmt::join(labels, ",")),
                                awaits == nullptr ? "" : fmt::format(" awaits:{}", awaits->text)));
  };
  for (const auto& instrument : catalog.instruments) {
    add(exported_name(instrument), text_type(instrument), exported_labels(catalog, instrument),
        awaits_of(instrument));
  }
  for (const auto& dialect : catalog.dialects) {
    if (dialect.name == kEventDialect) continue;
    for (const auto& view : dialect.views) {
      if (!view.copied) add(view.name, view.type, exported_labels(view), catalog.awaits(view));
    }
  }
  std::sort(lines.begin(), lines.end());
  return fmt::format("{}", fmt::join(lines, ""));
}

}  // namespace tickwitness::catalog_gen
