#include "sim/world/pipe.h"

#include <algorithm>
#include <utility>

#include "sim/exchange/draw.h"

namespace tickwitness::sim {
namespace {

constexpr std::size_t kSegmentsMax = 64;  // of one write, so that shredding stays affordable
constexpr base::Duration kBetweenSegments = std::chrono::microseconds(20);

}  // namespace

Pipe::Pipe(Scheduler& scheduler, base::Prng& random, const Weather& weather, Sink sink)
    : scheduler_(scheduler), random_(random), weather_(weather), sink_(std::move(sink)) {}

Pipe::~Pipe() {
  if (event_ != 0) scheduler_.cancel(event_);
}

base::Duration Pipe::draw_delay() {
  return weather_.delay_min + exponential(random_, weather_.delay_extra);
}

void Pipe::push(Mark mark, std::string_view bytes, base::Duration delay) {
  last_ = std::max(last_, scheduler_.now() + delay);
  items_.push_back({last_, mark, std::string(bytes)});
  in_flight_ += bytes.size();
  if (event_ == 0) wait();
}

void Pipe::write(std::string_view bytes) {
  const base::Duration delay = draw_delay();
  const std::size_t piece =
      std::max({weather_.segment_bytes_max, bytes.size() / kSegmentsMax + 1, std::size_t{1}});
  base::Duration extra{0};
  while (bytes.size() > piece) {
    const std::size_t size = 1 + random_.below(piece);
    push(Mark::bytes, bytes.substr(0, size), delay + extra);
    bytes.remove_prefix(size);
    extra += kBetweenSegments;
  }
  push(Mark::bytes, bytes, delay + extra);
}

void Pipe::mark(Mark mark) {
  push(mark, {}, draw_delay());
}

void Pipe::cut() {
  const std::size_t kept = random_.below(items_.size() + 1);
  while (items_.size() > kept) {
    in_flight_ -= items_.back().bytes.size();
    items_.pop_back();
  }
  if (items_.empty() && event_ != 0) scheduler_.cancel(std::exchange(event_, 0));
  last_ = items_.empty() ? scheduler_.now() : items_.back().at;
  push(Mark::reset, {}, draw_delay());
}

void Pipe::wait() {
  if (items_.empty() || weather_.black_hole) return;
  event_ = scheduler_.at(items_.front().at, [this] {
    event_ = 0;
    arrive();
  });
}

void Pipe::arrive() {
  if (weather_.black_hole) return;  // resume() goes on
  const Item item = std::move(items_.front());
  items_.pop_front();
  in_flight_ -= item.bytes.size();
  wait();
  sink_(item.mark, item.bytes);  // may destroy this
}

void Pipe::resume() {
  if (event_ != 0 || items_.empty() || weather_.black_hole) return;
  // Sent again by the other side, whose waits have grown meanwhile.
  const base::Duration again =
      scheduler_.now() + exponential(random_, std::chrono::milliseconds(500));
  for (Item& item : items_) item.at = std::max(item.at, again);
  last_ = items_.back().at;
  wait();
}

}  // namespace tickwitness::sim
