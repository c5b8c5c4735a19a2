#include "sim/record/link_record.h"

#include <algorithm>

namespace tickwitness::sim {

std::string_view to_string(ModelBreaker state) {
  switch (state) {
    case ModelBreaker::closed:
      return "closed";
    case ModelBreaker::open:
      return "open";
    case ModelBreaker::half_open:
      return "half_open";
  }
  return "";
}

bool LinkRecord::healthy(base::Instant now, base::Duration healthy_after) const {
  if (open && proven) return true;
  return open && accepted && attends_until(now) >= std::max(opened + healthy_after, accepted_at);
}

void LinkRecord::set_breaker(ModelBreaker state, base::Instant now) {
  if (breaker == state) return;
  breaker = state;
  breaker_changed = now;
}

void LinkRecord::on_attempt(base::Instant now) {
  ++attempts;
  if (opens != 0) ++reconnect_attempts;
  if (breaker == ModelBreaker::open) {
    if (now < open_until) ++attempts_while_open;
    set_breaker(ModelBreaker::half_open, now);
  }
  connecting = true;
  changed = now;
}

void LinkRecord::on_open(base::Instant now) {
  ++opens;
  connecting = false;
  open = true;
  accepted = proven = false;
  opened = changed = now;
}

void LinkRecord::on_accepted(base::Instant now) {
  if (!accepted) {
    accepted = true;
    accepted_at = changed = now;
  }
  if (breaker == ModelBreaker::half_open) {
    set_breaker(ModelBreaker::closed, now);
    failures = 0;
  }
}

void LinkRecord::on_closing(base::Instant now) {
  closing = true;
  closing_at = changed = now;
}

void LinkRecord::on_ended(base::Instant now, runtime::CloseReason reason, bool finishing,
                          const Promises& promises) {
  const bool forgiven = healthy(now, promises.healthy_after);
  ++(open ? ended : failed)[reason];
  if (finishing) {
    finished = true;
  } else if (forgiven) {
    failures = 0;
  } else {
    fail(now, promises);
  }
  connecting = open = closing = accepted = false;
  changed = now;
}

void LinkRecord::fail(base::Instant now, const Promises& promises) {
  ++failures;
  if (breaker != ModelBreaker::half_open && failures < promises.breaker_failures_max) return;
  set_breaker(ModelBreaker::open, now);
  open_until = now + promises.breaker_timeout;
  failures = 0;
  ++trips;
}

void LinkRecord::on_retired(base::Instant now) {
  if (retired) return;
  if (open) ++ended[runtime::CloseReason::local];
  connecting = open = closing = accepted = false;
  retired = true;
  changed = now;
}

void LinkRecord::on_promises(base::Instant now, const Promises& before) {
  proven = healthy(now, before.healthy_after);
}

}  // namespace tickwitness::sim
