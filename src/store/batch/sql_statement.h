// What an SQL statement does, told by its text: as much as there is to count. Pure.
#pragma once

#include <string_view>

#include "store/batch/database_meter.h"

namespace tickwitness::store {

struct StatementKind {
  Operation operation = Operation::other;
  // The first table that it names, without its schema; a part of the trades (trades_2026_03_01) is
  // "trades", one of the database itself "catalog", no table "none"; whatever makes or changes
  // tables, or says which they are, is of "schema". Within the text otherwise.
  std::string_view table = "none";
};
StatementKind kind_of(std::string_view statement);

// Takes the first statement off the script, without its semicolon. Empty: there is none any more.
// Semicolons in quotes, in $$ … $$ and in comments end none.
std::string_view take_statement(std::string_view& script);

}  // namespace tickwitness::store
