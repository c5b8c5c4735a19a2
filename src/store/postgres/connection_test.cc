// How a store is reached: passwords, certificates, servers that are away. Against a real server.
#include "store/postgres/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>

#include "store/batch/meter_for_tests.h"
#include "store/postgres/postgres_store.h"
#include "store/postgres/rows_for_tests.h"
#include "store/postgres/test_proxy.h"

namespace tickwitness::store::postgres {
namespace {

using test::query;
using test::server;
using test::TestProxy;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPassword = "correct-horse";      // secret-ok: of a user of this test only
constexpr const char* kWrong = "wrong-battery-staple";  // secret-ok: nobody's

class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() {
    query(trusted_, "DO $$ BEGIN CREATE USER bot PASSWORD '" + std::string(kPassword) +
                        "'; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
    query(trusted_, "GRANT CREATE ON DATABASE " + name_ + " TO bot");
  }
  std::string url(const std::string& password, const std::string& options,
                  const std::string& port = server().port()) const {
    return "postgresql://bot:" + password + "@localhost:" + port + "/" + name_ +
           "?gssencmode=disable&hostaddr=127.0.0.1" + options;
  }
  static SinkResult<Cursor> open(const std::string& database) {
    PostgresStore store(
        {.database = base::Secret(database), .connect_silence = std::chrono::milliseconds(500)});
    return store.open();
  }
  std::string name_ = server().make_database();
  std::string trusted_ = server().trusted(name_);
};

TEST_F(ConnectionTest, ByPasswordOverTls) {
  const auto cursor =
      open(url(kPassword, "&sslmode=verify-full&sslrootcert=" + server().authority()));
  EXPECT_EQ(cursor, Cursor{}) << cursor.error().message;
  EXPECT_THAT(query(trusted_,
                    "SELECT nspowner::regrole FROM pg_namespace "
                    "WHERE nspname = 'tickwitness'"),
              ElementsAre("bot"));
}

TEST_F(ConnectionTest, ThePasswordMayBeInAFile) {
  const std::string file = server().directory() + "/passwords";
  std::ofstream(file) << "*:*:*:bot:" << kPassword << "\n";
  ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
  const std::string start = "host=127.0.0.1 port=" + server().port() + " user=bot dbname=" + name_;
  EXPECT_TRUE(open(start + " passfile=" + file));
  std::ofstream(file) << "*:*:*:bot:" << kWrong << "\n";
  const auto refused = open(start + " passfile=" + file);
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().passing);
  EXPECT_THAT(refused.error().message, Not(HasSubstr(kWrong)));
}

TEST_F(ConnectionTest, AnotherAuthorityOrAnotherNameIsRefused) {
  const auto stranger =
      open(url(kPassword, "&sslmode=verify-full&sslrootcert=" + server().other_authority()));
  ASSERT_FALSE(stranger);
  EXPECT_THAT(stranger.error().message, HasSubstr("certificate verify failed"));
  const auto elsewhere = open(
      "host=db.example hostaddr=127.0.0.1 port=" + server().port() + " user=bot dbname=" + name_ +
      " sslmode=verify-full sslrootcert=" + server().authority() + " password=" + kPassword);
  ASSERT_FALSE(elsewhere);
  EXPECT_THAT(elsewhere.error().message, HasSubstr("does not match host name"));
  for (const auto& refused : {stranger, elsewhere}) {
    EXPECT_THAT(refused.error().message, Not(HasSubstr(kPassword)));
  }
  EXPECT_THAT(query(trusted_, "SELECT to_regnamespace('tickwitness')"), ElementsAre("NULL"));
}

struct Refused {
  const char* name;
  std::string database;
  bool passing;
  std::string why;
};

TEST_F(ConnectionTest, WhoHasToActIsTold) {
  const std::string secret = kWrong;
  const Refused cases[] = {
      {"wrong password", url(secret, ""), false, "password authentication failed for user \"bot\""},
      {"no password",
       "host=127.0.0.1 port=" + server().port() + " user=bot dbname=" + name_ +
           " passfile=" + server().directory() + "/none",
       false, "no password supplied"},
      {"no such database",
       "postgresql://bot:" + std::string(kPassword) + "@127.0.0.1:" + server().port() + "/nowhere",
       false, "database \"nowhere\" does not exist"},
      {"no server", url(secret, "", "1"), true, "Connection refused"},
      {"an open bracket", "postgresql://bot:" + secret + "@[::1/db", false, "is no connection"},
      {"an option that is none", url(secret, "&nonsense=1"), false, "is no connection string"},
      {"no string at all", secret, false, "is no connection string"},
      {"an open quote", "user=bot password='" + secret, false, "is no connection string"},
  };
  for (const auto& one : cases) {
    const auto refused = open(one.database);
    ASSERT_FALSE(refused) << one.name;
    EXPECT_EQ(refused.error().passing, one.passing) << one.name << refused.error().message;
    EXPECT_THAT(refused.error().message, HasSubstr(one.why)) << one.name;
    EXPECT_THAT(refused.error().message, Not(AnyOf(HasSubstr(secret), HasSubstr(kPassword))));
    EXPECT_EQ(refused.error().message.find('\n'), std::string::npos) << one.name;
  }
}

TEST_F(ConnectionTest, AUserWithoutPermissionIsTold) {
  query(trusted_, "REVOKE CREATE ON DATABASE " + name_ + " FROM bot");
  const auto refused = open(url(kPassword, ""));
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().passing);
  EXPECT_THAT(refused.error().message, HasSubstr("permission denied for database " + name_));
  query(trusted_, "CREATE SCHEMA tickwitness AUTHORIZATION bot");
  EXPECT_EQ(open(url(kPassword, "")), Cursor{});
}

