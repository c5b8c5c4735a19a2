#include "config/reference.h"

#include <fmt/format.h>

#include "config/fields.h"
#include "config/tree.h"
#include "config/values.h"

namespace tickwitness::config {
namespace {

constexpr std::string_view kHead = R"(# Configuration

<!-- Made from the table in src/config/fields.cc: TW_UPDATE_DOCS=1 build/dev/test_config -->

`tickwitness run -c config/tickwitness.yaml` reads that file and the files it names; `tickwitness
check -c FILE` only says what is wrong with them. Every setting has the default below, so a file
holds what differs. The shipped files in `config/` spell everything out.

**Order.** A variable of the environment comes before the file, the file before the default. An
empty variable counts as not set.

**Paths** in a file are relative to that file; paths in a variable are relative to where the
program runs. `~` and `$NAME` are not expanded.

**Values.** Durations are seconds (`30`, `0.5`); sizes are bytes (`8192`, `8KiB`, `8MiB`); yes and
no are written `true` and `false`. In a variable, lists are written with commas
(`TICKWITNESS_LISTEN=127.0.0.1:8000,127.0.0.1:9090`) and levels as
`TICKWITNESS_LOG_LEVELS=feed=debug,net=warning`.

**Errors.** All of them are told at once, as `file:line:column: what is wrong, and the nearest
right name`; the exit code is 78. An unknown or duplicate key is an error, so is a tab in the
indentation, a tag (`!!int`) or text that is not UTF-8. A file holds one document, {} KiB at most,
{} levels deep, {} values with its aliases written out.

**Secrets** are never written in these files and never printed: they come from a file of their own
or from the environment.

**Reload.** After SIGHUP or `tickwitness reload` the files are read again. If anything is wrong,
everything stays as it was. Else the settings marked *live* change at once, and the report names
those that wait for a *restart*. Adding a pair subscribes that pair only.

**Others on the network.** An address in `listen` that is not loopback is refused without `tls`,
unless `insecure: true` says that plain HTTP is meant, and without a token. `/health` alone then
answers without the token.
)";

constexpr std::string_view kStreams = R"(
## What to follow

Each exchange has a list of streams: of Kraken in a file of its own, named by
`exchanges.kraken.streams_file`, of the others in their `streams`. Each stream has a `name` and
`pairs`, written `BTC-USD` or `BTC/USD`; `ohlc` has `intervals` in minutes. A stream may stand
there again for other pairs or intervals. Applied *live*.

| stream | | at |
|---|---|---|
| `trade` | every trade | all |
| `spread` | best bid and offer | all |
| `ohlc` | candles; Kraken's intervals are 1, 5, 15, 30, 60, 240, 1440, 10080 and 21600, Binance's 1, 3, 5, 15, 30, 60, 120, 240, 360, 480, 720, 1440, 4320 and 10080 | all |
| `book` | order books, `book_depth` levels deep | all |
| `agg_trade` | the trades of one order at one price, as one; they have ids of their own, their gaps are not filled, and beside `trade` of the same pair they count its trades twice | Binance |

All exchanges together may have 390 pairs. The same market has one name everywhere, so that prices
can be compared; `BTC-USD` and `BTC-USDT` are two markets. The default of Kraken:

```yaml
streams:
  - name: trade
    pairs: ["BTC-USD", "ETH-USD"]
  - name: spread
    pairs: ["BTC-USD", "ETH-USD"]
  - name: ohlc
    pairs: ["BTC-USD", "ETH-USD"]
    intervals: [1, 5, 15, 60]
```

## The circuit breaker's file

Named by `exchanges.kraken.circuit_breaker_file`.
)";

constexpr std::string_view kTail = R"(
## Variables of other set-ups

| variable | |
|---|---|
| `PROMETHEUS_METRICS_ENABLED` | sets `telemetry.metrics_endpoint`, after its own variable |
| `METRICS_COLLECTION_INTERVAL` | no effect, with a warning: values are computed when scraped |

A variable that begins with `TICKWITNESS_` and is no setting has no effect and gets a warning, not
an error: Kubernetes makes some of its own for a service of that name.
)";

std::string section_of(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == path.npos ? "" : std::string(path.substr(0, dot));
}

std::string code(std::string_view text) {
  return text.empty() ? "" : fmt::format("`{}`", text);
}

void table(std::string& out, File file) {
  std::string section = "-";
  const Settings defaults;
  for (const Field& field : fields()) {
    if (field.file != file) continue;
    if (section != section_of(field.path)) {
      section = section_of(field.path);
      if (file == File::main) out += fmt::format("\n## {}\n", section.empty() ? "Top" : section);
      out += "\n| setting | default | range | on reload | |\n|---|---|---|---|---|\n";
    }
    const std::string name = variable(field);
    out +=
        fmt::format("| `{}` | {} | {} | {} | {}{}{} |\n", field.path, code(render(field, defaults)),
                    describe_range(field), field.live ? "live" : "restart", field.doc,
                    name.empty() ? "" : " ", code(name));
  }
}

}  // namespace

std::string reference() {
  std::string out = fmt::format(fmt::runtime(kHead), kFileBytesMax / 1024, kDepthMax, kNodesMax);
  table(out, File::main);
  out += kStreams;
  table(out, File::breaker);
  out += kTail;
  return out;
}

}  // namespace tickwitness::config
