// A store on a connection of a pool: what those of all databases do alike.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "store/batch/pool.h"
#include "store/batch/sink.h"

namespace tickwitness::store {

// `Writer` does what the calls of Sink with the same names ask for, on a connection that it keeps.
// That connection rests between the calls, and is given up with the writer after an error.
template <class Connection, class Writer>
class PooledSink : public Sink {
 public:
  SinkResult<Cursor> open() final {
    writer_.reset();
    auto connection = pool_.take();
    if (!connection) return std::unexpected(connection.error());
    auto writer = make_writer(std::move(*connection));
    if (!writer) return std::unexpected(writer.error());
    writer_.emplace(std::move(*writer));
    return use([](Writer& writer_of) { return writer_of.cursor(); });
  }
  SinkResult<Cursor> cursor(std::uint64_t spool) final {
    return use([&](Writer& writer) { return writer.cursor(spool); });
  }
  SinkResult<Stored> store(std::span<const pipeline::Tick> ticks,
                           std::span<const pipeline::GapEntry> gaps, Cursor upto) final {
    return use([&](Writer& writer) { return writer.write(ticks, gaps, upto); });
  }
  using Sink::store;
  SinkResult<std::uint64_t> forget_quotes(base::WallTime before, std::uint64_t at_most) final {
    return use([&](Writer& writer) { return writer.forget_quotes(before, at_most); });
  }
  SinkResult<std::optional<std::uint64_t>> disk_bytes() final {
    return use([](Writer& writer) { return writer.disk_bytes(); });
  }

 protected:
  // Among the connections of a pool, which outlives it, or with a pool of its own.
  explicit PooledSink(Pool<Connection>& pool) : pool_(pool) {}
  explicit PooledSink(std::unique_ptr<Pool<Connection>> own) : own_(std::move(own)), pool_(*own_) {}

 private:
  // Brings the schema up to date first.
  virtual SinkResult<Writer> make_writer(typename Pool<Connection>::Lease connection) = 0;

  template <class What>
  auto use(What what) -> decltype(what(std::declval<Writer&>())) {
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

  std::unique_ptr<Pool<Connection>> own_;  // null: it is somebody else's
  Pool<Connection>& pool_;
  std::optional<Writer> writer_;  // while it is open
};

}  // namespace tickwitness::store