TEST_F(ConnectionTest, AServerThatSaysNothingIsNotWaitedForForEver) {
  std::size_t taken = 0;
  TestProxy silent(server().port_number(), [&](TestProxy::Way way, std::string_view bytes) {
    taken += bytes.size();
    // What the server says never comes: the proxy keeps it for itself.
    if (way == TestProxy::Way::to_client) ::poll(nullptr, 0, 1500);
    return way == TestProxy::Way::to_server;
  });
  const auto refused = open(url(kPassword, "&sslmode=disable", silent.port()));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().passing);
  EXPECT_THAT(refused.error().message, HasSubstr("no answer for"));
}

TEST_F(ConnectionTest, AServerThatFreezesAfterAnErrorIsNotWaitedForForEver) {
  std::atomic<bool> frozen = false;
  TestProxy proxy(server().port_number(), [&](TestProxy::Way way, std::string_view& bytes) {
    if (way == TestProxy::Way::to_server) return true;
    if (frozen) bytes = {};
    const auto error = bytes.find("duplicate key");
    if (error == std::string_view::npos) return true;
    frozen = true;
    // The error as a whole, and not that the server is ready for what comes next.
    bytes = bytes.substr(0, bytes.find(std::string_view("Z\0\0\0\5", 5), error));
    return true;
  });
  test::TestMeter meter;
  auto connection =
      Connection::open({.database = base::Secret(url(kPassword, "&sslmode=disable", proxy.port())),
                        .statement = std::chrono::milliseconds(900),
                        .meter = &meter});
  ASSERT_TRUE(connection) << connection.error().message;
  ASSERT_TRUE(connection->run("CREATE TEMPORARY TABLE once(id integer PRIMARY KEY)"));
  const auto twice = connection->run("INSERT INTO once VALUES(1), (1)");
  ASSERT_TRUE(frozen);
  ASSERT_FALSE(twice);
  EXPECT_TRUE(twice.error().passing);
  EXPECT_THAT(twice.error().message, HasSubstr("no answer for 5 s"));
  EXPECT_FALSE(connection->key_taken()) << "nobody may go on with it";
  EXPECT_FALSE(connection->run("SELECT 1"));
  EXPECT_EQ(meter.ran(Operation::insert, "once").bad, 1U);
}

TEST_F(ConnectionTest, CommitsAreForTheDisk) {
  query(trusted_, "ALTER DATABASE " + name_ + " SET synchronous_commit = off");
  auto connection = Connection::open({.database = base::Secret(trusted_)});
  ASSERT_TRUE(connection);
  EXPECT_EQ(connection->run("SHOW synchronous_commit")->text(0, 0), "on");
  query(trusted_, "ALTER DATABASE " + name_ + " SET synchronous_commit = remote_apply");
  connection = Connection::open({.database = base::Secret(trusted_)});
  ASSERT_TRUE(connection);
  EXPECT_EQ(connection->run("SHOW synchronous_commit")->text(0, 0), "remote_apply");
}

TEST_F(ConnectionTest, AStatementThatTakesTooLongIsStopped) {
  auto connection = Connection::open(
      {.database = base::Secret(trusted_), .statement = std::chrono::milliseconds(200)});
  ASSERT_TRUE(connection);
  const auto slow = connection->run("SELECT pg_sleep(60)");
  ASSERT_FALSE(slow);
  EXPECT_TRUE(slow.error().passing);
  EXPECT_THAT(slow.error().message, HasSubstr("statement timeout"));
}

}  // namespace
}  // namespace tickwitness::store::postgres
