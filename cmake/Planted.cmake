# The product with bugs planted in it (src/base/planted.h), for one test: does the simulation find
# them? Only the files that ask for bugs are compiled again; they take the place of the archives',
# where each file is an object of its own.
if(NOT TW_TESTS OR TW_UNITY OR NOT TARGET tw_app)
  return()
endif()
add_executable(simulate_planted
  ${CMAKE_SOURCE_DIR}/tests/planted/planted_main.cc
  ${CMAKE_SOURCE_DIR}/src/app/status_mailbox.cc
  ${CMAKE_SOURCE_DIR}/src/feed/book_keeper.cc
  ${CMAKE_SOURCE_DIR}/src/feed/circuit_breaker.cc
  ${CMAKE_SOURCE_DIR}/src/feed/link.cc
  ${CMAKE_SOURCE_DIR}/src/feed/session.cc
  ${CMAKE_SOURCE_DIR}/src/feed/trade_keeper.cc
  ${CMAKE_SOURCE_DIR}/src/store/spooler.cc
  ${CMAKE_SOURCE_DIR}/src/store/writer.cc)
target_compile_definitions(simulate_planted PRIVATE TW_PLANTED_BUGS)
target_link_libraries(simulate_planted PRIVATE tw_app tw_flags)

function(tw_planted_test bug checker)
  add_test(NAME simulate_planted_${bug} COMMAND simulate_planted ${bug} ${checker} ${ARGN})
  set_tests_properties(simulate_planted_${bug} PROPERTIES LABELS simulate TIMEOUT 300)
endfunction()
tw_planted_test(none - 10)
tw_planted_test(lost_at_reconnect conservation)
tw_planted_test(double_after_retry counters)
tw_planted_test(breaker_never_half_opens draining)
tw_planted_test(heartbeat_clears_stale staleness)
tw_planted_test(unbounded_queue bounds)
tw_planted_test(hole_forgotten gaps)
tw_planted_test(checksum_believed books)
tw_planted_test(witness_not_believed liveness)
tw_planted_test(commit_believed once)
tw_planted_test(accepted_before_sync once)
