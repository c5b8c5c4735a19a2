// Environment variables → fields.
#include <fmt/format.h>

#include <algorithm>

#include "config/loading.h"
#include "config/nearest.h"
#include "config/quote.h"
#include "config/values.h"

namespace tickwitness::config {
namespace {

const std::string kEnvironment = "environment";
constexpr std::string_view kPrefix = "TICKWITNESS_";

// Names that existing set-ups of the dashboards we serve already carry (seed 003).
struct Alias {
  std::string_view variable;
  std::string_view path;     // the setting it maps to; empty: there is none
  std::string_view instead;  // why there is none
};
constexpr Alias kAliases[] = {
    {"PROMETHEUS_METRICS_ENABLED", "telemetry.metrics_endpoint", ""},
    {"METRICS_COLLECTION_INTERVAL", "",
     "has no effect: values are computed when they are scraped and published each second; set "
     "scrape_interval in Prometheus instead"},
};

// Items between commas, without the spaces around them.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> items;
  while (true) {
    const std::size_t comma = text.find(',');
    std::string_view item = text.substr(0, comma);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    items.push_back(item);
    if (comma == text.npos) return items;
    text.remove_prefix(comma + 1);
  }
}

base::Result<void> set_levels(Settings& settings, std::string_view text) {
  auto& levels = settings.log.levels.rooms;
  levels.clear();
  for (const std::string_view item : split(text)) {
    const std::size_t equals = item.find('=');
    const std::string_view room = item.substr(0, equals);
    if (equals == item.npos)
      return base::fail(fmt::format("{} is not room=level, as feed=debug", quote(item)));
    if (std::ranges::find(rooms(), room) == rooms().end())
      return base::fail(fmt::format("unknown room {}", quote(room)));
    const auto level = parse_level(item.substr(equals + 1));
    if (!level) return std::unexpected(level.error());
    levels[std::string(room)] = *level;
  }
  return {};
}

base::Result<void> set_list(const Field& field, Settings& settings, std::string_view text) {
  std::visit(
      [](auto* list) {
        if constexpr (requires { list->clear(); }) list->clear();
      },
      field.ref(settings));
  for (const std::string_view item : split(text))
    if (auto added = add_item(field, settings, item); !added) return added;
  return {};
}

void set(Loading& loading, const Field& field, const std::string& name, const std::string& text) {
  // Container tools pass variables that nobody set as empty ones.
  if (text.empty()) return;
  Settings& settings = loading.out.settings;
  const auto done = is_levels(field) ? set_levels(settings, text)
                    : is_list(field) ? set_list(field, settings, text)
                                     : set_scalar(field, settings, text);
  if (!done) loading.problem(kEnvironment, {}, fmt::format("{}: {}", name, done.error().message));
  loading.sources[field.path] = {kEnvironment, {}, name};
}

}  // namespace

void bind_environment(Loading& loading, const Environment& environment, File file) {
  for (const Field& field : fields()) {
    if (field.file != file) continue;
    for (const Alias& alias : kAliases) {
      const auto found = environment.find(std::string(alias.variable));
      if (alias.path == field.path && found != environment.end())
        set(loading, field, found->first, found->second);
    }
    const std::string name = variable(field);
    if (name.empty()) continue;
    if (const auto found = environment.find(name); found != environment.end())
      set(loading, field, found->first, found->second);
  }
}

void check_environment(Loading& loading, const Environment& environment) {
  std::vector<std::string> names;
  for (const Field& field : fields())
    if (auto name = variable(field); !name.empty()) names.push_back(std::move(name));
  const std::vector<std::string_view> known(names.begin(), names.end());
  const auto warn = [&](std::string text) {
    loading.out.warnings.push_back({kEnvironment, 0, 0, std::move(text)});
  };
  for (const auto& [name, text] : environment) {
    for (const Alias& alias : kAliases)
      if (alias.path.empty() && alias.variable == name && !text.empty())
        warn(fmt::format("{} {}", name, alias.instead));
    if (!name.starts_with(kPrefix) || std::ranges::find(known, name) != known.end()) continue;
    // A warning only: Kubernetes sets TICKWITNESS_SERVICE_HOST and the like for a service of that
    // name.
    const std::string_view meant = nearest(name, known);
    warn(fmt::format("{} is no setting and has no effect{}", quote(name),
                     meant.empty() ? "" : fmt::format("; did you mean {}?", meant)));
  }
}

}  // namespace tickwitness::config
