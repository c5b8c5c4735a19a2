// What checkers found, as the commands that have checkers print it: simulate and demo.
#pragma once

#include "base/json_write.h"
#include "sim/checkers/report.h"

namespace tickwitness::app {

// The members checks, bounds, failed and violations of the object that is open. Names are
// "checker.name".
void write_report(base::JsonWriter& json, const sim::Report& report);

}  // namespace tickwitness::app
