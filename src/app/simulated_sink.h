// The simulated database as a store: with the rules of the real ones for what is there already.
#pragma once

#include "sim/database/database.h"
#include "store/batch/sink.h"

namespace tickwitness::app {

class SimulatedSink final : public store::Sink {
 public:
  explicit SimulatedSink(sim::Database& database) : database_(database) {}

  store::SinkResult<store::Cursor> open() override;
  using Sink::store;
  store::SinkResult<store::Stored> store(std::span<const pipeline::Tick> ticks,
                                         std::span<const pipeline::GapEntry> gaps,
                                         store::Cursor upto) override;

 private:
  base::Result<void> put(const market::Trade& trade, const pipeline::Tick& tick,
                         store::Stored& stored);
  base::Result<void> put(const market::Candle& candle, const pipeline::Tick& tick,
                         store::Stored& stored);
  base::Result<void> put(const market::Quote& quote, const pipeline::Tick& tick,
                         store::Stored& stored);

  sim::Database& database_;
};

}  // namespace tickwitness::app
