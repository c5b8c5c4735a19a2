# The telemetry core with its memory ordering broken on purpose: do its tests see it? What they must
# print is the test that fails, or the race that ThreadSanitizer finds.
if(NOT TW_TESTS OR NOT TARGET tw_telemetry_core)
  return()
endif()
file(GLOB core CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/telemetry/core/*.cc)
list(FILTER core EXCLUDE REGEX "_(test|bench|fuzz)\\.cc$")

function(tw_broken_test name definition test filter expected)
  add_executable(${name} ${core} ${CMAKE_SOURCE_DIR}/src/telemetry/core/${test})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_compile_definitions(${name} PRIVATE ${definition})
  target_link_libraries(${name} PRIVATE tw_flags GTest::gmock GTest::gtest_main)
  # Several times, since a race need not happen in each.
  add_test(NAME ${name} COMMAND ${name} --gtest_filter=${filter} --gtest_repeat=20)
  set_tests_properties(${name} PROPERTIES PASS_REGULAR_EXPRESSION "${expected}" TIMEOUT 240)
endfunction()

if(TW_SANITIZE STREQUAL "thread")
  tw_broken_test(broken_publishing TW_BREAK_PUBLISHING family_test.cc
    Family.SeriesMadeByManyThreads "ThreadSanitizer: data race")
  set_tests_properties(broken_publishing PROPERTIES LABELS threaded)
  add_dependencies(tw_tests_threaded broken_publishing)
elseif(NOT TW_SANITIZE)
  tw_broken_test(broken_histogram_order TW_BREAK_HISTOGRAM_ORDER histogram_words_test.cc
    Histogram.SnapshotsUnderWritersBelongTogether "FAILED.*SnapshotsUnderWritersBelongTogether")
  set_tests_properties(broken_histogram_order PROPERTIES LABELS unit)
endif()
