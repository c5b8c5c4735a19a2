// What a store tells of its database to who counts it: statements that ran, connections in use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/time.h"

namespace tickwitness::store {

enum class Operation : std::uint8_t { select, insert, update, remove, ddl, copy, commit, other };

// Statements of one kind. Any thread.
class StatementMeter {
 public:
  virtual ~StatementMeter() = default;
  // One ran to its end, or to an error.
  virtual void ended(base::Duration took, bool good) = 0;
};

// Any thread.
class DatabaseMeter {
 public:
  virtual ~DatabaseMeter() = default;

  // What durations are told by.
  virtual base::Instant now() const = 0;
  // Lives as long as this one. To be kept: finding it may wait.
  virtual StatementMeter& of(Operation operation, std::string_view table) = 0;

  // Of a pool: how many of its connections are in use, and open beside those.
  virtual void connections(std::string_view pool, std::size_t active, std::size_t idle) = 0;
  // Somebody has to wait for one of them.
  virtual void waits(std::string_view pool) = 0;
};

}  // namespace tickwitness::store
