// How fast a database has grown, for an estimate of the room it will need.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "market/symbol.h"
#include "store/sqlite/connection.h"

namespace tickwitness::store::sqlite {

struct Past {
  std::uint64_t bytes = 0;         // of the file, without its log
  base::WallTime first{}, last{};  // of all trades, as the exchanges tell their times
  std::vector<std::pair<market::Venue, market::Symbol>> markets;  // that have a trade
};

// A few looks into an index for each market. Nothing: there is no trade yet. Fails where there is
// no file, or one of another version of the schema.
SinkResult<std::optional<Past>> read_past(const std::string& path);

}  // namespace tickwitness::store::sqlite
