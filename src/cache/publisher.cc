#include "cache/publisher.h"

#include <fmt/format.h>

#include <chrono>

#include "base/json_write.h"

namespace tickwitness::cache {
namespace {

constexpr const char* kEntriesKept = "1000";  // about so many, as seed 000 has it

}  // namespace

std::pair<std::string, std::string> price_field(const LastPrice& price) {
  std::string text;
  base::JsonWriter json(text);
  json.begin_object().member("price", price.price);
  json.member("timestamp",
              std::chrono::floor<std::chrono::milliseconds>(price.time).time_since_epoch().count());
  json.end_object();
  return {fmt::format("{}:{}", market::to_string(price.venue), price.symbol.str()),
          std::move(text)};
}

Publisher::Publisher(RedisClient& client, const LastPrices& prices, telemetry::Catalog& metrics)
    : client_(client),
      prices_(prices),
      failures_(metrics.cache_update_failures.at(telemetry::label::Cache{"redis"})) {}

void Publisher::publish(const Second& second) {
  add(kKrakenStream, second.kraken);
  add(kSystemStream, second.system);
  write_prices(second);
}

void Publisher::add(const char* stream, const StreamFields& fields) {
  if (fields.empty()) return;
  Command command{.words = {"XADD", stream, "MAXLEN", "~", kEntriesKept, "*"}, .on_outcome = {}};
  for (const auto& [name, value] : fields) {
    command.words.push_back(name);
    command.words.push_back(value);
  }
  client_.submit(std::move(command));
}

void Publisher::write_prices(const Second& second) {
  Command command{.words = {"HSET", kPricesKey},
                  .on_outcome = [failures = failures_](base::Now, const Outcome& outcome) {
                    if (!outcome) failures.inc();
                  }};
  const std::size_t fixed = command.words.size();
  for (const auto& [venue, symbol] : second.markets) {
    const auto price = prices_.find(venue, symbol);
    if (!price) continue;
    auto [field, value] = price_field(*price);
    command.words.push_back(std::move(field));
    command.words.push_back(std::move(value));
  }
  if (command.words.size() > fixed) client_.submit(std::move(command));
}

}  // namespace tickwitness::cache
