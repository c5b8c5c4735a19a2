#include "app/simulated_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kBacklogMax = 64;  // as the server keeps for each client
constexpr base::Duration kReads = 20ms;
constexpr base::Duration kReadsSlowly = 5s;

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

SimulatedPage::SimulatedPage(sim::Scheduler& scheduler, base::Prng random,
                             std::function<void(std::string)> complain)
    : scheduler_(scheduler),
      random_(random),
      complain_(std::move(complain)),
      reader_([this](const sim::PageEvent& event) { on_event(event); }) {}

void SimulatedPage::connect(const serve::Service& service) {
  if (std::exchange(connected_, true)) return;  // an attempt that waited for a stalled thread
  net::Request request{.method = "GET", .target = "/sse/metrics", .path = "/sse/metrics"};
  if (!last_id_.empty()) request.headers.push_back({"Last-Event-ID", last_id_});
  const auto first = service.first_events(request);
  backlog_.insert(backlog_.end(), first.begin(), first.end());
  wait();
}

void SimulatedPage::disconnect(bool for_good) {
  connected_ = false;
  backlog_.clear();
  reader_.reset();
  may_skip_ = true;
  if (for_good) last_id_.clear();
}

void SimulatedPage::publish(const serve::EventLog::Chunk& chunk) {
  if (!connected_) return;
  if (backlog_.size() >= kBacklogMax) {
    backlog_.clear();
    may_skip_ = true;
    ++lagged_;
  }
  backlog_.push_back(chunk);
  wait();
}

void SimulatedPage::wait() {
  if (std::exchange(waiting_, true)) return;
  scheduler_.at(scheduler_.now() + (slow_ ? kReadsSlowly : kReads), [this] {
    waiting_ = false;
    read_one();
  });
}

void SimulatedPage::read_one() {
  if (backlog_.empty()) return;
  const auto chunk = std::move(backlog_.front());
  backlog_.pop_front();
  std::string_view rest = *chunk;
  while (!rest.empty()) {
    const std::size_t piece = 1 + random_.below(rest.size());
    reader_.read(rest.substr(0, piece));
    rest.remove_prefix(piece);
  }
  if (!backlog_.empty()) wait();
}

void SimulatedPage::on_event(const sim::PageEvent& event) {
  ++events_;
  const auto id = number_of(event.id);
  if (!id || !event.json) return complain_(fmt::format("event '{}' cannot be read", event.id));
  const auto last = number_of(std::exchange(last_id_, event.id));
  const bool skipped = last && *id > *last + 1;
  // Where a stream begins anew with the newest metrics, a heartbeat may lie before what comes next.
  const bool may_skip = std::exchange(may_skip_, !last || (may_skip_ && skipped));
  if (last && *id <= *last) complain_(fmt::format("event {} came after {}", *id, *last));
  if (skipped && !may_skip) {
    complain_(fmt::format("event {} came after {}: {} lost", *id, *last, *id - *last - 1));
  }
}

}  // namespace tickwitness::app
