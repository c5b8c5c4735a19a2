// The store on a PostgreSQL server. Its tables: docs/storage-postgres.md.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "store/batch/pooled_sink.h"
#include "store/postgres/connection.h"
#include "store/postgres/schema.h"
#include "store/postgres/writer.h"

namespace tickwitness::store::postgres {

// Saves the tables, which have this version, and says where.
using SaveTables = std::function<SinkResult<std::string>(int version)>;

// What store() returned survives a crash of the server, unless its administrator has turned fsync
// off. open() makes the schema `tickwitness` if there is none, and waits for a commit of an earlier
// connection whose outcome is not known yet. No error ever tells a password.
//
// Tables of an earlier version are saved by `save` before they are changed, once however often that
// is tried, unless it is null.
//
// Of what it is given it stores what an SQLite file takes, with the same limits.
class PostgresStore final : public PooledSink<Connection, Writer> {
 public:
  // With connections of its own, or among those of a pool, which outlives it.
  explicit PostgresStore(const PostgresSettings& settings, Migrations migrations = all_migrations(),
                         SaveTables save = nullptr)
      : PooledSink(make_pool(settings)), migrations_(migrations), save_(std::move(save)) {}
  explicit PostgresStore(Connections& pool, SaveTables save = nullptr)
      : PooledSink(pool), migrations_(all_migrations()), save_(std::move(save)) {}

  std::optional<std::string> saved() const override { return saved_; }

 private:
  SinkResult<Writer> make_writer(Connections::Lease connection) override;

  Migrations migrations_;
  SaveTables save_;
  std::optional<std::string> saved_;
};

}  // namespace tickwitness::store::postgres
