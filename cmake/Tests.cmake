# Tests that are not one room's: the style checks, the scripts of tests/ and the page's own tests.

# tests/<kind>/<name>_test.sh becomes the test <kind>_<name>, with the product in $TICKWITNESS. It
# exits 0, or 77 to be skipped with a reason printed. Lines of its head say what it needs:
#   # timeout: 600      seconds, default 180
#   # alone             nothing else may run beside it
#   # full              only in ./test --full
#   # quick             in ./test --quick too
#   # sanitized         only in builds with sanitizers
# Those of tests/simulate have the label `simulate`, the others `e2e`.
function(tw_script_test script)
  file(STRINGS ${script} head LIMIT_COUNT 20)
  get_filename_component(name ${script} NAME_WE)
  get_filename_component(kind ${script} DIRECTORY)
  get_filename_component(kind ${kind} NAME)
  string(REGEX REPLACE "_test$" "" name "${kind}_${name}")
  set(seconds 180)
  set(labels e2e)
  if(kind STREQUAL "simulate")
    set(labels simulate)
  endif()
  set(alone OFF)
  foreach(line IN LISTS head)
    if(line MATCHES "^# timeout: ([0-9]+)")
      set(seconds ${CMAKE_MATCH_1})
    elseif(line MATCHES "^# alone$")
      set(alone ON)
    elseif(line MATCHES "^# sanitized$")
      if(NOT TW_SANITIZE)
        return()
      endif()
      set(labels sanitized)
    elseif(line MATCHES "^# quick$")
      list(APPEND labels quick)
    elseif(line MATCHES "^# full$")
      list(APPEND labels full)
    endif()
  endforeach()
  add_test(NAME ${name} COMMAND bash ${script})
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT ${seconds} RUN_SERIAL ${alone}
    SKIP_RETURN_CODE 77 WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    ENVIRONMENT "TICKWITNESS=$<TARGET_FILE:tickwitness>;TW_BUILD_DIR=${CMAKE_BINARY_DIR}")
endfunction()

if(TARGET tickwitness)
  file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*/*_test.sh)
  foreach(script ${scripts})
    tw_script_test(${script})
  endforeach()
endif()

# The scripts `test` and `test:browser` of web/package.json, if it has them.
function(tw_page_test name script label seconds)
  file(READ ${CMAKE_SOURCE_DIR}/web/package.json package)
  string(JSON command ERROR_VARIABLE none GET "${package}" scripts ${script})
  if(none)
    return()
  endif()
  add_test(NAME ${name} COMMAND npm run --silent ${script})
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${seconds}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/web ENVIRONMENT "TW_BUILD_DIR=${CMAKE_BINARY_DIR}")
  if(TARGET tickwitness)
    set_property(TEST ${name} APPEND PROPERTY
      ENVIRONMENT "TICKWITNESS=$<TARGET_FILE:tickwitness>")
  endif()
endfunction()

if(TARGET test_serve)
  target_compile_definitions(test_serve PRIVATE TW_PAGE=$<BOOL:${TW_PAGE}>)
endif()
if(TW_PAGE AND EXISTS ${CMAKE_SOURCE_DIR}/web/package.json)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${CMAKE_SOURCE_DIR}/web/package.json)
  tw_page_test(page test page 300)
  tw_page_test(browser test:browser browser 120)
  # Both may install the page's packages first; the second watches demos in real time.
  set_property(TEST page browser PROPERTY RESOURCE_LOCK web_packages)
  set_property(TEST browser PROPERTY RUN_SERIAL TRUE)
endif()

# All benchmarks are one target, which ./test --full builds so that none rots; a file names their
# programs for bench/run.
if(benchmark_FOUND)
  get_property(benches GLOBAL PROPERTY TW_BENCHES)
  add_custom_target(benches)
  # What the scripts of bench/ drive: a feed at a fixed rate, many clients, and a codec.
  add_executable(feed_load EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/feed_load.cc
    ${CMAKE_SOURCE_DIR}/bench/load_exchange.cc)
  target_link_libraries(feed_load PRIVATE tw_app tw_flags)
  add_executable(sse_clients EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/sse_clients.cc)
  target_link_libraries(sse_clients PRIVATE tw_flags fmt::fmt)
  add_executable(kraken_trade_frame EXCLUDE_FROM_ALL
    ${CMAKE_SOURCE_DIR}/bench/kraken_trade_frame.cc)
  target_link_libraries(kraken_trade_frame PRIVATE tw_exchange_kraken tw_flags
                                                   benchmark::benchmark)
  add_executable(binance_recording EXCLUDE_FROM_ALL
    ${CMAKE_SOURCE_DIR}/bench/binance_recording.cc)
  target_link_libraries(binance_recording PRIVATE tw_app tw_flags)
  add_dependencies(benches feed_load sse_clients kraken_trade_frame binance_recording)
  set(programs)
  foreach(bench ${benches})
    add_dependencies(benches ${bench})
    string(APPEND programs "$<TARGET_FILE:${bench}>\n")
  endforeach()
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/benches.txt CONTENT "${programs}")
endif()

# The telemetry core's rivals: bench/rivals_bench.sh.
find_library(TW_PROMETHEUS_CPP prometheus-cpp-core)
find_path(TW_PROMETHEUS_CPP_INCLUDE prometheus/registry.h)
if(TW_PROMETHEUS_CPP AND TW_PROMETHEUS_CPP_INCLUDE)
  file(GLOB core_bench CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bench/rivals/cpp/*.cc)
  add_executable(core_bench EXCLUDE_FROM_ALL ${core_bench})
  target_include_directories(core_bench PRIVATE ${CMAKE_SOURCE_DIR})
  target_include_directories(core_bench SYSTEM PRIVATE ${TW_PROMETHEUS_CPP_INCLUDE})
  target_link_libraries(core_bench PRIVATE tw_telemetry_core tw_flags fmt::fmt Threads::Threads
                                           ${TW_PROMETHEUS_CPP})
  if(TARGET benches)
    add_dependencies(benches core_bench)
  endif()
endif()
