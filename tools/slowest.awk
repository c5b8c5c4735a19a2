# The five longest tests of a ctest JUnit report, when they took ten seconds: "app 128 s, net 15 s".
/<testcase / {
  match($0, / time="[0-9.]+"/)
  seconds = substr($0, RSTART + 7, RLENGTH - 8) + 0
  match($0, / name="[^"]*"/)
  name = substr($0, RSTART + 7, RLENGTH - 8)
  for (i = 5; i > 0 && seconds > longest[i]; --i) {
    longest[i + 1] = longest[i]
    names[i + 1] = names[i]
  }
  longest[i + 1] = seconds
  names[i + 1] = name
}
END {
  for (i = 1; i <= 5 && longest[i] >= 10; ++i)
    text = text (i > 1 ? ", " : "") names[i] " " int(longest[i] + 0.5) " s"
  if (text != "") print text
}
