// Tables that are made anew and filled with what a Snapshot showed.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/postgres/connection.h"

namespace tickwitness::store::postgres {

// The version in the file of the table schema_version, as Snapshot::read() shows it; 0 if it has
// none that this program knows how to make.
int version_in(std::string_view csv);

// On one thread. All is one transaction, which goes with it unless commit() was called.
class NewTables {
 public:
  // Of this version, which is a known one. Fails where there are tables of ours already.
  static SinkResult<NewTables> make(const PostgresSettings& settings, int version);

  // All that there is of one table, as Snapshot::read() showed it: `give` returns the next piece,
  // an empty one after the last.
  SinkResult<void> fill(std::string_view table,
                        const std::function<SinkResult<std::string_view>()>& give);
  // After an error it is not known whether they are there.
  SinkResult<void> commit();
  // What there is to fill, in the order in which it is to be filled.
  const std::vector<std::string>& tables() const { return tables_; }

 private:
  explicit NewTables(Connection connection) : connection_(std::move(connection)) {}
  SinkResult<void> begin(int version);
  SinkResult<void> make_parts();
  SinkResult<void> go_on_counting(std::string_view table);

  Connection connection_;
  std::vector<std::string> tables_;
};

}  // namespace tickwitness::store::postgres
