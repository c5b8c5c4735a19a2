// The whole catalogue in one of the formats. Names are the same in all of them.
// https://prometheus.io/docs/instrumenting/exposition_formats/
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/core/encoder.h"
#include "telemetry/registry.h"

namespace tickwitness::telemetry {

using core::content_type;
using core::Format;
using core::negotiate;

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
