// The exchanges that can be followed: their keys, what each offers, and its settings among all.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "config/settings.h"

namespace tickwitness::config {

struct ExchangeKind {
  std::string_view key;    // of exchanges.<key>, and the venue's name in metrics
  std::string_view name;   // for people
  bool heartbeat = false;  // something comes each second, however quiet the markets
  std::span<const Stream> streams;
  std::span<const std::uint64_t> intervals;    // of candles, in minutes
  std::span<const std::uint32_t> depths = {};  // of books; empty: any of the field's range
  Exchange& (*at)(Settings&);

  const Exchange& in(const Settings& settings) const {
    // One accessor serves reading and writing; nothing here writes.
    return at(const_cast<Settings&>(settings));
  }
};

// In the order of the documentation.
std::span<const ExchangeKind> exchange_kinds();

}  // namespace tickwitness::config
