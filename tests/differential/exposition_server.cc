// Serves one fixed set of metrics in each of the three formats, whatever is asked for: /text,
// /openmetrics and /protobuf; /accept is the Accept header of the last scrape. Prints its port.
// What a scraper must hold of it is in truth.mjs, by hand. Ends on SIGTERM.
#include <fmt/format.h>

#include <cmath>
#include <csignal>
#include <cstdio>
#include <map>
#include <string>

#include "net/http_server.h"
#include "telemetry/core/exposition.h"

namespace tickwitness {
namespace {

namespace core = telemetry::core;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

void fill_counters(core::Registry& registry) {
  core::FamilyDecl exact{.name = "fixed_exact_bytes_total",
                         .help = "Quotes \" and \\ backslashes\nand a second line."};
  exact.unit = "bytes";
  exact.labels = {"text", "other"};
  const core::CounterFamily bytes(registry.add(exact));
  bytes.at("plain", "").add(3);
  bytes.at("2^53+1", "").add((std::uint64_t{1} << 53) + 1);
  bytes.at("2^64-1", "").add(~std::uint64_t{0});
  bytes.at("quote \" backslash \\ newline \n end", "x").add(5);
  bytes.at("back\\nslash-n", "a=\"b\",c").add(6);
  bytes.at("h\u00e9 \u65e5\u672c \U0001F600", "").add(7);
  bytes.at("bad \xFF byte", "").add(8);
  bytes.at("", "").add(9);
  registry.fractional_counter("fixed_busy_seconds_total", "Busy.").at().add(0.1 + 0.2);
  registry.counter("fixed_without_help_total", "").at().add(1);
  registry.counter("fixed_untyped_in_openmetrics", "No _total.").at().add(4);
  const core::CounterFamily many = registry.counter("fixed_many_total", "Many.", {"number"});
  for (std::uint64_t i = 0; i < 2500; ++i) many.at(std::to_string(i)).add(i * i);
}

void fill_gauges(core::Registry& registry) {
  const core::GaugeFamily odd = registry.gauge("fixed_odd", "Doubles.", {"value"});
  odd.at("nan").set(std::nan(""));
  odd.at("up").set(INFINITY);
  odd.at("down").set(-INFINITY);
  odd.at("tiny").set(1e-300);
  odd.at("least").set(5e-324);
  odd.at("most").set(1.7976931348623157e308);
  odd.at("sum").set(0.1 + 0.2);
  odd.at("third").set(-1.0 / 3);
  odd.at("minus zero").set(-0.0);
  odd.at("absent").clear();
  registry.gauge("fixed_warmth", "\xFF!").at().set(21.5);
  registry.stateset("fixed_door", "Door.", "state", {"shut", "open \"wide\""}).at().set(1);
  registry.info("fixed_build_info", "Build.", {"version"}).at("1.2");
}

// Exemplars ascend in time with the values: Prometheus wants that of one series.
void fill_histograms(core::Registry& registry) {
  const auto at = [](int milli) { return core::WallTime(milliseconds(1'700'000'000'000 + milli)); };
  for (const bool native : {false, true}) {
    core::FamilyDecl decl{.name = native ? "fixed_native_seconds" : "fixed_delay_seconds",
                          .kind = core::Kind::histogram,
                          .help = "Delay."};
    decl.unit = "seconds";
    decl.labels = {"place"};
    decl.native = native;
    for (const nanoseconds bound : {nanoseconds(12'500), nanoseconds(milliseconds(5)),
                                    nanoseconds(seconds(1)), nanoseconds(seconds(2'500'000))}) {
      decl.bounds.push_back(bound.count());
    }
    const core::HistogramFamily delays(registry.add(decl));
    delays.at("nowhere");
    const core::Histogram delay = delays.at("he\"re");
    delay.observe(nanoseconds(0));
    delay.observe(nanoseconds(12'500));  // on a bound
    delay.observe(nanoseconds(12'501));
    delay.observe(milliseconds(5), {"trade_id", "a \"5\""}, at(125));
    for (int i = 0; i < 90; ++i) delay.observe(milliseconds(500));
    delay.observe(seconds(1), {"trade_id", "b"}, at(250));
    delay.observe(seconds(3'000'000), {"trade_id", "c"}, at(375));
  }
  const core::SummaryFamily summaries =
      registry.summary("fixed_wait_seconds", "Wait.", {0.5, 1}, {"place"});
  const core::Summary wait = summaries.at("here");
  summaries.at("nowhere");
  for (const int nanos : {20, 40, 60}) wait.observe(nanoseconds(nanos));
  registry.tick(seconds(1));
  core::FamilyDecl sizes{
      .name = "fixed_size_bytes", .kind = core::Kind::histogram, .help = "Sizes."};
  sizes.per_unit = 1;
  sizes.bounds = {1024, 1'048'576, 16'777'216};
  const core::Histogram size = core::HistogramFamily(registry.add(sizes)).at();
  size.observe_units(1024);
  size.observe_units(2'000'000);
  const core::Counter named = registry.counter("fixed_named_total", "Named.").at();
  named.add(7, {"trade_id", "n\\\n1"}, at(500));
}

int serve() {
  core::Registry registry;
  fill_counters(registry);
  fill_gauges(registry);
  fill_histograms(registry);
  const std::map<std::string, core::Format> formats{{"/text", core::Format::text_0_0_4},
                                                    {"/openmetrics", core::Format::openmetrics_1_0},
                                                    {"/protobuf", core::Format::protobuf}};
  std::string accept;
  runtime::AsioExecutor executor;
  net::HttpServer server(executor, {}, [&](const net::Request& request, net::Responder responder) {
    if (request.path == "/accept") return responder.respond(net::Response::text(200, accept));
    const auto found = formats.find(request.path);
    if (found == formats.end()) return responder.respond(net::Response::text(404, "no such page"));
    accept = request.header("Accept").value_or("");
    const core::Format format = found->second;
    responder.respond(net::Response::of(200, std::string(core::content_type(format)),
                                        core::render(registry, {.format = format})));
  });
  const auto port = server.listen({});
  if (!port) {
    fmt::print(stderr, "{}\n", port.error().message);
    return 1;
  }
  fmt::print("{}\n", *port);
  std::fflush(stdout);
  const runtime::SignalWatch watch(executor, {SIGTERM, SIGINT}, [&](int) { executor.stop(); });
  executor.run();
  return 0;
}

}  // namespace
}  // namespace tickwitness

int main() {
  return tickwitness::serve();
}
