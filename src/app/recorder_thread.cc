#include "app/recorder_thread.h"

#include <utility>

#include "app/open_disk.h"

namespace tickwitness::app {
namespace {

// The ring must hold what comes within it, and each turn costs a wake-up.
constexpr base::Duration kTurnEvery = std::chrono::milliseconds(50);

store::RecorderSettings recorder_settings(const config::Settings& settings) {
  return {.instance = settings.instance,
          .file_bytes = settings.recorder.file_bytes,
          .file_age = settings.recorder.file_age,
          .total_bytes = settings.recorder.total_bytes,
          .keep = settings.recorder.keep};
}

}  // namespace

RecorderThread::RecorderThread(const config::Settings& settings)
    : settings_(recorder_settings(settings)),
      directory_(settings.recorder.directory.empty() ? settings.data_directory + "/recordings"
                                                     : settings.recorder.directory),
      ring_(settings.recorder.ring_bytes),
      tap_(ring_),
      timer_(executor_.make_timer()) {}

RecorderThread::~RecorderThread() {
  executor_.stop();
  if (thread_.joinable()) thread_.join();
}

void RecorderThread::start(telemetry::Catalog& metrics, runtime::Log& log) {
  recorder_ = std::make_unique<store::Recorder>(settings_, ring_, metrics, log,
                                                [this] { return open_disk(directory_); });
  executor_.post([this] { turn(); });
  thread_ = std::thread([this] { executor_.run(); });
}

void RecorderThread::turn() {
  recorder_->step(executor_.clock().now());
  timer_->arm(executor_.clock().now().mono + kTurnEvery, [this] { turn(); });
}

void RecorderThread::finish(std::function<void()> on_finished) {
  executor_.post([this, on_finished = std::move(on_finished)] {
    timer_->cancel();
    recorder_->finish(executor_.clock().now());
    on_finished();
  });
}

}  // namespace tickwitness::app
