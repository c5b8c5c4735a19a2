#include "net/reach.h"

#include <fmt/format.h>

#include <utility>

#include "net/connect.h"

namespace tickwitness::net {

class Reach::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(runtime::AsioExecutor& executor, std::function<void(Reached)> on_done)
      : executor_(executor), on_done_(std::move(on_done)), timer_(executor.make_timer()) {}

  void start(const runtime::Endpoint& endpoint, base::Duration timeout) {
    reached_.started = executor_.clock().now().mono;
    connector_ = std::make_shared<Connector>(
        executor_, std::make_shared<TlsClientContexts>(), endpoint, nullptr,
        [self = shared_from_this()](std::expected<Transport, runtime::Closed> result) {
          if (result) return self->finish(std::nullopt);
          self->finish(std::move(result.error()));
        });
    timer_->arm(reached_.started + timeout, [this, timeout] {
      const auto self = shared_from_this();
      const runtime::Closed closed{
          .reason = runtime::CloseReason::timeout,
          .detail = fmt::format("not within {:g} s, stuck at: {}", base::seconds(timeout),
                                connector_->stage())};
      connector_->cancel();
      finish(closed);
    });
    connector_->start();
  }

  void abandon() {
    on_done_ = nullptr;
    timer_->cancel();
    connector_->cancel();
  }

 private:
  void finish(std::optional<runtime::Closed> failure) {
    timer_->cancel();
    const Connector::Times& times = connector_->times();
    reached_.resolved = times.resolved;
    reached_.connected = times.connected;
    reached_.secured = times.secured;
    reached_.ended = executor_.clock().now().mono;
    reached_.failure = std::move(failure);
    if (on_done_) std::exchange(on_done_, nullptr)(reached_);
  }

  runtime::AsioExecutor& executor_;
  std::function<void(Reached)> on_done_;
  std::unique_ptr<runtime::Timer> timer_;
  std::shared_ptr<Connector> connector_;
  Reached reached_;
};

Reach::Reach(runtime::AsioExecutor& executor, const runtime::Endpoint& endpoint,
             base::Duration timeout, std::function<void(Reached)> on_done)
    : impl_(std::make_shared<Impl>(executor, std::move(on_done))) {
  impl_->start(endpoint, timeout);
}

Reach::~Reach() {
  impl_->abandon();
}

}  // namespace tickwitness::net
