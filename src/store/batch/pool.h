// A few connections to a database, for those who write and those who read.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "store/batch/database_meter.h"
#include "store/batch/sink.h"

namespace tickwitness::store {

struct PoolLimits {
  std::size_t most = 4;  // connections, those that rest included
  // The longest that somebody waits for one while all are in use.
  std::chrono::milliseconds wait{5'000};
};

// Thread-safe. Outlives its leases. A connection has `bool healthy()`, which does not wait: false
// if it is known to be of no use any more.
template <class Connection>
class Pool {
 public:
  using Open = std::function<SinkResult<Connection>()>;

  // One that is in use, on one thread. It is closed with the lease, unless it is given back.
  class Lease {
   public:
    Lease(Lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)),
          connection_(std::move(other.connection_)),
          rests_(other.rests_) {}
    Lease& operator=(Lease&& other) noexcept {
      std::swap(pool_, other.pool_);
      std::swap(connection_, other.connection_);
      std::swap(rests_, other.rests_);
      return *this;
    }
    ~Lease() {
      if (pool_ != nullptr) pool_->close(std::move(connection_), rests_);
    }

    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

    // It is kept, and not in use until wake(). Nobody else gets it.
    void rest() { set_resting(true); }
    void wake() { set_resting(false); }
    // For whoever is next. Only where all that it was asked was answered.
    void give_back() && {
      wake();
      std::exchange(pool_, nullptr)->take_back(std::move(connection_));
    }

   private:
    friend class Pool;
    Lease(Pool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    void set_resting(bool rests) {
      if (std::exchange(rests_, rests) != rests) pool_->moved(rests);
    }

    Pool* pool_;  // null: moved from
    std::unique_ptr<Connection> connection_;
    bool rests_ = false;
  };

  // `name` is told to the meter, which outlives the pool; null: nobody counts. `open` may be called
  // by several threads at once.
  Pool(std::string name, Open open, PoolLimits limits = {}, DatabaseMeter* meter = nullptr)
      : name_(std::move(name)), open_(std::move(open)), limits_(limits), meter_(meter) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // One that was given back and is healthy, or a new one; where there may be no more, it waits for
  // one to come back.
  SinkResult<Lease> take() {
    if (auto free = free_or_place(); !free) {
      return std::unexpected(free.error());
    } else if (*free) {
      return Lease(*this, std::move(*free));
    }
    auto opened = open_();
    const std::scoped_lock lock(mutex_);
    if (!opened) {
      leave();
      return std::unexpected(opened.error());
    }
    ++active_;
    tell();
    return Lease(*this, std::make_unique<Connection>(std::move(*opened)));
  }

  // What `what` makes of one of them, which is given back unless that is an error.
  template <class What>
  auto with(What what) -> decltype(what(std::declval<Connection&>())) {
    auto lease = take();
    if (!lease) return std::unexpected(lease.error());
    auto result = what(**lease);
    if (result) std::move(*lease).give_back();
    return result;
  }

 private:
  // Null: there is a place for a new one, which is taken.
  SinkResult<std::unique_ptr<Connection>> free_or_place() {
    std::unique_lock lock(mutex_);
    const auto can = [this] { return !free_.empty() || places_ < limits_.most; };
    if (!can()) {
      if (meter_ != nullptr) meter_->waits(name_);
      if (!freed_.wait_for(lock, limits_.wait, can)) {
        return sink_fail(name_ + ": all " + std::to_string(limits_.most) +
                             " connections are in use, and none came back in time; ask again",
                         true);
      }
    }
    while (!free_.empty()) {
      auto one = std::move(free_.back());
      free_.pop_back();
      if (one->healthy()) {
        ++active_;
        tell();
        return one;
      }
      leave();
    }
    ++places_;
    return nullptr;
  }
  // The rest is called with the lock.
  void leave() {
    --places_;
    tell();
    freed_.notify_one();
  }
  void tell() {
    if (meter_ != nullptr) meter_->connections(name_, active_, free_.size() + resting_);
  }

  void moved(bool rests) {
    const std::scoped_lock lock(mutex_);
    rests ? ++resting_ : --resting_;
    rests ? --active_ : ++active_;
    tell();
  }
  void close(std::unique_ptr<Connection> connection, bool rested) {
    connection.reset();  // it is gone when it is said to be
    const std::scoped_lock lock(mutex_);
    --(rested ? resting_ : active_);
    leave();
  }
  void take_back(std::unique_ptr<Connection> connection) {
    const std::scoped_lock lock(mutex_);
    free_.push_back(std::move(connection));
    --active_;
    tell();
    freed_.notify_one();
  }

  const std::string name_;
  const Open open_;
  const PoolLimits limits_;
  DatabaseMeter* const meter_;
  std::mutex mutex_;  // guards all below
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Connection>> free_;  // the last one was used last
  // Those there are, and those that are being opened.
  std::size_t places_ = 0, active_ = 0, resting_ = 0;
};

}  // namespace tickwitness::store
