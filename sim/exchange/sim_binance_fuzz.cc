// Any text from a client: the exchange answers it with frames that are JSON, or closes.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sim/exchange/binance.h"
#include "sim/exchange/json_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tickwitness;
  static const sim::Settings settings = [] {
    sim::Settings small = sim::binance_settings();
    small.pairs.resize(2);
    small.history = std::chrono::seconds(5);
    return small;
  }();
  const base::Now start{base::Instant(std::chrono::hours(1)),
                        base::WallTime(std::chrono::seconds(1'767'323'070))};
  sim::Binance exchange(settings, start);
  sim::Actions actions;
  // Requests are separated by NUL bytes; the whole is also asked as an HTTP target and connected
  // to.
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  static_cast<void>(exchange.on_http("GET", rest, start));
  if (exchange.on_attempt(rest, start) == sim::Binance::Admission::accept)
    exchange.on_connect(1, rest, start, actions);
  exchange.on_connect(2, "/stream", start, actions);
  base::Now now = start;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\0');
    now.mono += std::chrono::milliseconds(150);
    now.wall += std::chrono::milliseconds(150);
    exchange.on_text(2, now, rest.substr(0, end), actions);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  std::uint64_t frames = 0;
  for (const sim::Action& action : actions) {
    const auto* const sent = std::get_if<sim::Send>(&action);
    if (sent == nullptr) continue;
    ++frames;
    const sim::JsonLimits limits{.bytes_max = 1 << 20, .depth_max = 8, .values_max = 100'000};
    if (!sim::parse_json(sent->text, limits)) std::abort();
  }
  if (exchange.truth().frames_total() != frames) std::abort();
  return 0;
}
