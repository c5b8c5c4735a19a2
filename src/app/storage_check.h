// What `check --online` tries of this machine's disk and of the database before anything is
// started: is there a place for what is to be stored, and may it be stored there.
#pragma once

#include <functional>

#include "app/online_check.h"
#include "config/settings.h"
#include "runtime/clock.h"

namespace tickwitness::app {

// Blocks, a step at most some ten seconds. Makes a file in the data directory, or where that is to
// be made, and removes it; changes nothing in a database, of which nothing is said where none is
// configured.
void check_storage(const config::Settings& settings, const runtime::Clock& clock,
                   const std::function<void(const OnlineStep&)>& on_step);

}  // namespace tickwitness::app
