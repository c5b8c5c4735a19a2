// The commands of the one binary. Each gives its exit code: 0, or sysexits (78 for configuration).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tickwitness::cache {
struct RedisSettings;
}
namespace tickwitness::config {
struct Settings;
}

namespace tickwitness::app {

struct EngineSettings;

// sysexits.h, by the names that the documentation uses.
enum ExitCode : int {
  kOk = 0,
  kFailed = 1,  // the work was done and its result is bad (a demo's checks)
  kUsage = 64,
  kDataError = 65,
  kNoInput = 66,
  kUnavailable = 69,  // a port in use, nobody to talk to
  kSoftware = 70,
  kOsError = 71,
  kCannotCreate = 73,
  kIoError = 74,
  kConfiguration = 78,
};

struct RunOptions {
  std::string config = "config/tickwitness.yaml";
};
int run_command(const RunOptions& options);

enum class DemoMarketKind : std::uint8_t { kraken, binance, both };
struct DemoOptions {
  DemoMarketKind market = DemoMarketKind::kraken;
  std::size_t pairs = 4;  // of Kraken
  std::uint64_t seed = 42;
  std::optional<std::chrono::milliseconds> duration;  // until a signal when absent
  std::uint16_t port = 8000;
  std::vector<std::string> faults;
  std::string data;  // empty: a temporary directory
  bool json = false;
};
int demo_command(const DemoOptions& options);
// The faults that it can commit and how they are written, for the help.
std::string demo_faults();

struct SimulateOptions {
  std::uint64_t first = 1, last = 10;                 // seeds
  bool endless = false;                               // on from `first`, until `duration` is over
  std::optional<std::chrono::milliseconds> duration;  // no new seed is begun after this long
  std::chrono::nanoseconds length = std::chrono::hours(1);  // virtual, of the phase with faults
  std::optional<std::vector<std::string>> faults;           // instead of those that the seed draws
  unsigned jobs = 0;                                        // threads; 0: one for each core
  bool no_shrink = false;
  bool json = false;
};
int simulate_command(const SimulateOptions& options);
// For help: every fault there is.
std::string simulate_faults();

// "7" or "1-200"; nothing when it is neither, or more than a million.
std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_seeds(const std::string& text);

struct ReplayOptions {
  std::vector<std::string> files;
  std::string exchange;     // empty: told by the recording
  std::string instruments;  // file with the decimals of markets; may be empty
  std::string speed = "max";
  bool json = false;
};
int replay_command(const ReplayOptions& options);

struct CheckOptions {
  std::string config = "config/tickwitness.yaml";
  bool print = false;
  bool online = false;
  bool json = false;  // of `online`
};
int check_command(const CheckOptions& options);
// Tries the disk and the database, asks the exchanges, and Redis if there is one; a line for each
// step, or all as one line of JSON. kUnavailable when one failed.
int check_online(const EngineSettings& engine, const config::Settings& settings,
                 const std::optional<cache::RedisSettings>& redis, bool as_json);

int catalog_command(const std::string& format);

struct SpoolOptions {
  std::string data = "data";  // the data directory
  bool json = false;
};
// kDataError when something that was accepted cannot be read.
int spool_command(const SpoolOptions& options);

enum class ExportFormat : std::uint8_t { csv, jsonl };
struct ExportOptions {
  std::string data = "data";  // the data directory
  std::string database;       // an SQLite file instead of the one there, or postgresql://…
  std::string exchange;       // empty: all
  std::string symbol;
  std::string from, to;  // empty: open
  ExportFormat format = ExportFormat::csv;
};
int export_command(const ExportOptions& options);

struct BackupOptions {
  std::string config = "config/tickwitness.yaml";  // names the data directory and the database
  std::string data;  // instead: a data directory with the database in it; empty: the configuration
  std::string to;
  bool without_rows = false;  // those of a server are saved by its own tools
};
int backup_command(const BackupOptions& options);

struct RestoreOptions {
  std::string from;
  std::string data;           // the data directory to make
  std::string database;       // for the rows of a server
  bool without_rows = false;  // those of a server stay in the backup
};
// kDataError when the backup is not what it was.
int restore_command(const RestoreOptions& options);

struct GatewayOptions {
  std::string redis;   // URL
  std::string scrape;  // URL of an engine's /metrics, instead
  std::string config;  // a configuration file, for all else; may be empty
  std::string ca_file, user, password_file;
  std::optional<std::uint16_t> port;  // on loopback; else as the configuration says
};
int gateway_command(const GatewayOptions& options);

struct ReloadOptions {
  std::string config = "config/tickwitness.yaml";
};
int reload_command(const ReloadOptions& options);

int version_command();

// "20s", "1500ms", "2m", "1h"; nothing when it is none of these.
std::optional<std::chrono::milliseconds> parse_duration(const std::string& text);

}  // namespace tickwitness::app
