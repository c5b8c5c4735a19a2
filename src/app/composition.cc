#include "app/composition.h"

#include <utility>

namespace tickwitness::app {

Composition::Composition(Seams seams, const EngineSettings& engine, serve::ServiceSettings service,
                         const serve::ProcessInfo& process, serve::Service::Outside outside,
                         std::function<void(base::Now)> measure)
    : engine_executor_(seams.engine),
      log_(seams.log),
      metrics_(registry_),
      engine_({.executor = seams.engine,
               .channels = seams.channels,
               .registry = registry_,
               .metrics = metrics_,
               .log = seams.log,
               .http = seams.http,
               .tap = seams.tap,
               .records = seams.records},
              engine, std::move(measure),
              [this](StatusMailbox::Status status) { reports_.put(std::move(status)); }),
      service_(seams.serve, registry_, metrics_, process, std::move(service), std::move(outside)),
      reports_(seams.serve,
               [this](StatusMailbox::Status status) { service_.set_status(std::move(status)); }) {
  metrics_.build_info.set(
      telemetry::label::Version{process.version}, telemetry::label::Commit{process.commit},
      telemetry::label::Compiler{process.compiler},
      process.simulated ? telemetry::label::Mode::demo : telemetry::label::Mode::run);
  log_.on_error([this](std::string_view room) {
    // A room that the catalogue does not know is no reason to lose an error.
    const auto label = telemetry::from_word<telemetry::label::Room>(room);
    metrics_.errors.at(label.value_or(telemetry::label::Room::app)).inc();
  });
  log_.on_lost([lost = metrics_.log_lines_lost.at()] { lost.inc(); });
  for (const auto result : {telemetry::label::Result::success, telemetry::label::Result::failure}) {
    metrics_.config_reloads.at(result);
  }
  for (const auto word : telemetry::LabelWords<telemetry::label::Room>::words()) {
    // At 0 from the start: what never failed says so.
    metrics_.errors.at(*telemetry::from_word<telemetry::label::Room>(word));
  }
}

Composition::~Composition() {
  log_.on_error(nullptr);
  log_.on_lost(nullptr);
}

void Composition::apply(const EngineSettings& engine, std::vector<std::string> dialects) {
  service_.set_dialects(std::move(dialects));
  engine_executor_.post([this, engine] { engine_.apply(engine); });
}

}  // namespace tickwitness::app
