#include "feed/renewal.h"

#include <algorithm>

namespace tickwitness::feed {
namespace {

constexpr int kWaitDoublingsMax = 10;  // enough for kWaitMax

}  // namespace

void Renewal::begin(base::Instant now) {
  step_ = Step::unsubscribing;
  unsubscribe_id_.reset();
  sent_.reset();
  const base::Duration wait =
      kFirstWait * (std::int64_t{1} << std::min(in_vain_, kWaitDoublingsMax));
  not_before_ = now + std::min(wait, kWaitMax);
}

void Renewal::on_unsubscribe_sent(std::uint64_t request_id, base::Instant now) {
  unsubscribe_id_ = request_id;
  sent_ = now;
}

std::optional<HealResult> Renewal::end(HealResult result) {
  if (step_ == Step::none) return std::nullopt;
  step_ = Step::none;
  if (result == HealResult::healed) {
    in_vain_ = 0;
    not_before_.reset();
  } else if (result == HealResult::silent) {
    ++in_vain_;
  }
  return result;
}

}  // namespace tickwitness::feed
