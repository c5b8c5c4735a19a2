#include "app/demo_tap.h"

#include <utility>

namespace tickwitness::app {

class DemoTap::Channel final : public runtime::MessageChannel {
 public:
  Channel(DemoTap& tap, const runtime::ChannelLimits& limits)
      : tap_(tap), link_(++tap.last_link_), channel_(tap.channels_.make(limits)) {}
  ~Channel() override { note({.what = EngineNote::What::dropped, .now = now()}); }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  void open(const runtime::Endpoint& endpoint, Events events) override {
    const auto notes = tap_.notes_.find(endpoint.port);
    if (notes == tap_.notes_.end()) return channel_->open(endpoint, std::move(events));
    notes_ = notes->second;
    state_ = State::connecting;
    note({.what = EngineNote::What::attempt, .now = now()});
    channel_->open(
        endpoint,
        {.on_open =
             [this, tell = std::move(events.on_open)](base::Now at) {
               state_ = State::open;
               note({.what = EngineNote::What::open, .now = at});
               tell(at);
             },
         .on_message =
             [this, tell = std::move(events.on_message)](base::Now received,
                                                         std::string_view text) {
               note({.what = EngineNote::What::delivered,
                     .now = received,
                     .print = MessagePrint::of(text)});
               tell(received, text);
             },
         .on_closed =
             [this, tell = std::move(events.on_closed)](base::Now at,
                                                        const runtime::Closed& closed) {
               state_ = State::idle;
               note({.what = EngineNote::What::ended, .now = at, .reason = closed.reason});
               tell(at, closed);  // may drop this channel
             }});
  }
  void send(std::string text) override {
    if (state_ == State::open) note({.what = EngineNote::What::sent, .now = now(), .text = text});
    channel_->send(std::move(text));
  }
  void close() override {
    if (state_ == State::connecting || state_ == State::open) {
      state_ = State::closing;
      note({.what = EngineNote::What::closing, .now = now()});
    }
    channel_->close();
  }

 private:
  enum class State : std::uint8_t { idle, connecting, open, closing };

  base::Now now() const { return tap_.engine_.clock().now(); }
  void note(EngineNote note) {
    if (notes_ == nullptr) return;  // never opened, or to elsewhere
    note.link = link_;
    notes_->add(std::move(note));
  }

  DemoTap& tap_;
  std::uint64_t link_;
  std::unique_ptr<runtime::MessageChannel> channel_;
  DemoNotes* notes_ = nullptr;  // of where it goes
  State state_ = State::idle;
};

std::unique_ptr<runtime::MessageChannel> DemoTap::make(const runtime::ChannelLimits& limits) {
  return std::make_unique<Channel>(*this, limits);
}

void DemoTap::finishing() {
  engine_.post([this] {
    for (const auto& [port, notes] : notes_)
      notes->add(EngineNote{.what = EngineNote::What::finishing});
  });
}

}  // namespace tickwitness::app
