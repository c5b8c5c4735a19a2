// The product without what carries it: registry, engine and service, wired. The real process puts
// threads and sockets behind the seams (app/product.h), a simulated world its own time and network.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/engine.h"
#include "app/status_mailbox.h"
#include "runtime/executor.h"
#include "runtime/log.h"
#include "runtime/message_channel.h"
#include "serve/service.h"
#include "telemetry/catalog.gen.h"
#include "telemetry/registry.h"

namespace tickwitness::app {

// May be one and the same executor.
struct Seams {
  runtime::Executor& engine;
  runtime::Executor& serve;
  runtime::MessageChannelFactory& channels;  // on the engine's executor
  runtime::Log& log;
  runtime::HttpRequester* http = nullptr;  // on the engine's executor; null: REST is not asked
  pipeline::FrameTap* tap = nullptr;       // on the engine's executor; null: nothing is recorded
  pipeline::RecordTap* records = nullptr;  // on the engine's executor; null: nothing is stored
};

// Made before the executors run. Destroyed on the serve executor's thread once the engine's
// executor runs no more of its tasks.
class Composition {
 public:
  // Everything behind the seams outlives the composition. `measure` may be null; it is called on
  // the engine's executor, in each of its turns: measurements of the process.
  Composition(Seams seams, const EngineSettings& engine, serve::ServiceSettings service,
              const serve::ProcessInfo& process, serve::Service::Outside outside,
              std::function<void(base::Now)> measure);
  ~Composition();
  Composition(const Composition&) = delete;
  Composition& operator=(const Composition&) = delete;

  // Hands new settings to engine and service. On the serve executor.
  void apply(const EngineSettings& engine, std::vector<std::string> dialects);

  // Calls on the engine's executor.
  Engine& engine() { return engine_; }
  // Calls on the serve executor.
  serve::Service& service() { return service_; }
  // The engine's last report; null before the first. On the serve executor.
  const std::shared_ptr<const serve::EngineStatus>& status() const { return service_.status(); }
  telemetry::Registry& registry() { return registry_; }
  telemetry::Catalog& metrics() { return metrics_; }

 private:
  runtime::Executor& engine_executor_;
  runtime::Log& log_;
  telemetry::Registry registry_;
  telemetry::Catalog metrics_;
  Engine engine_;
  serve::Service service_;
  StatusMailbox reports_;
};

}  // namespace tickwitness::app
