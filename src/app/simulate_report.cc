#include "app/simulate_report.h"

#include <chrono>

namespace tickwitness::app {

void write_report(base::JsonWriter& json, const sim::Report& report) {
  json.key("checks").begin_array();
  for (const auto& check : report.equalities()) {
    json.begin_object().member("name", check.checker + "." + check.name);
    json.member("truth", check.truth).member("measured", check.measured).end_object();
  }
  json.end_array().key("bounds").begin_array();
  for (const auto& bound : report.bounds()) {
    json.begin_object().member("name", bound.checker + "." + bound.name);
    json.member("measured", bound.measured).member("limit", bound.limit);
    json.member("ok", bound.ok()).end_object();
  }
  json.end_array().key("failed").begin_array();
  for (const auto& name : report.failed()) json.value(name);
  json.end_array().key("violations").begin_array();
  for (const auto& violation : report.violations()) {
    json.begin_object().member("checker", violation.checker);
    json.member("at_s", base::seconds(violation.at));
    json.member("what", violation.what).end_object();
  }
  json.end_array();
}

}  // namespace tickwitness::app
