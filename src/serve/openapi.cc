// The API's description. Kept as text: it is read by people and tools as it stands.
#include "serve/api.h"

namespace tickwitness::serve {

namespace {

constexpr std::string_view kDocument = R"json({
  "openapi": "3.0.3",
  "info": {
    "title": "tickwitness",
    "version": "1",
    "description": "Telemetry that cannot lie. Unknown values are null, never a default; ages are seconds by the server's monotonic clock."
  },
  "components": {
    "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "Only when auth.token_file is configured."}},
    "schemas": {
      "Status": {
        "type": "object",
        "properties": {
          "mode": {"type": "string", "enum": ["SIMULATED", "LIVE"]},
          "version": {"type": "string"},
          "commit": {"type": "string"},
          "instance": {"type": "string"},
          "started_at_ms": {"type": "integer"},
          "uptime_s": {"type": "number"},
          "seed": {"type": "integer", "nullable": true},
          "report_age_s": {"type": "number", "nullable": true, "description": "Age of the engine's report that this answer is made of."},
          "venues": {"type": "array", "items": {"type": "object", "properties": {
            "exchange": {"type": "string"},
            "status": {"type": "string", "nullable": true, "description": "The venue's own word: online, cancel_only, post_only, maintenance."},
            "connections": {"type": "array", "items": {"type": "object", "properties": {
              "name": {"type": "string"},
              "state": {"type": "string", "enum": ["idle", "waiting", "connecting", "connected", "stopped"]},
              "last_frame_age_s": {"type": "number", "nullable": true},
              "next_attempt_in_s": {"type": "number", "nullable": true},
              "successor": {"type": "string", "nullable": true, "description": "State of the connection that is being prepared to replace this one; null: there is none."},
              "attempts": {"type": "integer"},
              "reconnects": {"type": "integer"},
              "disconnections": {"type": "integer"},
              "acks": {"type": "integer"},
              "refusals": {"type": "integer"},
              "breaker": {"type": "object", "properties": {
                "state": {"type": "string", "enum": ["closed", "open", "half_open"]},
                "trips": {"type": "integer"},
                "last_trip_at": {"type": "integer", "nullable": true, "description": "Unix time in ms."},
                "open_until": {"type": "integer", "nullable": true, "description": "Unix time in ms."},
                "last_failure": {"type": "string", "nullable": true}}}}}}}}}
        }
      },
      "Feeds": {
        "type": "object",
        "properties": {"feeds": {"type": "array", "items": {"type": "object", "properties": {
          "exchange": {"type": "string"},
          "symbol": {"type": "string", "nullable": true, "description": "null for the venue's reference data."},
          "stream": {"type": "string", "description": "trade, spread, ohlc-5, instrument."},
          "connection": {"type": "string"},
          "state": {"type": "string", "enum": ["pending", "live", "quiet", "suspect", "zombie",
            "healing", "refused"]},
          "age_s": {"type": "number", "nullable": true, "description": "Since its last data; null: none yet."},
          "threshold_s": {"type": "number", "nullable": true, "description": "Silence, learned from its own arrivals, after which a witness is asked; null: silence says nothing."},
          "stale_after_s": {"type": "number", "nullable": true},
          "events": {"type": "integer"},
          "refusal": {"type": "string", "nullable": true, "description": "The venue's words."}}}},
        "books": {"type": "array", "items": {"type": "object", "properties": {
          "exchange": {"type": "string"},
          "symbol": {"type": "string"},
          "state": {"type": "string", "enum": ["waiting", "valid", "quarantined"]},
          "bid": {"$ref": "#/components/schemas/Level"},
          "ask": {"$ref": "#/components/schemas/Level"},
          "price_decimals": {"type": "integer", "nullable": true},
          "quantity_decimals": {"type": "integer", "nullable": true},
          "precision_from": {"type": "string", "nullable": true, "enum": ["inferred", "file", "instrument", null]},
          "resyncs": {"type": "integer"}}}}}
      },
      "Level": {
        "type": "object", "nullable": true, "description": "The best of its side; null unless the book is valid.",
        "properties": {"price": {"type": "number"}, "quantity": {"type": "number"}}
      },
      "Gaps": {
        "type": "object",
        "properties": {
          "gaps": {"type": "array", "description": "The newest 200 entries, newest first.", "items": {"type": "object", "properties": {
            "id": {"type": "integer", "description": "From 1 since the start, in the order of discovery."},
            "exchange": {"type": "string"},
            "symbol": {"type": "string", "nullable": true, "description": "null: a connection."},
            "channel": {"type": "string", "nullable": true, "enum": ["trade", "agg_trade", "book", null]},
            "connection": {"type": "string", "nullable": true},
            "from": {"type": "integer", "nullable": true, "description": "First id of the hole; null: the channel has none."},
            "to": {"type": "integer", "nullable": true, "description": "Last id of the hole."},
            "missing": {"type": "integer", "nullable": true, "description": "Trades still missing; null: it is not of trades."},
            "lost": {"type": "integer", "nullable": true, "description": "Trades given up that have not come since."},
            "cause": {"type": "string", "enum": ["disconnect", "missing", "checksum", "sequence", "crossed"]},
            "state": {"type": "string", "enum": ["open", "filling", "filled", "unrecoverable"]},
            "opened": {"type": "integer", "description": "Unix time in ms."},
            "closed": {"type": "integer", "nullable": true, "description": "Unix time in ms."},
            "reason": {"type": "string", "nullable": true, "description": "Why trades were given up."}}}},
          "completeness": {"type": "array", "description": "Markets by day, newest day first.", "items": {"type": "object", "properties": {
            "exchange": {"type": "string"},
            "symbol": {"type": "string"},
            "day": {"type": "string", "format": "date", "description": "UTC, by the exchange's times."},
            "received": {"type": "integer", "description": "Trades, each once."},
            "missing": {"type": "integer", "description": "Trades known to exist and not received."},
            "ratio": {"type": "number", "nullable": true, "description": "1 when nothing is missing; not rounded."}}}}
        }
      },
      "History": {
        "type": "object",
        "properties": {
          "exchange": {"type": "string"},
          "symbol": {"type": "string"},
          "kind": {"type": "string", "enum": ["trades", "candles", "quotes"]},
          "interval_minutes": {"type": "integer", "description": "Of candles."},
          "more": {"type": "boolean", "description": "There are older rows within the time."},
          "rows": {"type": "array", "items": {"type": "object", "description": "Of trades: time, id, taker_side, price, quantity. Of candles: begin, open, high, low, close, volume, vwap, trades. Of quotes: time, bid, bid_quantity, ask, ask_quantity. Times are UTC with nine digits; what is not known is null."}}}
      },
      "Health": {
        "type": "object",
        "properties": {
          "status": {"type": "string", "enum": ["ok", "degraded", "down"]},
          "components": {"type": "array", "items": {"type": "object", "properties": {
            "name": {"type": "string"},
            "state": {"type": "string"},
            "ok": {"type": "boolean"},
            "age_s": {"type": "number", "nullable": true},
            "detail": {"type": "string", "nullable": true}}}}
        }
      }
    }
  },
  "paths": {
    "/metrics": {"get": {"summary": "Prometheus text 0.0.4, OpenMetrics 1.0 or protobuf by Accept; gzip or zstd by Accept-Encoding.",
      "parameters": [{"name": "name[]", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "description": "Only these families or samples."}],
      "responses": {"200": {"description": "The metrics.", "content": {"text/plain": {}, "application/openmetrics-text": {}, "application/vnd.google.protobuf": {}}}}}},
    "/health": {"get": {"summary": "200 while serving.", "responses": {"200": {"description": "OK, or JSON by Accept.",
      "content": {"text/plain": {}, "application/json": {"schema": {"$ref": "#/components/schemas/Health"}}}}}}},
    "/health/live": {"get": {"summary": "200 while serving.", "responses": {"200": {"description": "OK"}}}},
    "/health/ready": {"get": {"summary": "Every connection up and every subscription answered.",
      "responses": {"200": {"description": "OK"}, "503": {"description": "Names what is missing."}}}},
    "/sse/metrics": {"get": {"summary": "Server-sent events: kraken_metrics on connect and each second, heartbeat every 5 s; Last-Event-ID resumes.",
      "responses": {"200": {"description": "The stream.", "content": {"text/event-stream": {}}}}}},
    "/ws": {"get": {"summary": "The same events over a WebSocket: {\"event\":…,\"data\":…}.",
      "responses": {"101": {"description": "Switching protocols."}, "426": {"description": "Not a WebSocket request."}}}},
    "/live": {"get": {"summary": "The page.", "responses": {"200": {"description": "HTML.", "content": {"text/html": {}}}}}},
    "/api/v1/status": {"get": {"summary": "The process and its connections.", "responses": {"200": {"description": "Status.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Status"}}}}}}},
    "/api/v1/feeds": {"get": {"summary": "Every subscription with its state and age, every order book.", "responses": {"200": {"description": "Feeds.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Feeds"}}}}}}},
    "/api/v1/gaps": {"get": {"summary": "What is missing, or was, and how it ended; completeness of trades by market and day.", "responses": {"200": {"description": "Gaps.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Gaps"}}}}}}},
    "/api/v1/history": {"get": {"summary": "What was stored, after a restart too: the newest rows of a market within a time, oldest first.",
      "parameters": [
        {"name": "exchange", "in": "query", "required": true, "schema": {"type": "string", "enum": ["kraken", "binance", "binance_us"]}},
        {"name": "symbol", "in": "query", "required": true, "schema": {"type": "string"}, "description": "BTC-USD."},
        {"name": "kind", "in": "query", "schema": {"type": "string", "enum": ["trades", "candles", "quotes"], "default": "trades"}},
        {"name": "interval", "in": "query", "schema": {"type": "integer", "minimum": 1, "default": 1}, "description": "Minutes, of candles."},
        {"name": "from", "in": "query", "schema": {"type": "string"}, "description": "2026-11-22 or 2026-11-22T05:00:00Z, included: the exchange's time of a trade, a candle's begin, the receipt of a quote."},
        {"name": "to", "in": "query", "schema": {"type": "string"}, "description": "The same, not included. For older rows: the time of the oldest one that was answered."},
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 500}}],
      "responses": {"200": {"description": "History. Its numbers have all digits of the exchange.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/History"}}}},
        "400": {"description": "Names the parameter that is wrong."},
        "404": {"description": "Nothing is stored."},
        "503": {"description": "Too many questions wait, or the database cannot be read; Retry-After says when to ask again."}}}},
    "/api/v1/snapshot": {"get": {"summary": "What the event kraken_metrics of /sse/metrics says, as of now: all exchanges, each with its status, its connections and their successors, and every market.",
      "responses": {"200": {"description": "The event's data.", "content": {"application/json": {}}}}}},
    "/api/v1/openapi.json": {"get": {"summary": "This document.", "responses": {"200": {"description": "OpenAPI 3.0.", "content": {"application/json": {}}}}}}
  }
}
)json";

}  // namespace

std::string_view openapi_json() {
  return kDocument;
}

}  // namespace tickwitness::serve
