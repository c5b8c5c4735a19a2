#include "store/postgres/postgres_store.h"

#include <utility>

namespace tickwitness::store::postgres {

SinkResult<Writer> PostgresStore::make_writer(Connections::Lease connection) {
  const auto save = [this](int version) -> SinkResult<void> {
    if (!save_ || saved_) return {};
    auto where = save_(version);
    if (!where) return std::unexpected(where.error());
    saved_ = std::move(*where);
    return {};
  };
  if (auto ok = bring_up_to_date(*connection, migrations_, save); !ok) {
    return std::unexpected(ok.error());
  }
  return Writer(std::move(connection));
}

}  // namespace tickwitness::store::postgres
