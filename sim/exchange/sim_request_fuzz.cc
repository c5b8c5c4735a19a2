// Any text from a client: the exchange answers it with frames that are JSON, or ignores it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sim/exchange/json_reader.h"
#include "sim/exchange/kraken.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tickwitness;
  static const sim::Settings settings = [] {
    sim::Settings small;
    small.pairs.resize(2);
    small.history = std::chrono::seconds(5);
    return small;
  }();
  const base::Now start{base::Instant(std::chrono::hours(1)),
                        base::WallTime(std::chrono::seconds(1'767'323'070))};
  sim::Kraken exchange(settings, start);
  sim::Actions actions;
  exchange.on_connect(1, "/v2", start, actions);
  // Requests are separated by NUL bytes; the whole is also asked as an HTTP target.
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  static_cast<void>(exchange.on_http("GET", rest, start));
  while (!rest.empty()) {
    const std::size_t end = rest.find('\0');
    exchange.on_text(1, start, rest.substr(0, end), actions);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  for (const sim::Action& action : actions) {
    const auto* const sent = std::get_if<sim::Send>(&action);
    if (sent == nullptr) std::abort();
    const sim::JsonLimits limits{.bytes_max = 1 << 20, .depth_max = 8, .values_max = 100'000};
    if (!sim::parse_json(sent->text, limits)) std::abort();
  }
  if (exchange.truth().frames_total() != actions.size()) std::abort();
  return 0;
}
