// What the database holds at the end of a demo, beside what the exchanges sent.
#pragma once

#include <string>
#include <vector>

#include "app/demo_venues.h"
#include "sim/checkers/report.h"
#include "sim/clients/exposition.h"

namespace tickwitness::app {

// Each trade that reached the engine once, as it was made, and no other. `scrape` tells how many
// the engine still held back when it ended. The product has stopped.
void judge_stored(const std::string& database, const std::vector<DemoVenue>& venues,
                  const sim::Exposition& scrape, sim::Report& report);

}  // namespace tickwitness::app
