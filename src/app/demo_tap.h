// Stands between the demo's engine and its channels, and notes what passes: the record at the
// engine's end of the wire.
#pragma once

#include <memory>

#include "app/demo_notes.h"
#include "runtime/executor.h"
#include "runtime/message_channel.h"

namespace tickwitness::app {

// What the engine is told is noted before it is told, what it does when it does it. On the engine's
// executor but for finishing().
class DemoTap final : public runtime::MessageChannelFactory {
 public:
  // All outlive the tap. Noted is what goes to `port`.
  DemoTap(DemoNotes& notes, runtime::Executor& engine, runtime::MessageChannelFactory& channels,
          std::uint16_t port)
      : notes_(notes), engine_(engine), channels_(channels), port_(port) {}

  std::unique_ptr<runtime::MessageChannel> make(const runtime::ChannelLimits& limits) override;
  // The engine is about to be told that connections which end need no replacing. Any thread.
  void finishing();

 private:
  class Channel;

  DemoNotes& notes_;
  runtime::Executor& engine_;
  runtime::MessageChannelFactory& channels_;
  std::uint16_t port_;
  std::uint64_t last_link_ = 0;
};

}  // namespace tickwitness::app
