// The operator's settings in the terms of the rooms that obey them.
#pragma once

#include "app/engine.h"
#include "base/result.h"
#include "cache/redis_session.h"
#include "config/settings.h"
#include "serve/server.h"

namespace tickwitness::app {

// Errors: an address or a pair that only the rooms can judge; config has checked the rest.
base::Result<EngineSettings> engine_settings(const config::Settings& settings, std::uint64_t seed);
// Errors: no URL of a Redis.
base::Result<cache::RedisSettings> redis_settings(const config::Settings& settings,
                                                  std::uint64_t seed);
serve::ServerSettings server_settings(const config::Settings& settings);
serve::ServiceSettings service_settings(const config::Settings& settings);

}  // namespace tickwitness::app
