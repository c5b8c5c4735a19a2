#include "app/simulated_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "config/load.h"

namespace tickwitness::app {
namespace {

constexpr std::string_view kMainFile = "tickwitness.yaml";
constexpr std::string_view kStreamsFile = "streams.yaml";
constexpr std::string_view kBreakerFile = "breaker.yaml";
constexpr std::string_view kTokenFile = "token";

base::Result<std::string> read_whole(runtime::Disk& disk, const std::string& name) {
  const auto file = disk.open(name);
  if (!file) return base::fail(file.error().message);
  const auto size = (*file)->size();
  if (!size) return base::fail(size.error().message);
  std::string text(*size, '\0');
  const auto read = (*file)->read(0, text);
  if (!read) return base::fail(read.error().message);
  text.resize(*read);
  return text;
}

// A temporary file, synced, renamed, the names synced: after a crash the old one or the new.
base::Result<void> write_durably(runtime::Disk& disk, const std::string& name,
                                 const std::string& text) {
  const std::string temporary = name + ".new";
  auto file = disk.create(temporary);
  if (!file) return base::fail(file.error().message);
  for (std::size_t at = 0; at < text.size();) {
    const auto written = (*file)->write(at, std::string_view(text).substr(at));
    if (!written) return base::fail(written.error().message);
    at += *written;
  }
  if (const auto synced = (*file)->sync(); !synced) return base::fail(synced.error().message);
  if (const auto renamed = disk.rename(temporary, name); !renamed) {
    return base::fail(renamed.error().message);
  }
  if (const auto synced = disk.sync_names(); !synced) return base::fail(synced.error().message);
  return {};
}

std::string main_file(const sim::Plan& plan) {
  const sim::Promises& promises = plan.promises;
  return fmt::format(
      R"(instance: simulated
auth: {{token_file: {}}}
telemetry: {{dialects: [tickwitness, kraken, trading]}}
exchanges:
  kraken:
    url: wss://exchange.example/v2
    rest_url: https://rest.example
    streams_file: {}
    circuit_breaker_file: {}
    stale_after_seconds: {{trade: {}, spread: {}, ohlc: {}}}
    healthy_after_seconds: {}
pipeline: {{ring_capacity: {}, overload: {}}}
store: {{spool_segment_bytes: 2MiB, spool_total_bytes: 48MiB, spool_free_bytes: 0}}
)",
      kTokenFile, kStreamsFile, kBreakerFile, base::seconds(promises.stale_after_trade),
      base::seconds(promises.stale_after_spread), base::seconds(promises.stale_after_ohlc),
      base::seconds(promises.healthy_after), plan.ring_capacity,
      plan.drop_newest ? "drop_newest" : "backpressure");
}

std::string breaker_file(const sim::Plan& plan) {
  return fmt::format(
      "circuit_breaker: {{max_failures: {}, timeout_seconds: {}, half_open_timeout: {}}}\n",
      plan.promises.breaker_failures_max, base::seconds(plan.promises.breaker_timeout),
      base::seconds(plan.promises.breaker_half_open_timeout));
}

std::string streams_file(const sim::Plan& plan, std::size_t pairs) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < pairs; ++i) {
    names.push_back(plan.exchange.pairs[i].symbol);
    std::ranges::replace(names.back(), '/', '-');
  }
  const std::string list = fmt::format("[{}]", fmt::join(names, ", "));
  return fmt::format(
      "streams:\n"
      "  - {{name: trade, pairs: {0}}}\n"
      "  - {{name: spread, pairs: {0}}}\n"
      "  - {{name: book, pairs: {0}}}\n"
      "  - {{name: ohlc, pairs: {0}, intervals: [{1}]}}\n",
      list, fmt::join(plan.intervals, ", "));
}

}  // namespace

base::Result<void> write_config(runtime::Disk& disk, const sim::Plan& plan, std::size_t pairs) {
  for (const auto& [name, text] :
       {std::pair(kMainFile, main_file(plan)), std::pair(kStreamsFile, streams_file(plan, pairs)),
        std::pair(kBreakerFile, breaker_file(plan)),
        std::pair(kTokenFile, std::string(kSimulatedToken) + "\n")}) {
    if (const auto written = write_durably(disk, std::string(name), text); !written) {
      return written;
    }
  }
  return {};
}

base::Result<config::Settings> read_config(runtime::Disk& disk) {
  const auto reader = [&](const std::string& path) { return read_whole(disk, path); };
  auto loaded = config::load(std::string(kMainFile), reader, {});
  if (loaded) return std::move(loaded->settings);
  std::string problems;
  for (const auto& problem : loaded.error()) problems += problem.str() + "\n";
  return base::fail(problems);
}

}  // namespace tickwitness::app
