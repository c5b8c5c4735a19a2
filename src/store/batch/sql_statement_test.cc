#include "store/batch/sql_statement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace tickwitness::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SqlStatement, WhatItDoesAndWithWhichTable) {
  struct Case {
    const char* sql;
    Operation operation;
    const char* table;
  };
  const Case cases[] = {
      {"SELECT 1", Operation::select, "none"},
      {"SELECT lsn FROM tickwitness.sink_cursor WHERE spool = 1", Operation::select, "sink_cursor"},
      {"select id from venues", Operation::select, "venues"},
      {"SELECT EXISTS(SELECT FROM (VALUES (1,'FROM x')) AS v(a) JOIN tickwitness.trade_days d ON "
       "true)",
       Operation::select, "trade_days"},
      {"SELECT t.id FROM unnest('{1}'::smallint[]) AS i(v) JOIN tickwitness.trades t ON true",
       Operation::select, "trades"},
      {"SELECT c.relname FROM pg_inherits i", Operation::select, "catalog"},
      {"SELECT count(*) FROM sqlite_master", Operation::select, "catalog"},
      {"SELECT pg_advisory_xact_lock(1)", Operation::select, "none"},
      {"INSERT INTO trades VALUES(?,?) ON CONFLICT DO NOTHING", Operation::insert, "trades"},
      {"INSERT OR REPLACE INTO sink_cursor VALUES(?, ?)", Operation::insert, "sink_cursor"},
      {"INSERT INTO tickwitness.candles(begin) SELECT 1 FROM x", Operation::insert, "candles"},
      {"UPDATE schema_version SET version = version", Operation::update, "schema"},
      {"DELETE FROM tickwitness.quotes q USING (SELECT 1) old", Operation::remove, "quotes"},
      {"COPY tickwitness.trades(id, price) FROM STDIN (FORMAT binary)", Operation::copy, "trades"},
      {"COPY (SELECT id FROM tickwitness.gaps) TO STDOUT", Operation::copy, "gaps"},
      {"CREATE TABLE IF NOT EXISTS notes(x)", Operation::ddl, "schema"},
      {"CREATE TABLE tickwitness.trades_2026_03_01(LIKE tickwitness.trades)", Operation::ddl,
       "schema"},
      {"CREATE INDEX trades_by_time ON trades(venue)", Operation::ddl, "schema"},
      {"ALTER TABLE ONLY sink_cursor RENAME TO only_cursor", Operation::ddl, "schema"},
      {"\n-- FROM here\nDROP TABLE only_cursor", Operation::ddl, "schema"},
      {"COMMIT", Operation::commit, "none"},
      {"BEGIN IMMEDIATE", Operation::other, "none"},
      {"PRAGMA wal_checkpoint(TRUNCATE)", Operation::other, "none"},
      {"SET LOCAL enable_seqscan = off", Operation::other, "none"},
      {"DO $$ BEGIN CREATE TABLE x(y); END $$", Operation::other, "none"},
      {"", Operation::other, "none"},
      {"SELECT 'an end that is missing", Operation::select, "none"},
  };
  for (const auto& one : cases) {
    const auto kind = kind_of(one.sql);
    EXPECT_EQ(kind.operation, one.operation) << one.sql;
    EXPECT_EQ(kind.table, one.table) << one.sql;
  }
}

std::vector<std::string_view> statements_of(std::string_view script) {
  std::vector<std::string_view> all;
  for (;;) {
    all.push_back(take_statement(script));
    if (!all.back().empty()) continue;
    all.pop_back();
    return all;
  }
}

TEST(SqlStatement, AScriptIsTakenApart) {
  EXPECT_THAT(statements_of(""), IsEmpty());
  EXPECT_THAT(statements_of(" ;\n; -- nothing; at all\n;"), IsEmpty());
  EXPECT_THAT(statements_of("BEGIN"), ElementsAre("BEGIN"));
  EXPECT_THAT(statements_of("BEGIN; SELECT ';', \";\";COMMIT;"),
              ElementsAre("BEGIN", "SELECT ';', \";\"", "COMMIT"));
  EXPECT_THAT(statements_of("DO $$ BEGIN x; END; $$; SELECT 'it''s; so'"),
              ElementsAre("DO $$ BEGIN x; END; $$", "SELECT 'it''s; so'"));
  EXPECT_THAT(statements_of("SELECT 1 -- not; here\n; SELECT 2"),
              ElementsAre("SELECT 1 -- not; here\n", "SELECT 2"));
}

}  // namespace
}  // namespace tickwitness::store
