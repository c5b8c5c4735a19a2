#include "app/status_mailbox.h"

#include <mutex>
#include <utility>

#include "base/planted.h"

namespace tickwitness::app {

struct StatusMailbox::Slot {
  std::function<void(Status)> on_status;  // of the reader's thread
  std::mutex mutex;                       // guards what follows
  Status newest;                          // set exactly while a task is posted
};

StatusMailbox::StatusMailbox(runtime::Executor& reader, std::function<void(Status)> on_status)
    : reader_(reader), slot_(std::make_shared<Slot>()) {
  slot_->on_status = std::move(on_status);
}

StatusMailbox::~StatusMailbox() {
  slot_->on_status = nullptr;
}

void StatusMailbox::put(Status status) {
  if (base::planted(base::PlantedBug::unbounded_queue)) {
    return reader_.post([slot = slot_, status] {
      if (slot->on_status) slot->on_status(status);
    });
  }
  {
    const std::lock_guard lock(slot_->mutex);
    slot_->newest.swap(status);
  }
  if (status != nullptr) return;  // the task posted for that one will find this one
  reader_.post([slot = slot_] {
    Status newest;
    {
      const std::lock_guard lock(slot->mutex);
      newest.swap(slot->newest);
    }
    if (slot->on_status) slot->on_status(std::move(newest));
  });
}

}  // namespace tickwitness::app
