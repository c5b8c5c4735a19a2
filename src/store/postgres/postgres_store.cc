#include "store/postgres/postgres_store.h"

namespace tickwitness::store::postgres {
namespace {

std::unexpected<SinkError> not_open() {
  return sink_fail("the store is not open", true);
}

}  // namespace

SinkResult<Cursor> PostgresStore::open() {
  writer_.reset();
  auto connection = Connection::open(settings_);
  if (!connection) return std::unexpected(connection.error());
  if (auto ok = bring_up_to_date(*connection, migrations_); !ok) {
    return std::unexpected(ok.error());
  }
  Writer writer(std::move(*connection));
  auto cursor = writer.cursor();
  if (cursor) writer_ = std::move(writer);
  return cursor;
}

SinkResult<Stored> PostgresStore::store(std::span<const pipeline::Tick> ticks, Cursor upto) {
  if (!writer_) return not_open();
  auto stored = writer_->write(ticks, upto);
  if (!stored) writer_.reset();
  return stored;
}

SinkResult<std::uint64_t> PostgresStore::forget_quotes(base::WallTime before,
                                                       std::uint64_t at_most) {
  if (!writer_) return not_open();
  auto gone = writer_->forget_quotes(before, at_most);
  if (!gone) writer_.reset();
  return gone;
}

}  // namespace tickwitness::store::postgres
