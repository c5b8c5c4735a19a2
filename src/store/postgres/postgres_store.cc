#include "store/postgres/postgres_store.h"

#include <utility>

namespace tickwitness::store::postgres {

SinkResult<Writer> PostgresStore::make_writer(Connections::Lease connection) {
  if (auto ok = bring_up_to_date(*connection, migrations_); !ok) {
    return std::unexpected(ok.error());
  }
  return Writer(std::move(connection));
}

}  // namespace tickwitness::store::postgres
