#include "store/postgres/postgres_store.h"

namespace tickwitness::store::postgres {

template <class What>
auto PostgresStore::use(What what) -> decltype(what(std::declval<Writer&>())) {
  if (!writer_) return sink_fail("the store is not open", true);
  writer_->wake();
  auto result = what(*writer_);
  if (result) {
    writer_->rest();
  } else {
    writer_.reset();
  }
  return result;
}

SinkResult<Cursor> PostgresStore::open() {
  writer_.reset();
  auto connection = pool_.take();
  if (!connection) return std::unexpected(connection.error());
  if (auto ok = bring_up_to_date(**connection, migrations_); !ok) {
    return std::unexpected(ok.error());
  }
  writer_.emplace(std::move(*connection));
  return use([](Writer& writer) { return writer.cursor(); });
}

SinkResult<Cursor> PostgresStore::cursor(std::uint64_t spool) {
  return use([&](Writer& writer) { return writer.cursor(spool); });
}

SinkResult<Stored> PostgresStore::store(std::span<const pipeline::Tick> ticks,
                                        std::span<const pipeline::GapEntry> gaps, Cursor upto) {
  return use([&](Writer& writer) { return writer.write(ticks, gaps, upto); });
}

SinkResult<std::uint64_t> PostgresStore::forget_quotes(base::WallTime before,
                                                       std::uint64_t at_most) {
  return use([&](Writer& writer) { return writer.forget_quotes(before, at_most); });
}

}  // namespace tickwitness::store::postgres
