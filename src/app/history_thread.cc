#include "app/history_thread.h"

#include <cstdint>
#include <map>
#include <utility>

namespace tickwitness::app {

struct HistoryThread::Waiting {
  std::map<std::uint64_t, OnHistory> questions;
  std::uint64_t next = 0;
};

HistoryThread::HistoryThread(store::ReadHistory read, runtime::Executor& asker, runtime::Log& log)
    : read_(std::move(read)),
      asker_(asker),
      log_(log),
      waiting_(std::make_shared<Waiting>()),
      thread_([this] { executor_.run(); }) {}

HistoryThread::~HistoryThread() {
  ends_.request_stop();  // the executor does what is posted before it stops
  executor_.stop();
  thread_.join();
}

bool HistoryThread::ask(const pipeline::HistoryQuery& query, OnHistory on_history) {
  if (waiting_->questions.size() >= kQuestionsMax) return false;
  const std::uint64_t number = waiting_->next++;
  waiting_->questions.emplace(number, std::move(on_history));
  // What is posted back may find that nobody waits any more.
  executor_.post([this, query, number, asked = std::weak_ptr(waiting_)] {
    if (ends_.stop_requested()) return;
    asker_.post([asked, number, history = answer(query)]() mutable {
      const auto waiting = asked.lock();
      if (!waiting) return;
      const auto node = waiting->questions.extract(number);
      if (node) node.mapped()(std::move(history));
    });
  });
  return true;
}

base::Result<pipeline::History> HistoryThread::answer(const pipeline::HistoryQuery& query) {
  auto history = read_(query, ends_.get_token());
  if (history) return std::move(*history);
  log_.error("store", "the database cannot be read for its history",
             {{"why", history.error().message}});
  return base::fail(history.error().message);
}

}  // namespace tickwitness::app
