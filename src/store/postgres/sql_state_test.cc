#include "store/postgres/sql_state.h"

#include <gtest/gtest.h>

namespace tickwitness::store::postgres {
namespace {

TEST(SqlState, WhatARepetitionMayCure) {
  // From appendix A of PostgreSQL's manual.
  for (const char* state : {"08006", "40001", "40P01", "53100", "53300", "55P03", "57014", "57P01",
                            "57P03", "58030", "25006", "23505", "XX000", ""}) {
    EXPECT_TRUE(is_passing(state)) << state;
  }
  for (const char* state :
       {"28P01", "28000", "3D000", "3F000", "42501", "42P01", "42703", "22003", "23514", "0A000"}) {
    EXPECT_FALSE(is_passing(state)) << state;
  }
}

TEST(SqlState, IsFoundInTheTextOfARefusedConnection) {
  EXPECT_EQ(state_in("connection to server at \"db\" (10.0.0.1), port 5432 failed: FATAL:  28P01: "
                     "password authentication failed for user \"bot\"\nLOCATION:  auth_failed, "
                     "auth.c:326\n"),
            "28P01");
  EXPECT_EQ(state_in("connection to server on socket \"/s/.s.PGSQL.5432\" failed: FATAL:  3D000: "
                     "database \"x\" does not exist\n"),
            "3D000");
  EXPECT_EQ(state_in("connection to server at \"a\" failed: FATAL:  57P03: starting up\n"
                     "connection to server at \"b\" failed: FATAL:  28000: no entry\n"),
            "28000");
  for (const char* none : {"", ":  ", "failed: Connection refused", "FATAL:  28P0", "x:  12345",
                           "x:  abcde: y", "FATAL:  no pg_hba.conf entry: 12345"}) {
    EXPECT_EQ(state_in(none), "") << none;
  }
}

}  // namespace
}  // namespace tickwitness::store::postgres
