// Stands between the demo's engine and its channels, and notes what passes: the record at the
// engine's end of the wire.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "app/demo_notes.h"
#include "runtime/executor.h"
#include "runtime/message_channel.h"

namespace tickwitness::app {

// What the engine is told is noted before it is told, what it does when it does it. On the engine's
// executor but for finishing().
class DemoTap final : public runtime::MessageChannelFactory {
 public:
  using Notes = std::map<std::uint16_t, DemoNotes*>;
  // All outlive the tap. `notes`: by the port of which they are.
  DemoTap(Notes notes, runtime::Executor& engine, runtime::MessageChannelFactory& channels)
      : notes_(std::move(notes)), engine_(engine), channels_(channels) {}

  std::unique_ptr<runtime::MessageChannel> make(const runtime::ChannelLimits& limits) override;
  // The engine is about to be told that connections which end need no replacing. Any thread.
  void finishing();

 private:
  class Channel;

  Notes notes_;
  runtime::Executor& engine_;
  runtime::MessageChannelFactory& channels_;
  std::uint64_t last_link_ = 0;
};

}  // namespace tickwitness::app
