// Who asks the venue's REST interface about silent subscriptions: one question about a market at a
// time, its answer shared by all subscriptions that wait for it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/index.h"
#include "exchange/messages.h"
#include "feed/attempt_budget.h"
#include "feed/witness.h"
#include "runtime/executor.h"

namespace tickwitness::feed {

// The venue's REST interface as a witness. Calls `then` exactly once, at once or later, on the
// caller's thread, also when there is no answer: so it needs a time-out of its own. It never calls
// back once the desk is gone.
class WitnessSource {
 public:
  using Trades = std::optional<std::span<const market::Trade>>;  // absent: no answer
  virtual ~WitnessSource() = default;
  // Trades after `known`, or the newest ones; ids ascending.
  virtual void trades(const market::Symbol& symbol, const std::optional<Landmark>& known,
                      std::function<void(Trades)> then) = 0;
  virtual void quote(const market::Symbol& symbol,
                     std::function<void(const std::optional<market::Quote>&)> then) = 0;
};

// On its executor's thread.
class WitnessDesk {
 public:
  explicit WitnessDesk(runtime::Executor& executor) : executor_(executor) {}
  WitnessDesk(const WitnessDesk&) = delete;
  WitnessDesk& operator=(const WitnessDesk&) = delete;

  // It outlives the desk. Without one every verdict is unknown, and nothing is remembered.
  void use(WitnessSource& source) { source_ = &source; }
  // What came, and was used.
  void on_frame(base::Now received, const exchange::Frame& frame);
  // Best prices of an order book, after a change of them; without prices when it is not known to be
  // right.
  void on_top(const market::Quote& top);
  using Then = std::function<void(Verdict)>;
  // `then` is called once, at once or later. Questions beyond kQuestionsMax in kWindow are unknown
  // at once: the venue's limits are shared with those who fetch what is missing.
  void ask(const exchange::Subscription& subscription, Then then);

  static constexpr std::size_t kQuestionsMax = 10;
  static constexpr base::Duration kWindow = std::chrono::seconds(10);
  static constexpr int kLooksMax = 3;  // for one question; then what is missed is on its way

 private:
  struct Timed {
    exchange::Subscription subscription;
    TimeWitness witness;
  };
  struct Question {
    exchange::Subscription subscription;
    Then then;
    int looks = 0;
  };
  struct Market {
    market::Symbol symbol;
    TradeWitness trades;
    QuoteWitness quotes, book;
    std::optional<Landmark> newest;  // of trades, on any stream
    std::vector<Timed> timed;        // candles, trades without ids of single trades
    std::vector<Question> waiting;   // until what is under way ends
    std::vector<Question> asked;     // all by trades, or all by quote
    std::unique_ptr<runtime::Timer> again;
  };
  Market& market(const market::Symbol& symbol);
  static Timed& timed(Market& market, const exchange::Subscription& subscription);
  void begin(Market& market);
  void fetch(Market& market);
  void on_trades(Market& market, const WitnessSource::Trades& trades);
  void on_quote(Market& market, const std::optional<market::Quote>& quote);
  // Answers what can be answered; asks again for the rest.
  template <class LookAt>
  void answer(Market& market, bool failed, LookAt look_at);
  static void end(Market& market, const exchange::Subscription& subscription);

  runtime::Executor& executor_;
  WitnessSource* source_ = nullptr;
  AttemptBudget budget_{kQuestionsMax, kWindow};
  std::vector<std::unique_ptr<Market>> markets_;
  base::Index<market::Symbol> market_of_;  // into markets_
};

}  // namespace tickwitness::feed
