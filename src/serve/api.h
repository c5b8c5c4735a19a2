// The JSON answers of /health and /api/v1, composed from a snapshot. Pure; docs:
// /api/v1/openapi.json.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "serve/liveness.h"
#include "serve/status.h"

namespace tickwitness::serve {

// Of what the first is the one without which nothing is up.
std::string health_json(const std::vector<Component>& components);
// `status` may be null: the engine has not reported yet.
std::string status_json(const EngineStatus* status, const ProcessInfo& process, base::Instant now);
std::string feeds_json(const EngineStatus* status, base::Instant now);
// Entries of the gap ledger, newest first, and the days of each market's trades, newest first.
std::string gaps_json(const EngineStatus* status);

// OpenAPI 3.0 of everything that serve/ answers.
std::string_view openapi_json();

}  // namespace tickwitness::serve
