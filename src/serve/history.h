// /api/v1/history: what is asked, and how the answer is written. Pure.
#pragma once

#include <string>

#include "base/result.h"
#include "net/http_message.h"
#include "pipeline/history.h"

namespace tickwitness::serve {

inline constexpr std::size_t kHistoryRowsMax = 1000;

// Errors: what is wrong with which parameter, for whoever asked.
base::Result<pipeline::HistoryQuery> parse_history(const net::Request& request);

std::string history_json(const pipeline::HistoryQuery& query, const pipeline::History& history);

}  // namespace tickwitness::serve
