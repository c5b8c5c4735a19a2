// What an SQLite file has, read by SQL of the tests' own.
#pragma once

#include <sqlite3.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "runtime/temporary_dir.h"
#include "store/batch/rows_for_tests.h"

namespace tickwitness::store::sqlite::test {

using namespace store::test;

inline runtime::TemporaryDirectory make_directory() {
  auto made = runtime::TemporaryDirectory::make();
  if (!made) throw std::runtime_error(made.error().message);
  return std::move(*made);
}

// What sqlite3 -separator '|' would print.
inline std::vector<std::string> query(const std::string& path, const std::string& sql) {
  sqlite3* handle = nullptr;
  std::vector<std::string> rows;
  char* message = nullptr;
  const auto collect = [](void* to, int columns, char** values, char**) {
    std::string row;
    for (int i = 0; i < columns; ++i) {
      row += (i > 0 ? "|" : "") + std::string(values[i] == nullptr ? "NULL" : values[i]);
    }
    static_cast<std::vector<std::string>*>(to)->push_back(row);
    return 0;
  };
  const int opened = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
  if (opened == SQLITE_OK) sqlite3_exec(handle, sql.c_str(), collect, &rows, &message);
  const std::string error = message != nullptr ? message : opened == SQLITE_OK ? "" : "cannot open";
  sqlite3_free(message);
  sqlite3_close(handle);
  if (!error.empty()) throw std::runtime_error(path + ": " + error);
  return rows;
}

inline constexpr const char* kAllTrades =
    "SELECT venues.name, symbols.name, trades.id, taker_side, order_type, price, quantity, "
    "exchange_time, received, origin, late FROM trades "
    "JOIN venues ON venues.id = venue JOIN symbols ON symbols.id = symbol "
    "ORDER BY venues.name, symbols.name, trades.id";

// Sorted by text.
inline std::vector<std::string> stored_trades(const std::string& path) {
  return sorted(query(path, kAllTrades));
}

}  // namespace tickwitness::store::sqlite::test
