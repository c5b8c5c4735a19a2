// The command line: names, help and exit codes. Each command lives in a file of its own.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <tuple>

#include "app/commands.h"
#include "app/replay_source.h"

namespace {

using namespace tickwitness::app;

constexpr const char* kAbout =
    "tickwitness: telemetry that cannot lie, for crypto trading bots.\n"
    "Takes market data from an exchange and tells the truth about it: Prometheus metrics, a live "
    "page, health.";

struct Options {
  RunOptions run;
  DemoOptions demo;
  std::string demo_duration;
  std::string demo_market = "kraken";
  SimulateOptions simulate;
  std::string simulate_seeds = "1-10";
  double simulate_hours = 1;
  std::string simulate_duration;
  std::vector<std::string> simulate_faults;
  ReplayOptions replay;
  CheckOptions check;
  SpoolOptions spool;
  ExportOptions exported;
  std::string export_format = "csv";
  BackupOptions backup;
  RestoreOptions restore;
  GatewayOptions gateway;
  ReloadOptions reload;
  std::string catalog_format = "md";
};

void add_config(CLI::App* command, std::string& path) {
  command->add_option("-c,--config", path, "Configuration file")->capture_default_str();
}

CLI::App* add_demo(CLI::App& app, Options& options) {
  CLI::App* demo = app.add_subcommand(
      "demo", "The whole product offline, on a simulated exchange over real WebSockets");
  demo->add_option("--exchange", options.demo_market, "Which exchanges take part")
      ->check(CLI::IsMember({"kraken", "binance", "both"}))
      ->capture_default_str();
  demo->add_option("--pairs", options.demo.pairs, "Markets of the simulated Kraken")
      ->check(CLI::Range(1, 300))
      ->capture_default_str();
  demo->add_option("--seed", options.demo.seed, "Decides the whole market")->capture_default_str();
  demo->add_option("--for", options.demo_duration,
                   "End after this long (60s, 2m) and compare counts");
  demo->add_option("--port", options.demo.port, "Port of page and metrics; 0: any free one")
      ->capture_default_str();
  demo->add_option(
      "--fault", options.demo.faults,
      "A fault to commit, may be repeated: " + demo_faults() + "; T since the start, D its length");
  demo->add_option("--data", options.demo.data,
                   "Data directory to keep; without it a temporary one");
  demo->add_flag("--json", options.demo.json, "Print the comparison as one line of JSON");
  demo->footer(
      "Ends with what the exchange sent beside what the engine counted; exit 0 if all is equal.\n"
      "Example: tickwitness demo --for 60s --seed 7 --fault disconnect@20s --json");
  return demo;
}

void add_simulate(CLI::App& app, Options& options) {
  CLI::App* simulate = app.add_subcommand(
      "simulate", "The engine in virtual time under seeded faults, judged by checkers");
  simulate->add_option("--seeds", options.simulate_seeds, "One seed, or from-to")
      ->capture_default_str();
  simulate->add_option("--hours", options.simulate_hours, "Virtual hours with faults, each seed")
      ->check(CLI::Range(0.01, 1000.0))
      ->capture_default_str();
  simulate->add_option("--for", options.simulate_duration,
                       "Go on with further seeds for this long (10m, 1h): a soak");
  simulate
      ->add_option("--fault", options.simulate_faults,
                   "These faults instead of what the seed draws, may be repeated; none: none at "
                   "all. " +
                       simulate_faults())
      ->take_all();
  simulate->add_option("--jobs", options.simulate.jobs, "Worlds at a time; 0: one for each core")
      ->capture_default_str();
  simulate->add_flag("--no-shrink", options.simulate.no_shrink,
                     "Do not look for fewer faults that still fail");
  simulate->add_flag("--json", options.simulate.json, "One line of JSON for each seed, and a last");
  simulate->footer(
      "Exit 0 if every checker of every seed is content. A failed seed prints the command that\n"
      "repeats it with as few faults as were found to be needed.\n"
      "Example: tickwitness simulate --seeds 1-200        tickwitness simulate --for 1h");
}

CLI::App* add_replay(CLI::App& app, Options& options) {
  CLI::App* replay =
      app.add_subcommand("replay", "Run recordings through the same code as live frames");
  replay
      ->add_option("files", options.replay.files,
                   "Recordings: plain, gzip or zstd; one stream in this order")
      ->required();
  replay->add_option("--exchange", options.replay.exchange,
                     fmt::format("Which exchange of the recording: {}; without it the first line "
                                 "tells",
                                 ReplayChoice::kNames));
  replay->add_option("--instruments", options.replay.instruments,
                     "Decimals of markets where the recording does not tell them: a file with a "
                     "frame of Kraken's instrument channel or a reply to AssetPairs or "
                     "exchangeInfo");
  replay
      ->add_option("--speed", options.replay.speed,
                   "max, or a factor of real time (needs receive times)")
      ->capture_default_str();
  replay->add_flag("--json", options.replay.json, "Print the counts as one line of JSON");
  replay->footer("Example: tickwitness replay session.frames.gz --json");
  return replay;
}

void add_spool(CLI::App& app, Options& options) {
  CLI::App* spool =
      app.add_subcommand("spool", "What waits between the engine and its database, and its health");
  spool->add_option("--data", options.spool.data, "The data directory")->capture_default_str();
  spool->add_flag("--json", options.spool.json, "Print it as one line of JSON");
  spool->footer(
      "Changes nothing; the engine may be running. Exit 65 if accepted records cannot be read.\n"
      "Example: tickwitness spool --data data");
}

void add_export(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("export", "What was stored, as text");
  command->require_subcommand(1);
  CLI::App* trades = command->add_subcommand("trades", "Trades in the order of their times");
  trades->add_option("--symbol", options.exported.symbol, "The market, as BTC-USD")->required();
  trades->add_option("--exchange", options.exported.exchange, "Of this exchange alone")
      ->check(CLI::IsMember({"kraken", "binance", "binance_us"}));
  trades->add_option("--from", options.exported.from,
                     "2026-11-22 or 2026-11-22T05:00:00Z, included");
  trades->add_option("--to", options.exported.to, "The same, not included");
  trades->add_option("--format", options.export_format, "csv or jsonl")
      ->check(CLI::IsMember({"csv", "jsonl"}))
      ->capture_default_str();
  trades->add_option("--data", options.exported.data, "The data directory")->capture_default_str();
  trades->add_option("--database", options.exported.database,
                     "An SQLite file elsewhere, or postgresql://user@host/db");
  trades->footer(
      "The engine may be running.\n"
      "Example: tickwitness export trades --symbol BTC-USD --from 2026-11-22 --format jsonl");
}

void add_backup(CLI::App& app, Options& options) {
  CLI::App* backup = app.add_subcommand(
      "backup", "Copy what must last, database and spool, beside the running engine");
  CLI::Option* config = backup->add_option("-c,--config", options.backup.config,
                                           "Configuration that names what is to be saved");
  config->capture_default_str();
  backup->add_option("--data", options.backup.data, "A data directory instead, database included")
      ->excludes(config);
  backup
      ->add_option("--to", options.backup.to, "A directory to make, which appears when all is done")
      ->required();
  backup->add_flag("--without-rows", options.backup.without_rows,
                   "Leave the rows on a PostgreSQL to its own tools: pg_dump after this");
  backup->footer(
      "The engine may be running: it is neither asked nor held up. Everything it had accepted "
      "when\n"
      "the backup began is in it, each trade once. Recordings and configuration are not; they are\n"
      "plain files. Of a PostgreSQL it has a CSV file for each table. Checksums are in its file "
      "manifest: cd DIRECTORY && sha256sum -c manifest\n"
      "Exit 66 if something cannot be read, 73 if the copy cannot be written, 65 if database and\n"
      "spool do not belong together.\n"
      "Example: tickwitness backup --to backups/$(date +%F)");
  CLI::App* restore =
      app.add_subcommand("restore", "Make a data directory of a backup, after looking it through");
  restore->add_option("from", options.restore.from, "The backup")->required();
  restore
      ->add_option("--data", options.restore.data,
                   "The data directory to make; one that is there must be empty")
      ->required();
  CLI::Option* database =
      restore->add_option("--database", options.restore.database,
                          "Where the rows of a PostgreSQL go: postgresql://user@host/db, which has "
                          "no tables of tickwitness");
  restore
      ->add_flag("--without-rows", options.restore.without_rows,
                 "Leave them in the backup, because the server has them still")
      ->excludes(database);
  restore->footer(
      "Every file is compared with its checksum before the directory appears, and rows in a\n"
      "database; else nothing does.\n"
      "Exit 65 if the backup is damaged or of a later tickwitness, 66 if it cannot be read, 73 if\n"
      "the directory is not empty, in use, or cannot be written, or the database is no empty one.\n"
      "Examples: tickwitness restore backups/2026-11-22 --data data\n"
      "          tickwitness restore backups/2026-11-22 --data data --database "
      "postgresql://bot@host/market");
}

void add_gateway(CLI::App& app, Options& options) {
  CLI::App* gateway = app.add_subcommand(
      "gateway", "Page and event stream of an engine elsewhere, from its Redis or its metrics");
  CLI::Option* redis =
      gateway->add_option("--redis", options.gateway.redis,
                          "Redis that the engine publishes to: rediss://host:6379, or "
                          "redis://host:6379/2 without TLS and in database 2");
  gateway
      ->add_option("--scrape", options.gateway.scrape,
                   "The engine's metrics instead: http://host:8000/metrics")
      ->excludes(redis);
  gateway->add_option("--port", options.gateway.port,
                      "Port on 127.0.0.1; 0: any free one; without it 8000, or as the "
                      "configuration says");
  gateway->add_option("-c,--config", options.gateway.config,
                      "Configuration file whose listen, tls, auth and redis are meant");
  gateway->add_option("--ca-file", options.gateway.ca_file,
                      "Authority that signed the certificate of Redis, PEM");
  gateway->add_option("--user", options.gateway.user, "User of Redis's access lists");
  gateway->add_option("--password-file", options.gateway.password_file,
                      "File with its password; or set TICKWITNESS_REDIS_PASSWORD");
  gateway->footer(
      "Has no feeds and stores nothing. Values keep the time that the engine gave them and go "
      "stale\n"
      "when it stops; /health/ready says what is missing. Exit 78 if the address is wrong, 69 if "
      "the\n"
      "port is taken; a Redis that cannot be reached is tried again for as long as it takes.\n"
      "Example: tickwitness gateway --redis redis://127.0.0.1:6379 --port 8001\n"
      "         tickwitness gateway --scrape http://127.0.0.1:8000/metrics --port 8001");
}

int simulate(Options& options) {
  const auto seeds = parse_seeds(options.simulate_seeds);
  if (!seeds) {
    std::fprintf(stderr,
                 "tickwitness simulate: --seeds %s is neither a seed nor a range like "
                 "1-200\n",
                 options.simulate_seeds.c_str());
    return kUsage;
  }
  std::tie(options.simulate.first, options.simulate.last) = *seeds;
  if (!options.simulate_duration.empty()) {
    options.simulate.duration = parse_duration(options.simulate_duration);
    options.simulate.endless = true;
    if (!options.simulate.duration) {
      std::fprintf(stderr, "tickwitness simulate: --for %s is no duration; write 10m or 1h\n",
                   options.simulate_duration.c_str());
      return kUsage;
    }
  }
  // Rounded, so that the hours a failed seed prints give the same nanoseconds again.
  options.simulate.length = std::chrono::round<std::chrono::nanoseconds>(
      std::chrono::duration<double, std::ratio<3600>>(options.simulate_hours));
  if (!options.simulate_faults.empty()) {
    options.simulate.faults = options.simulate_faults;
    if (options.simulate_faults == std::vector<std::string>{"none"}) {
      options.simulate.faults->clear();
    }
  }
  return simulate_command(options.simulate);
}

int dispatch(CLI::App& app, Options& options) {
  if (app.got_subcommand("run")) return run_command(options.run);
  if (app.got_subcommand("demo")) {
    if (!options.demo_duration.empty()) {
      options.demo.duration = parse_duration(options.demo_duration);
      if (!options.demo.duration) {
        std::fprintf(stderr,
                     "tickwitness demo: --for %s is no duration; write 60s, 1500ms, 2m or 1h\n",
                     options.demo_duration.c_str());
        return kUsage;
      }
    }
    if (options.demo_market == "binance") options.demo.market = DemoMarketKind::binance;
    if (options.demo_market == "both") options.demo.market = DemoMarketKind::both;
    return demo_command(options.demo);
  }
  if (app.got_subcommand("simulate")) return simulate(options);
  if (app.got_subcommand("replay")) return replay_command(options.replay);
  if (app.got_subcommand("check")) return check_command(options.check);
  if (app.got_subcommand("catalog")) return catalog_command(options.catalog_format);
  if (app.got_subcommand("spool")) return spool_command(options.spool);
  if (app.got_subcommand("export")) {
    if (options.export_format == "jsonl") options.exported.format = ExportFormat::jsonl;
    return export_command(options.exported);
  }
  if (app.got_subcommand("backup")) return backup_command(options.backup);
  if (app.got_subcommand("restore")) return restore_command(options.restore);
  if (app.got_subcommand("gateway")) return gateway_command(options.gateway);
  if (app.got_subcommand("reload")) return reload_command(options.reload);
  return version_command();
}

int parse_and_run(int argc, char** argv) {
  Options options;
  CLI::App app{kAbout, "tickwitness"};
  app.require_subcommand(1);
  CLI::App* run = app.add_subcommand("run", "The engine on live exchanges");
  add_config(run, options.run.config);
  run->footer("Example: tickwitness run -c config/tickwitness.yaml");
  add_demo(app, options);
  add_simulate(app, options);
  add_replay(app, options);
  add_export(app, options);
  add_spool(app, options);
  add_backup(app, options);
  add_gateway(app, options);
  CLI::App* check = app.add_subcommand("check", "Validate the configuration and start nothing");
  add_config(check, options.check.config);
  check->add_flag("--print", options.check.print, "Print the settings in force, secrets redacted");
  CLI::Option* online = check->add_flag("--online", options.check.online,
                                        "Try disk and database, and ask the configured exchanges "
                                        "and Redis: names, TLS, clocks, maintenance, pairs, "
                                        "WebSocket");
  check->add_flag("--json", options.check.json, "Print what --online found as one line of JSON")
      ->needs(online)
      ->excludes("--print");
  check->footer(
      "Exit 78 if the configuration is wrong, 69 if a step of --online failed; each takes 10 s at "
      "most.\n"
      "Example: tickwitness check -c config/tickwitness.yaml --print\n"
      "         tickwitness check -c config/tickwitness.yaml --online");
  CLI::App* catalog =
      app.add_subcommand("catalog", "What is measured and how each dialect names it");
  catalog->add_option("--format", options.catalog_format, "md, json or yaml")
      ->check(CLI::IsMember({"md", "json", "yaml"}))
      ->capture_default_str();
  catalog->footer("Example: tickwitness catalog --format json");
  CLI::App* reload =
      app.add_subcommand("reload", "Make the running engine read its configuration again");
  add_config(reload, options.reload.config);
  reload->footer("Example: tickwitness reload -c config/tickwitness.yaml");
  app.add_subcommand("version", "Version, commit and compiler");
  app.footer("Start here: tickwitness demo     then open http://127.0.0.1:8000/live");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  return dispatch(app, options);
}

}  // namespace

int main(int argc, char** argv) {
  // A reader of our output that goes away must not end the engine: writes fail instead.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tickwitness: %s\n", error.what());
    return kSoftware;
  }
}
