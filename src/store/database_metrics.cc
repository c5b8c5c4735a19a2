#include "store/database_metrics.h"

namespace tickwitness::store {
namespace {

using telemetry::label::DbOperation;
using telemetry::label::DbPool;
using telemetry::label::DbTable;

DbOperation label_of(Operation operation) {
  switch (operation) {
    case Operation::select:
      return DbOperation::select;
    case Operation::insert:
      return DbOperation::insert;
    case Operation::update:
      return DbOperation::update;
    case Operation::remove:
      return DbOperation::delete_;
    case Operation::ddl:
      return DbOperation::ddl;
    case Operation::copy:
      return DbOperation::copy;
    case Operation::commit:
      return DbOperation::commit;
    case Operation::other:
      break;
  }
  return DbOperation::other;
}

}  // namespace

DatabaseMetrics::Statements::Statements(telemetry::Catalog& metrics, Operation operation,
                                        std::string_view table)
    : good_(metrics.db_queries.at(label_of(operation), DbTable(table),
                                  telemetry::label::Result::success)),
      bad_(metrics.db_queries.at(label_of(operation), DbTable(table),
                                 telemetry::label::Result::failure)),
      seconds_(metrics.db_query_duration_seconds.at(label_of(operation), DbTable(table))) {}

void DatabaseMetrics::Statements::ended(base::Duration took, bool good) {
  (good ? good_ : bad_).inc();
  seconds_.observe(took);
}

StatementMeter& DatabaseMetrics::of(Operation operation, std::string_view table) {
  const std::scoped_lock lock(mutex_);
  return statements_.try_emplace({operation, std::string(table)}, *metrics_, operation, table)
      .first->second;
}

void DatabaseMetrics::connections(std::string_view pool, std::size_t active, std::size_t idle) {
  metrics_->db_connections_active.at(DbPool(pool)).set(static_cast<double>(active));
  metrics_->db_connections_idle.at(DbPool(pool)).set(static_cast<double>(idle));
  metrics_->db_pool_waits.at(DbPool(pool));  // 0 before the first
}

void DatabaseMetrics::waits(std::string_view pool) {
  metrics_->db_pool_waits.at(DbPool(pool)).inc();
}

}  // namespace tickwitness::store
