// Everything as Prometheus text 0.0.4 or OpenMetrics 1.0.0. Names are the same in both.
// https://prometheus.io/docs/instrumenting/exposition_formats/
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/registry.h"

namespace tickwitness::telemetry {

enum class Format : std::uint8_t { text_0_0_4, openmetrics_1_0 };

std::string_view content_type(Format format);

// The answer to an `Accept` header: the format with the higher quality, text when they are equal,
// when the header is empty, and when it accepts neither (scrapers that name something else still
// read text).
Format negotiate(std::string_view accept);

struct RenderOptions {
  // Beside our own, which is always on. Unknown names and those that are not scraped do nothing;
  // known_dialects() is there to check them before.
  std::vector<std::string> dialects = {};
  Format format = Format::text_0_0_4;
  // Names of families or of samples (?name[]=); empty: everything.
  std::vector<std::string> names = {};
};

// A family without a sample is not printed at all. Thread-safe; windows are as of the last tick.
std::string render(const Registry& registry, const RenderOptions& options);

// What `dialects` may name, in the order of printing.
std::vector<std::string_view> known_dialects(const Schema& schema);

}  // namespace tickwitness::telemetry
