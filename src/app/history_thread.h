// Answers questions about what was stored, on a thread of its own, which may wait for the database.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

#include "base/result.h"
#include "pipeline/history.h"
#include "runtime/executor_asio.h"
#include "runtime/log.h"
#include "store/batch/history.h"

namespace tickwitness::app {

// Calls from the thread of `asker`.
class HistoryThread {
 public:
  // As many questions may wait or be answered at a time.
  static constexpr std::size_t kQuestionsMax = 16;
  using OnHistory = std::function<void(base::Result<pipeline::History>)>;

  // `read` is called on the thread. All references outlive it.
  HistoryThread(store::ReadHistory read, runtime::Executor& asker, runtime::Log& log);
  // Waits for the statement that is under way. What was not answered by then never is.
  ~HistoryThread();
  HistoryThread(const HistoryThread&) = delete;
  HistoryThread& operator=(const HistoryThread&) = delete;

  // Calls back on the asker's thread. False: too many wait, this one was not taken.
  bool ask(const pipeline::HistoryQuery& query, OnHistory on_history);

 private:
  struct Waiting;  // of the asker's thread

  base::Result<pipeline::History> answer(const pipeline::HistoryQuery& query);

  store::ReadHistory read_;
  runtime::Executor& asker_;
  runtime::Log& log_;
  std::shared_ptr<Waiting> waiting_;
  std::stop_source ends_;  // nothing more is read
  runtime::AsioExecutor executor_;
  std::thread thread_;
};

}  // namespace tickwitness::app
