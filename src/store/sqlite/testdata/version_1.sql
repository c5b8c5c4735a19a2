-- A file as version 1 of the schema made it, with a row or two in each table. Not to be changed: such files
-- are in use.
CREATE TABLE schema_version(version INTEGER NOT NULL);
INSERT INTO schema_version VALUES(1);

CREATE TABLE venues(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE symbols(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE trades(
  venue INTEGER NOT NULL,
  symbol INTEGER NOT NULL,
  id INTEGER NOT NULL,
  taker_side TEXT NOT NULL,
  order_type TEXT,
  price TEXT NOT NULL,
  quantity TEXT NOT NULL,
  exchange_time INTEGER NOT NULL,
  received INTEGER NOT NULL,
  origin TEXT NOT NULL,
  late INTEGER NOT NULL,
  PRIMARY KEY(venue, symbol, id)
) WITHOUT ROWID;
CREATE INDEX trades_by_time ON trades(venue, symbol, exchange_time);

CREATE TABLE candles(
  venue INTEGER NOT NULL,
  symbol INTEGER NOT NULL,
  interval_minutes INTEGER NOT NULL,
  begin INTEGER NOT NULL,
  open TEXT NOT NULL,
  high TEXT NOT NULL,
  low TEXT NOT NULL,
  close TEXT NOT NULL,
  volume TEXT NOT NULL,
  vwap TEXT,
  trades INTEGER NOT NULL,
  PRIMARY KEY(venue, symbol, interval_minutes, begin)
) WITHOUT ROWID;

CREATE TABLE quotes(
  venue INTEGER NOT NULL,
  symbol INTEGER NOT NULL,
  time INTEGER NOT NULL,
  bid TEXT,
  bid_quantity TEXT,
  ask TEXT,
  ask_quantity TEXT,
  PRIMARY KEY(venue, symbol, time)
) WITHOUT ROWID;

CREATE TABLE sink_cursor(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  spool INTEGER NOT NULL,
  lsn INTEGER NOT NULL
);

INSERT INTO venues VALUES(1, 'kraken'), (2, 'binance');
INSERT INTO symbols VALUES(1, 'BTC-USD');
INSERT INTO trades VALUES
  (1, 1, 7, 'buy', 'limit', '64000.10', '0.50000000', 1772323200007000000, 1772323200257000000, 'live', 0),
  (2, 1, 3, 'sell', NULL, '63999', '1', 1772323200008000000, 1772323200258000000, 'rest', 1);
INSERT INTO candles VALUES
  (2, 1, 5, 1772323200000000000, '63999', '64000.10', '63999', '64000.10', '1.5', NULL, 2);
INSERT INTO quotes VALUES(1, 1, 1772323200000000000, '64000.00', '3.0', NULL, NULL);
INSERT INTO sink_cursor VALUES(1, -81985529216486896, 4294967297);
