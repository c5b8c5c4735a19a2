# Adds up the test cases of a ctest JUnit report: prints "passed failed skipped".
# A program that prints its own count (GoogleTest, node:test, or a line "N passed, N failed") is
# counted by it, any other as one case. What ctest calls failed counts at least once.
function number(text) {
  match(text, /[0-9]+/)
  return substr(text, RSTART, RLENGTH) + 0
}

/<testcase / {
  p = f = s = skip = 0
  match($0, /status="[a-z]+"/)
  status = substr($0, RSTART + 8, RLENGTH - 9)
}
{ sub(/^[ \t]*<system-out>/, "") }
/<skipped message="SKIP_/ { skip = 1 }
/\[  PASSED  \] [0-9]+ test/ { p = number($0) }
/\[  SKIPPED \] [0-9]+ test/ { s = number($0) }
/\[  FAILED  \] [0-9]+ test/ { f = number($0) }
/^(# |ℹ )pass [0-9]+$/ { p = number($0) }
/^(# |ℹ )fail [0-9]+$/ { f = number($0) }
/^(# |ℹ )skipped [0-9]+$/ { s = number($0) }
/^[0-9]+ passed, [0-9]+ failed/ {
  split($0, part, ", ")
  p = number(part[1])
  f = number(part[2])
  s = number(part[3])
}
/<\/testcase>/ {
  if (status == "run") {
    passed += p + s > 0 ? p : 1
    skipped += s
  } else if (status == "disabled" || skip) {
    skipped++
  } else {
    passed += p
    skipped += s
    failed += f > 0 ? f : 1
  }
}
END { print passed + 0, failed + 0, skipped + 0 }
