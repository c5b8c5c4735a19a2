# The telemetry core beside others that know the formats: prometheus-cpp (found in Tests.cmake), and
# a Prometheus that scrapes exposition_server in tests/differential/prometheus_test.sh.
set(dir ${CMAKE_SOURCE_DIR}/tests/differential)

add_executable(exposition_server ${dir}/exposition_server.cc)
target_link_libraries(exposition_server PRIVATE tw_telemetry_core tw_net tw_flags fmt::fmt)

if(TW_PROMETHEUS_CPP AND TW_PROMETHEUS_CPP_INCLUDE)
  add_executable(test_differential ${dir}/prometheus_cpp_test.cc)
  target_include_directories(test_differential SYSTEM PRIVATE ${TW_PROMETHEUS_CPP_INCLUDE})
  target_link_libraries(test_differential PRIVATE tw_telemetry_core tw_sim tw_flags fmt::fmt
    GTest::gmock GTest::gtest_main ${TW_PROMETHEUS_CPP})
  add_test(NAME differential COMMAND test_differential)
  set_tests_properties(differential PROPERTIES LABELS unit TIMEOUT 240)
endif()
