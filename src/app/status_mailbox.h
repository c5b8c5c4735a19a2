// The way of the engine's reports to serve: a slot for the newest. However long the reader does not
// run, one report and one posted task wait for it.
#pragma once

#include <functional>
#include <memory>

#include "runtime/executor.h"
#include "serve/status.h"

namespace tickwitness::app {

class StatusMailbox {
 public:
  using Status = std::shared_ptr<const serve::EngineStatus>;

  // `on_status` is called on the reader's thread, each time with the newest report there is then.
  StatusMailbox(runtime::Executor& reader, std::function<void(Status)> on_status);
  // On the reader's thread; a task that is still posted does nothing then.
  ~StatusMailbox();
  StatusMailbox(const StatusMailbox&) = delete;
  StatusMailbox& operator=(const StatusMailbox&) = delete;

  // Thread-safe; `status` is not null. What the same thread posts to the reader afterwards runs
  // after on_status has got this report or a newer one.
  void put(Status status);

 private:
  struct Slot;
  runtime::Executor& reader_;
  std::shared_ptr<Slot> slot_;  // shared with the posted task
};

}  // namespace tickwitness::app
