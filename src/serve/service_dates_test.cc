// That events of the stream are dated in their order, where each reading of the clock takes time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/test_service.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::serve {
namespace {

using namespace std::chrono_literals;

// A quarter of a millisecond later at each reading.
class CreepingClock final : public runtime::Clock {
 public:
  explicit CreepingClock(const runtime::Clock& clock) : clock_(clock) {}
  base::Now now() const override {
    passed_ += 250us;
    const base::Now now = clock_.now();
    return {now.mono + passed_, now.wall + passed_};
  }

 private:
  const runtime::Clock& clock_;
  mutable base::Duration passed_{0};
};

class CreepingExecutor final : public runtime::Executor {
 public:
  void post(std::function<void()> task) override { hand_.post(std::move(task)); }
  std::unique_ptr<runtime::Timer> make_timer() override { return hand_.make_timer(); }
  const runtime::Clock& clock() const override { return clock_; }
  void run_until(base::Duration t) { hand_.run_until(t); }

 private:
  runtime::test::HandExecutor hand_;
  CreepingClock clock_{hand_.clock()};
};

TEST(ServiceDates, NoEventIsDatedBeforeTheOneBeforeIt) {
  CreepingExecutor executor;
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  std::vector<std::pair<std::string, std::int64_t>> dated;
  Service service(executor, registry, metrics, {}, {},
                  {.publish =
                       [&](std::string_view event, const std::string& data, const auto&) {
                         constexpr std::string_view kName = R"("timestamp":)";
                         const std::size_t at = data.find(kName);
                         ASSERT_NE(at, data.npos) << data;
                         dated.emplace_back(event, std::stoll(data.substr(at + kName.size())));
                       },
                   .counts = [] { return TransportCounts{}; }});
  service.start();
  executor.run_until(60s);
  ASSERT_GE(dated.size(), 70U);
  for (std::size_t i = 1; i < dated.size(); ++i) {
    EXPECT_GE(dated[i].second, dated[i - 1].second)
        << i << ": " << dated[i].first << " after " << dated[i - 1].first;
  }
}

}  // namespace
}  // namespace tickwitness::serve
