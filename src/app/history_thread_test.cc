#include "app/history_thread.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using pipeline::History;
using pipeline::HistoryQuery;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The main thread, a log, and a database whose answers wait until they may come.
class HistoryThreadTest : public testing::Test {
 protected:
  HistoryThreadTest() {
    thread_.emplace(
        [this](const HistoryQuery& query,
               const std::stop_token& stop) -> store::SinkResult<History> {
          ++read_;
          reader_ = std::this_thread::get_id();
          may_answer_.wait();
          stopped_ = stop.stop_requested();
          if (fail_) return store::sink_fail("the disk is gone", true);
          return History{.ticks = {}, .more = query.limit == 7};
        },
        main_, log_);
  }
  ~HistoryThreadTest() override { let_answer(); }
  // From now on; at first nothing is answered.
  void let_answer() {
    if (!std::exchange(answers_, true)) let_.set_value();
  }
  bool ask(std::size_t limit = 1) {
    HistoryQuery query;
    query.limit = limit;
    return thread_->ask(query, [this](const base::Result<History>& history) {
      EXPECT_EQ(std::this_thread::get_id(), test_);
      answered_.push_back(!history ? history.error().message : history->more ? "more" : "all");
    });
  }
  // Runs the main thread until so many were answered.
  void run_until(std::size_t answered) {
    for (int i = 0; answered_.size() < answered && i < 1000; ++i) main_.run_one_for(10ms);
    ASSERT_EQ(answered_.size(), answered);
  }

  runtime::AsioExecutor main_;
  std::string logged_;  // read when the thread has answered
  runtime::Log log_{main_.clock(), base::LogFormat::logfmt, {}, [this](std::string_view line) {
                      logged_ += line;
                    }};
  std::promise<void> let_;
  std::shared_future<void> may_answer_ = let_.get_future().share();
  bool answers_ = false;
  std::atomic<bool> fail_ = false;
  std::atomic<int> read_ = 0;
  std::atomic<bool> stopped_ = false;
  std::thread::id reader_, test_ = std::this_thread::get_id();
  std::vector<std::string> answered_;
  std::optional<HistoryThread> thread_;
};

TEST_F(HistoryThreadTest, ASlowDatabaseHoldsNobodyUp) {
  EXPECT_TRUE(ask(7));
  EXPECT_TRUE(ask());
  bool ran = false;
  main_.post([&] { ran = true; });
  EXPECT_TRUE(main_.run_one_for(1s));
  EXPECT_TRUE(ran);
  EXPECT_FALSE(main_.run_one_for(50ms));
  EXPECT_THAT(answered_, IsEmpty());
  let_answer();
  run_until(2);
  EXPECT_THAT(answered_, ElementsAre("more", "all"));
  EXPECT_NE(reader_, test_);
}

TEST_F(HistoryThreadTest, WhatFailsIsToldAndTheNextQuestionIsAskedAnew) {
  let_answer();
  fail_ = true;
  EXPECT_TRUE(ask());
  run_until(1);
  fail_ = false;
  EXPECT_TRUE(ask());
  run_until(2);
  EXPECT_THAT(answered_, ElementsAre("the disk is gone", "all"));
  EXPECT_THAT(logged_, HasSubstr("level=error"));
  EXPECT_THAT(logged_, HasSubstr("the disk is gone"));
}

TEST_F(HistoryThreadTest, TooManyQuestionsAreNotTaken) {
  for (std::size_t i = 0; i < HistoryThread::kQuestionsMax; ++i) EXPECT_TRUE(ask());
  EXPECT_FALSE(ask());
  let_answer();
  run_until(1);
  EXPECT_TRUE(ask());
  run_until(HistoryThread::kQuestionsMax + 1);
  EXPECT_EQ(read_, static_cast<int>(HistoryThread::kQuestionsMax) + 1);
}

TEST_F(HistoryThreadTest, TheEndWaitsForWhatIsUnderWayAndAnswersNothing) {
  EXPECT_TRUE(ask());
  EXPECT_TRUE(ask());
  while (read_ == 0) std::this_thread::yield();
  auto ended = std::async(std::launch::async, [this] { thread_.reset(); });
  EXPECT_EQ(ended.wait_for(50ms), std::future_status::timeout);
  let_answer();
  ended.get();
  while (main_.run_one_for(10ms)) {
  }
  EXPECT_THAT(answered_, IsEmpty());
  EXPECT_EQ(read_, 1) << "the one that waited was read too";
  EXPECT_TRUE(stopped_) << "whoever reads a lot is not told to stop";
}

}  // namespace
}  // namespace tickwitness::app
