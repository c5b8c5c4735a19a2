// Does what the keepers of trades and books ask for: questions to the venue's REST interface, new
// subscriptions of single books. No decisions here.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "feed/intake.h"
#include "feed/rest_client.h"
#include "runtime/executor.h"

namespace tickwitness::feed {

// On its executor's thread.
class GapFiller {
 public:
  struct Parts {  // all outlive the filler
    Intake& intake;
    runtime::Executor& executor;
    RestClient* rest = nullptr;  // null: nobody can be asked
    std::size_t book_depth = 0;  // of snapshots over REST
    exchange::BookSync book_sync = exchange::BookSync::checksum;
  };
  // `resubscribe`: the book of this market needs a new snapshot from the stream. `turn_done`:
  // something was handed on outside a frame.
  GapFiller(const Parts& parts, std::function<void(const market::Symbol&)> resubscribe,
            std::function<void()> turn_done);
  GapFiller(const GapFiller&) = delete;
  GapFiller& operator=(const GapFiller&) = delete;

  // After anything that the intake was given; cheap while nothing is missing.
  void after_frame();

 private:
  void keep();
  void fill(const BackfillAsk& ask);
  void resync(const market::Symbol& symbol);

  Parts parts_;
  std::function<void(const market::Symbol&)> resubscribe_;
  std::function<void()> turn_done_;
  std::unique_ptr<runtime::Timer> timer_;
  std::optional<base::Instant> armed_;
};

}  // namespace tickwitness::feed
