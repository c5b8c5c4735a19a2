// Asio behind AsioExecutor. To be included by net/ and runtime/*_asio.cc only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>

#include "runtime/executor_asio.h"

namespace tickwitness::runtime {

struct AsioExecutor::Native {
  boost::asio::io_context context{1};
  std::function<void(base::Duration)> watch_lag;  // or null
};

inline boost::asio::io_context& io_context_of(AsioExecutor& executor) {
  return executor.native().context;
}

}  // namespace tickwitness::runtime
