// Metrics for any program: everything is in tickwitness::telemetry::core. Declare families in a
// Registry, keep the handles they give, write from any thread, and let a scraper have render() or
// an Exposition. docs/telemetry-library.md has units, ranges and thread-safety of every call.
//
// Needs C++20 and the target tickwitness::telemetry, on 64-bit Linux.
#pragma once

#include "telemetry/core/encoder.h"
#include "telemetry/core/exposition.h"
#include "telemetry/core/registry.h"
