// What a gateway tells: the values of an engine in another process, with the time that they had
// there, and how long ago they came. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "serve/seed_values.h"
#include "serve/view.h"

namespace tickwitness::app {

// Not thread-safe.
class GatewayView final : public serve::View {
 public:
  // `source`: from where, in a word: "redis", "scrape".
  explicit GatewayView(std::string source) : source_(std::move(source)) {}

  // The values of an entry, which was added `age` ago. Of an engine that dates its trips
  // `last_trip`; else a trip is seen in the count that grew.
  void take(const serve::SeedValues& values, base::Now now, base::Duration age,
            std::optional<base::WallTime> last_trip = std::nullopt);
  // An entry of metrics:system.
  void take_system(const serve::Fields& fields, base::Now now, base::Duration age);
  // Fields of the event beside seed 000's eight, as JSON: {"latency_of", "\"BTC-USD\""}.
  void take_more(serve::Fields more) { more_ = std::move(more); }
  // The source is there, or why not.
  void set_source(std::optional<std::string> problem) { problem_ = std::move(problem); }

  std::string event(base::Now now) const override;
  serve::Readiness readiness(base::Instant now) const override;
  std::vector<serve::Component> components(base::Instant now) const override;

 private:
  std::optional<base::Duration> age(base::Instant now) const;
  bool fresh(base::Instant now) const;

  std::string source_;
  std::optional<std::string> problem_ = "not reached yet";
  std::optional<serve::SeedValues> values_;
  base::Instant made_{};  // when the newest values were, by our clock
  std::optional<std::uint64_t> trips_;
  std::optional<base::WallTime> last_trip_;
  serve::Fields system_, more_;
  base::Instant system_made_{};
};

}  // namespace tickwitness::app
