// Whatever ends in the middle of store(), rows and cursor belong together, and what was told is
// there. Against a real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include "store/postgres/locks.h"
#include "store/postgres/postgres_store.h"
#include "store/postgres/rows_for_tests.h"
#include "store/postgres/test_proxy.h"

namespace tickwitness::store::postgres {
namespace {

using test::batch;
using test::query;
using test::rows_of_batches;
using test::server;
using test::stored_trades;
using test::TestProxy;
using testing::HasSubstr;

const TestProxy::Look kAll = [](TestProxy::Way, std::string_view) { return true; };

class FaultsTest : public testing::Test {
 protected:
  // Over the proxy, without TLS: it looks for what is said.
  PostgresStore store_by(const std::string& port) const {
    return PostgresStore({.database = base::Secret("host=127.0.0.1 sslmode=disable port=" + port +
                                                   " user=tester password=x dbname=" + name_ +
                                                   " gssencmode=disable")});
  }
  FaultsTest() {
    query(trusted_,
          "DO $$ BEGIN CREATE USER tester SUPERUSER PASSWORD 'x'; "
          "EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  }
  void look(TestProxy::Look by) {
    const std::scoped_lock lock(mutex_);
    look_ = std::move(by);
  }
  // Opens as an engine would after any error, and looks whether rows and cursor agree.
  std::uint64_t settle(PostgresStore& store) {
    auto cursor = store.open();
    for (int i = 0; !cursor && i < 100; ++i) cursor = store.open();
    if (!cursor) throw std::runtime_error(cursor.error().message);
    EXPECT_EQ(stored_trades(trusted_), rows_of_batches(cursor->lsn));
    return cursor->lsn;
  }

  std::string name_ = server().make_database();
  std::string trusted_ = server().trusted(name_);
  std::mutex mutex_;
  TestProxy::Look look_ = kAll;
  TestProxy proxy_{server().port_number(), [this](TestProxy::Way way, std::string_view bytes) {
                     const std::scoped_lock lock(mutex_);
                     return look_(way, bytes);
                   }};
};

// Once the client has sent so many bytes of a batch, or the server so many, `act` is called; what
// was under way is handed on if it says so.
class AtByte {
 public:
  AtByte(TestProxy::Way way, std::size_t at, std::function<bool()> act)
      : way_(way), at_(at), act_(std::move(act)) {}
  bool operator()(TestProxy::Way way, std::string_view bytes) {
    if (way != way_ || done_) return true;
    seen_ += bytes.size();
    if (seen_ < at_) return true;
    done_ = true;
    return act_();
  }
  bool done() const { return done_; }

 private:
  TestProxy::Way way_;
  std::size_t at_, seen_ = 0;
  std::function<bool()> act_;
  std::atomic<bool> done_ = false;
};

TEST_F(FaultsTest, TheConnectionEndsAtAnyByteOfABatch) {
  auto store = store_by(proxy_.port());
  std::uint64_t last = settle(store);
  ASSERT_TRUE(store.store(batch(1), {7, ++last}));
  int failed = 0, unknown = 0;
  const auto cut = [&](TestProxy::Way way, std::size_t byte) {
    AtByte fault(way, byte, [] { return false; });
    look(std::ref(fault));
    const auto stored = store.store(batch(last + 1), {7, last + 1});
    look(kAll);
    if (!fault.done()) return false;
    EXPECT_FALSE(stored);
    if (!stored) {
      EXPECT_TRUE(stored.error().passing) << stored.error().message;
    }
    const std::uint64_t now = settle(store);
    EXPECT_LE(now, last + 1);
    ++failed;
    if (now == last + 1) ++unknown;
    // As the engine does: from where the store stands.
    const auto again = store.store(batch(last + 1), {7, last + 1});
    EXPECT_TRUE(again && again->inserted + again->duplicates == std::uint64_t{test::kBatch});
    ++last;
    return true;
  };
  for (std::size_t byte = 1; cut(TestProxy::Way::to_server, byte); byte += 400) {
  }
  ++last;  // the batch that no fault met
  for (std::size_t byte = 1; cut(TestProxy::Way::to_client, byte); byte += 8) {
  }
  ++last;
  EXPECT_GT(failed, 20);
  EXPECT_GE(unknown, 1);  // stored, and nobody was told
  EXPECT_EQ(stored_trades(trusted_), rows_of_batches(last));
}

TEST_F(FaultsTest, ACommitWhoseAnswerIsLostIsToldByTheCursor) {
  auto store = store_by(proxy_.port());
  ASSERT_EQ(settle(store), 0U);
  ASSERT_TRUE(store.store(batch(1), {7, 1}));
  look([](TestProxy::Way way, std::string_view bytes) {
    return way == TestProxy::Way::to_server || bytes.find("COMMIT") == std::string_view::npos;
  });
  const auto stored = store.store(batch(2), {7, 2});
  look(kAll);
  ASSERT_FALSE(stored);
  EXPECT_TRUE(stored.error().passing);
  const auto closed = store.store(batch(2), {7, 2});
  ASSERT_FALSE(closed);
  EXPECT_THAT(closed.error().message, HasSubstr("is not open"));
  EXPECT_EQ(settle(store), 2U);
  // One that does not ask stores nothing twice either.
  const auto again = store.store(batch(2), {7, 2});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->duplicates, std::uint64_t{test::kBatch});
  EXPECT_EQ(settle(store), 2U);
}

TEST_F(FaultsTest, TheServersProcessIsEndedInTheMiddle) {
  auto store = store_by(proxy_.port());
  std::uint64_t last = settle(store);
  ASSERT_TRUE(store.store(batch(1), {7, ++last}));
  for (const std::size_t byte : {1, 2500, 5000}) {
    AtByte fault(TestProxy::Way::to_server, byte, [&] {
      query(server().trusted("postgres"),
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = '" +
                name_ + "'");
      return true;
    });
    look(std::ref(fault));
    const auto stored = store.store(batch(last + 1), {7, last + 1});
    look(kAll);
    ASSERT_TRUE(fault.done());
    ASSERT_FALSE(stored);
    EXPECT_TRUE(stored.error().passing) << stored.error().message;
    ASSERT_EQ(settle(store), last);
    ASSERT_TRUE(store.store(batch(last + 1), {7, last + 1}));
    ++last;
  }
  EXPECT_EQ(stored_trades(trusted_), rows_of_batches(last));
}

TEST_F(FaultsTest, TheServerIsKilledInTheMiddle) {
  auto store = store_by(proxy_.port());
  std::uint64_t last = settle(store);
  ASSERT_TRUE(store.store(batch(1), {7, ++last}));
  for (const std::size_t byte : {1, 2500, 5000}) {
    AtByte fault(TestProxy::Way::to_server, byte, [] {
      server().kill_at_once();
      return true;
    });
    look(std::ref(fault));
    const auto stored = store.store(batch(last + 1), {7, last + 1});
    look(kAll);
    ASSERT_TRUE(fault.done());
    ASSERT_FALSE(stored);
    const auto away = store.open();
    ASSERT_FALSE(away);
    EXPECT_TRUE(away.error().passing) << away.error().message;
    server().start();
    ASSERT_EQ(settle(store), last);
    ASSERT_TRUE(store.store(batch(last + 1), {7, last + 1}));
    ++last;
  }
  EXPECT_EQ(stored_trades(trusted_), rows_of_batches(last));
}

// A connection that nobody hears of any more may be committing still.
TEST_F(FaultsTest, OpenWaitsForATransactionThatMovesTheCursor) {
  PostgresStore store({.database = base::Secret(trusted_), .statement = std::chrono::seconds(10)});
  ASSERT_TRUE(store.open());
  ASSERT_TRUE(store.store(batch(1), {7, 1}));
  auto late = Connection::open({.database = base::Secret(trusted_)});
  ASSERT_TRUE(late);
  ASSERT_TRUE(late->run("BEGIN; SELECT pg_advisory_xact_lock(" +
                        std::to_string(std::to_underlying(Lock::store)) +
                        "); UPDATE tickwitness.sink_cursor SET lsn = 2"));
  std::thread commits([&] {
    const std::string waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + name_ +
                                "' AND wait_event_type = 'Lock'";
    while (query(server().trusted("postgres"), waiting) != test::Rows{"1"}) {
    }
    EXPECT_TRUE(late->run("COMMIT"));
  });
  EXPECT_EQ(store.open(), (Cursor{7, 2}));
  commits.join();
}

}  // namespace
}  // namespace tickwitness::store::postgres
