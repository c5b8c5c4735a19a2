# Builds web/ with npm and embeds it; see web/README.md.
