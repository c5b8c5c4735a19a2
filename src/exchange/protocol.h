// What feed/ needs of an exchange, sans-I/O: texts to send, frames to read. One implementation per
// exchange and protocol.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/messages.h"
#include "market/order_book.h"

namespace tickwitness::exchange {

struct Request {
  std::string text;
  std::uint64_t id = 0;
  std::vector<Subscription> subscriptions;  // what it asks for; each expects one ack with this id
};

// `wanted` in as few requests as can be, without texts: in each at most `most` subscriptions that
// may be asked for `together`, in the order of `wanted`, what is wanted twice once. Their ids are
// next_id and those that follow.
std::vector<Request> group_requests(std::span<const Subscription> wanted, std::uint64_t next_id,
                                    std::size_t most,
                                    bool (*together)(const Subscription&, const Subscription&));

// How a venue lets a client know that its order book is right.
enum class BookSync : std::uint8_t {
  checksum,    // the stream begins with a snapshot, and each change bears a checksum of the book
  update_ids,  // the snapshot comes over REST, changes are numbered without a hole
};

// Not thread-safe; each connection owns one.
class Protocol {
 public:
  virtual ~Protocol() = default;
  // Never throws and never fails as a call: what cannot be used comes back as Frame::malformed or
  // unsupported.
  virtual void decode(std::string_view text, Frame& out) = 0;
  // As few requests as the venue allows (at most 100 symbols each), ids from next_id on, each id
  // once.
  virtual std::vector<Request> subscribe(std::span<const Subscription> wanted,
                                         std::uint64_t next_id) = 0;
  virtual std::vector<Request> unsubscribe(std::span<const Subscription> wanted,
                                           std::uint64_t next_id) = 0;
  virtual std::string ping(std::uint64_t id) = 0;
  // What one connection may send in any second, pings included.
  virtual std::size_t max_messages_per_second() const { return 5; }
  // How subscriptions must be spread over connections: the index of the connection for each of
  // `wanted`, from 0.
  virtual std::vector<std::size_t> assign_connections(
      std::span<const Subscription> wanted) const = 0;

  virtual BookSync book_sync() const = 0;
  // Levels on each side that the venue's stream of books covers.
  virtual std::size_t book_depth() const = 0;
  // The same, seen that the longer side of a snapshot has `levels`: recordings do not always say
  // what had been asked for.
  virtual std::size_t book_depth_by(std::size_t levels) const {
    return levels > book_depth() ? levels : book_depth();
  }
  // What the venue computes of a book that looks like this one; nothing where it computes none.
  virtual std::optional<std::uint32_t> checksum_of(const market::OrderBook& book,
                                                   market::Precision precision) const = 0;
};

}  // namespace tickwitness::exchange
