// A reader of trades on a connection of a pool: what those of all databases do alike.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "store/batch/pool.h"
#include "store/batch/trade_reader.h"

namespace tickwitness::store {

// `Reader` is what derives from it, with a prepare() that it may call. The connection is in use
// while the reader asks, and is to be given back at the end of the trades.
template <class Reader, class Connection>
class PooledReader : public TradeReader {
  friend Reader;
  PooledReader(typename Pool<Connection>::Lease connection, const TradeQuery& query)
      : connection_(std::move(connection)), query_(query) {}

 public:
  // Fails where there is no database, or one of another version. The pool outlives the reader, or
  // is the reader's own.
  static SinkResult<Reader> open(Pool<Connection>& pool, const TradeQuery& query) {
    auto connection = pool.take();
    if (!connection) return std::unexpected(connection.error());
    Reader reader(std::move(*connection), query);
    if (auto ok = reader.prepare(); !ok) return std::unexpected(ok.error());
    reader.connection_->rest();
    return reader;
  }
  static SinkResult<Reader> open(std::unique_ptr<Pool<Connection>> own, const TradeQuery& query) {
    auto reader = open(*own, query);
    if (reader) reader->own_ = std::move(own);
    return reader;
  }

 protected:
  Connection& connection() const { return **connection_; }
  // All was read.
  void give_back() {
    if (connection_) std::move(*connection_).give_back();
    connection_.reset();
  }

  std::unique_ptr<Pool<Connection>> own_;
  std::optional<typename Pool<Connection>::Lease> connection_;  // nothing: all was read
  TradeQuery query_;
};

}  // namespace tickwitness::store
