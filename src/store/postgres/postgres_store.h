// The store on a PostgreSQL server. Its tables: docs/storage-postgres.md.
#pragma once

#include "store/batch/pooled_sink.h"
#include "store/postgres/connection.h"
#include "store/postgres/schema.h"
#include "store/postgres/writer.h"

namespace tickwitness::store::postgres {

// What store() returned survives a crash of the server, unless its administrator has turned fsync
// off. open() makes the schema `tickwitness` if there is none, and waits for a commit of an earlier
// connection whose outcome is not known yet. No error ever tells a password.
//
// Of what it is given it stores what an SQLite file takes, with the same limits.
class PostgresStore final : public PooledSink<Connection, Writer> {
 public:
  // With connections of its own, or among those of a pool, which outlives it.
  explicit PostgresStore(const PostgresSettings& settings, Migrations migrations = all_migrations())
      : PooledSink(make_pool(settings)), migrations_(migrations) {}
  explicit PostgresStore(Connections& pool) : PooledSink(pool), migrations_(all_migrations()) {}

 private:
  SinkResult<Writer> make_writer(Connections::Lease connection) override;

  Migrations migrations_;
};

}  // namespace tickwitness::store::postgres
