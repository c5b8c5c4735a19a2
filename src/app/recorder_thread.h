// The recorder of the real process: its ring, and a thread of its own that may wait for the disk.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "config/settings.h"
#include "runtime/executor_asio.h"
#include "runtime/log.h"
#include "store/recorder.h"
#include "store/ring_tap.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::app {

// Calls from the main thread, unless said otherwise.
class RecorderThread {
 public:
  explicit RecorderThread(const config::Settings& settings);
  ~RecorderThread();
  RecorderThread(const RecorderThread&) = delete;
  RecorderThread& operator=(const RecorderThread&) = delete;

  // For the engine's thread.
  pipeline::FrameTap& tap() { return tap_; }
  runtime::AsioExecutor& executor() { return executor_; }

  // Both outlive the thread.
  void start(telemetry::Catalog& metrics, runtime::Log& log);
  // When the engine shows nothing more: writes what is left, then calls back on the recorder's
  // thread. Once, after start().
  void finish(std::function<void()> on_finished);

 private:
  void turn();

  store::RecorderSettings settings_;
  std::string directory_;
  store::FrameRing ring_;
  store::RingTap tap_;
  runtime::AsioExecutor executor_;
  std::unique_ptr<runtime::Timer> timer_;
  std::unique_ptr<store::Recorder> recorder_;
  std::thread thread_;
};

}  // namespace tickwitness::app
