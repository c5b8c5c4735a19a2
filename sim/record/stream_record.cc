#include "sim/record/stream_record.h"

#include <algorithm>

namespace tickwitness::sim {

std::string_view to_string(StreamState state) {
  switch (state) {
    case StreamState::pending:
      return "pending";
    case StreamState::live:
      return "live";
    case StreamState::suspect:
      return "suspect";
    case StreamState::refused:
      return "refused";
  }
  return "";
}

base::Duration StreamRecord::silence(const LinkRecord& asker, base::Instant now,
                                     const Terms& terms) const {
  if (terms.resting) return base::Duration::zero();
  return asker.attends_until(now) - std::max(since, terms.counted_from);
}

StreamRecord::Silences StreamRecord::present(const LinkRecord& asker, base::Instant now,
                                             const Terms& terms) const {
  const base::Duration limit = terms.promises.stale_after(channel);
  if (!wanted || refused || counted || !asker.open || limit == base::Duration::max()) return {};
  if (terms.resting) return {};
  const base::Instant too_long = std::max(since, terms.counted_from) + limit;
  const base::Instant until = asker.attends_until(now);
  if (until < too_long) return {};
  const bool certain = until >= std::max(too_long, terms.stalled_until) + kNoticedWithin;
  return certain ? Silences{.certain = 1} : Silences{.possible = 1};
}

StreamRecord::Silences StreamRecord::silences(const LinkRecord& asker, base::Instant now,
                                              const Terms& terms) const {
  const Silences more = present(asker, now, terms);
  return {past.certain + more.certain, past.possible + more.possible};
}

void StreamRecord::end_silence(const LinkRecord& asker, base::Instant now, const Terms& terms) {
  past = silences(asker, now, terms);
  counted = false;
}

void StreamRecord::on_asked(std::uint64_t by, const LinkRecord& asker, base::Instant now,
                            const Terms& terms) {
  if (wanted && link == by) {
    // Asked for again, since no answer came. A silence that has been found already goes on.
    const Silences found = present(asker, now, terms);
    if (found.certain + found.possible == 0 && !counted) since = now;
    return;
  }
  if (link != by) granted = false;
  link = by;
  wanted = true;
  answered = refused = data = counted = rested_suspect = false;
  since = changed = now;
}

void StreamRecord::on_taken_back(const LinkRecord& asker, base::Instant now, const Terms& terms) {
  if (!wanted) return;
  end_silence(asker, now, terms);
  wanted = false;
  renewed = true;
  if (asker.open) taken_back = now;
  changed = now;
}

void StreamRecord::answer(const LinkRecord& asker, base::Instant now, const Terms& terms) {
  if (answered) return;
  answered = true;
  const Silences found = present(asker, now, terms);
  if (!data && found.certain + found.possible == 0 && !counted) since = now;
}

void StreamRecord::on_accepted(const LinkRecord& asker, base::Instant now, const Terms& terms) {
  answer(asker, now, terms);
  granted = true;
  if (!refused) return;
  refused = false;
  changed = now;
}

void StreamRecord::on_refused(const LinkRecord& asker, base::Instant now, const Terms& terms) {
  if (answered) return;
  answer(asker, now, terms);
  if (granted) return;  // "Already subscribed"
  end_silence(asker, now, terms);
  refused = true;
  changed = now;
}

void StreamRecord::on_data(const LinkRecord& asker, base::Instant now, std::uint32_t count,
                           const Terms& terms) {
  const base::Duration limit = terms.promises.stale_after(channel);
  const bool silent =
      counted || (limit != base::Duration::max() && silence(asker, now, terms) >= limit);
  if (silent) end_silence(asker, now, terms);
  if (silent || !data || refused) changed = now;
  data = answered = true;
  refused = renewed = rested_suspect = false;
  if (now - last_data.value_or(since) >= kAskedAfter) spoke_up = now;
  since = now;
  last_data = now;
  items += count;
}

void StreamRecord::on_lost(const LinkRecord& asker, base::Instant now, const Terms& terms) {
  end_silence(asker, now, terms);
  granted = answered = refused = data = renewed = rested_suspect = false;
  changed = now;
}

void StreamRecord::on_promises(const LinkRecord& asker, base::Instant now, const Terms& before) {
  const Silences found = present(asker, now, before);
  if (found.certain + found.possible == 0) return;
  past = silences(asker, now, before);
  counted = true;
}

void StreamRecord::on_rest(const LinkRecord& asker, base::Instant now, const Terms& before) {
  const base::Duration limit = before.promises.stale_after(channel);
  const bool judged = wanted && !refused && asker.open && limit != base::Duration::max();
  rested_suspect = judged && silence(asker, now, before) >= limit;
  on_promises(asker, now, before);
}

}  // namespace tickwitness::sim
